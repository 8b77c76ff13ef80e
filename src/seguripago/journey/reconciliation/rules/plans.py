"""Exactly what an action would do. Pure: the same case and action give the same plan.

An action is what a person asks for; a plan is what happens then, to the centavo. The plan's `effects` are what the
checker's hash covers: computed when it is proposed, and again under the locks when it is approved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from seguripago.values import clabe
from seguripago.values.money import Money

from .actions import (
    WAITING,
    AcceptDifference,
    Account,
    Action,
    Apply,
    AskForRest,
    BackToCard,
    CaseCannot,
    CaseState,
    Dismiss,
    GiveBack,
    Holding,
    Source,
    Target,
    WriteOff,
    account_to_json,
    action_name,
    action_to_json,
)
from .cases import CaseKind


@dataclass(frozen=True, slots=True)
class Pay:
    """An order gets `centavos` of the case and `difference` of the store. `extend_hours`: more time for the rest."""

    target: Target
    centavos: int
    difference: int = 0
    extend_hours: int = 0

    @property
    def completes(self) -> bool:
        return self.centavos + self.difference == self.target.missing.centavos

    def to_json(self) -> dict[str, Any]:
        target = self.target
        return {
            "order": target.order_id,
            "number": target.order_number,
            "order_state": target.order_state,
            "payment": target.payment_id,
            "payment_state": target.payment_state,
            "missing": target.missing.centavos,
            "centavos": self.centavos,
            "difference": self.difference,
            "completes": self.completes,
            "revives": target.has_ended,
            "extend_hours": self.extend_hours,
        }


@dataclass(frozen=True, slots=True)
class Return:
    """Centavos of a deposit that go to an account."""

    deposit_id: int
    centavos: int
    to: Account

    def to_json(self) -> dict[str, Any]:
        return {"deposit": self.deposit_id, "centavos": self.centavos, **account_to_json(self.to)}


@dataclass(frozen=True, slots=True)
class Plan:
    """Exactly what will happen. `takes_back`: what a payment that never became whole gives up first, to the case."""

    name: str
    holding: Holding
    pays: tuple[Pay, ...] = ()
    returns: tuple[Return, ...] = ()
    takes_back: tuple[Source, ...] = ()
    write_off: int = 0
    not_ours: int = 0
    to_card: int = 0
    reason: str = ""

    @property
    def rest(self) -> int:
        """What stays in the case."""
        taken = sum(source.centavos for source in self.takes_back)
        out = sum(pay.centavos for pay in self.pays) + sum(each.centavos for each in self.returns)
        return self.holding.held.centavos + taken - out - self.write_off - self.not_ours - self.to_card

    def effects(self, action: Action) -> dict[str, Any]:
        """What the hash covers."""
        card = self.holding.card
        to_card = {"charge": card.charge_id, "centavos": self.to_card} if card and self.to_card else None
        return {
            "case": self.holding.case_id,
            "kind": self.holding.kind.value,
            "action": self.name,
            "asked": action_to_json(action),
            "currency": self.holding.currency,
            "held": self.holding.held.centavos,
            "take_back": [[source.deposit_id, source.centavos] for source in self.takes_back],
            "pay": [pay.to_json() for pay in self.pays],
            "return": [each.to_json() for each in self.returns],
            "write_off": self.write_off,
            "not_ours": self.not_ours,
            "rest": self.rest,
            **({"to_card": to_card} if to_card else {}),
        }


def plan(action: Action, holding: Holding, targets: Mapping[str, Target], *, tolerance: Money) -> Plan:
    """Say exactly what an action would do. Raises CaseCannot."""
    match action:
        case Apply():
            return _apply(action, holding, targets)
        case AcceptDifference():
            target = _own_target(holding, targets)
            if holding.held > target.missing:
                raise CaseCannot("En el caso hay más de lo que falta: propón aplicarlo al pedido.")
            applied = holding.held
            short = target.missing - applied
            if not short:
                raise CaseCannot("Lo que hay en el caso alcanza: propón aplicarlo al pedido.")
            if not target.received and not applied:
                raise CaseCannot("No ha llegado nada para ese pedido.")
            pay = Pay(target, applied.centavos, difference=short.centavos)
            return Plan("accept_difference", holding, (pay,))
        case AskForRest(hours=hours):
            target = _own_target(holding, targets)
            if not 1 <= hours <= LONGEST_WAIT_HOURS:
                raise CaseCannot(f"El plazo va de 1 a {LONGEST_WAIT_HOURS} horas.")
            if holding.held >= target.missing:
                raise CaseCannot("Lo que hay en el caso alcanza: propón aplicarlo al pedido.")
            pay = Pay(target, holding.held.centavos, extend_hours=hours)
            return Plan("ask_for_rest", holding, (pay,))
        case GiveBack():
            return _give_back(action, holding)
        case BackToCard():
            return _back_to_card(holding)
        case WriteOff():
            held = _money(holding)
            if held > tolerance:
                raise CaseCannot(f"Pasa de la tolerancia de la tienda ({tolerance}).")
            return Plan("write_off", holding, write_off=held.centavos)
        case Dismiss(reason=reason):
            return _dismiss(reason, holding)


LONGEST_WAIT_HOURS: Final = 72
REVIVED_HOURS: Final = 24


def _apply(action: Apply, holding: Holding, targets: Mapping[str, Target]) -> Plan:
    held = _money(holding)
    if not action.shares:
        raise CaseCannot("Di a qué pedido.")
    if len({share.order_number for share in action.shares}) != len(action.shares):
        raise CaseCannot("Cada pedido una sola vez.")
    if any(share.centavos <= 0 for share in action.shares) or action.give_back < 0:
        raise CaseCannot("Cada parte debe ser mayor que cero.")
    pays = []
    for share in action.shares:
        target = _takes_money(targets.get(share.order_number), share.order_number)
        if target.amount.currency != held.currency:
            raise CaseCannot(f"El pedido {target.order_number} es en {target.amount.currency}.")
        if share.centavos > target.missing.centavos:
            raise CaseCannot(f"Al pedido {target.order_number} solo le faltan {target.missing}.")
        short = share.centavos < target.missing.centavos
        pays.append(Pay(target, share.centavos, extend_hours=REVIVED_HOURS if short and target.has_ended else 0))
    if sum(pay.target.has_ended for pay in pays) > 1:
        raise CaseCannot("Un solo pedido vencido o cancelado por propuesta.")
    given = sum(pay.centavos for pay in pays)
    if given + action.give_back > held.centavos:
        raise CaseCannot(f"Las partes suman más que los {held} del caso.")
    returns = _returns(left_after(holding.sources, given), action.give_back, None)
    return Plan(action_name(action), holding, tuple(pays), returns)


def _give_back(action: GiveBack, holding: Holding) -> Plan:
    taken: tuple[Source, ...] = ()
    if not holding.held and holding.on_payment:
        # The clock opened it: the money is on the payment, which gives it up first.
        taken = holding.on_payment
    else:
        _money(holding)
    sources = holding.sources or taken
    available = Money(sum(source.centavos for source in sources), holding.currency)
    if not 0 < action.centavos <= available.centavos:
        raise CaseCannot(f"Se puede devolver de $0.01 a {available}.")
    return Plan("return", holding, returns=_returns(sources, action.centavos, action.to), takes_back=taken)


def _back_to_card(holding: Holding) -> Plan:
    if holding.card is None:
        raise CaseCannot("Este dinero no vino de una tarjeta.")
    held = _money(holding)
    if holding.card.clause:
        raise CaseCannot(holding.card.clause)
    return Plan("return_card", holding, to_card=held.centavos)


def left_after(sources: Sequence[Source], centavos: int) -> tuple[Source, ...]:
    """What is left of the sources when so much of the first ones is gone."""
    left = []
    for source in sources:
        gone = min(source.centavos, centavos)
        centavos -= gone
        if source.centavos > gone:
            left.append(replace(source, centavos=source.centavos - gone))
    return tuple(left)


def first_parts(sources: Sequence[Source], centavos: int) -> tuple[Source, ...]:
    """The first `centavos` of the sources, by source."""
    parts = []
    for source in sources:
        taken = min(source.centavos, centavos)
        centavos -= taken
        if taken:
            parts.append(replace(source, centavos=taken))
    return tuple(parts)


def _returns(sources: Sequence[Source], centavos: int, other: Account | None) -> tuple[Return, ...]:
    return tuple(
        Return(part.deposit_id, part.centavos, _account(part, other)) for part in first_parts(sources, centavos)
    )


def _dismiss(reason: str, holding: Holding) -> Plan:
    if not reason.strip():
        raise CaseCannot("Escribe qué revisaste.")
    if holding.kind is CaseKind.WRONG_ACCOUNT or (holding.may_be_twin and holding.held and not holding.pending):
        return Plan("dismiss", holding, not_ours=holding.held.centavos, reason=reason.strip())
    if holding.held:
        raise CaseCannot(f"El caso tiene {holding.held}: aplícalos o devuélvelos.")
    if holding.pending:
        raise CaseCannot("Hay una devolución en camino.")
    return Plan("dismiss", holding, reason=reason.strip())


def _money(holding: Holding) -> Money:
    if holding.kind is CaseKind.WRONG_ACCOUNT:
        raise CaseCannot("Ese dinero nunca llegó a una cuenta de la tienda.")
    if not holding.held:
        raise CaseCannot("El caso no tiene dinero por repartir.")
    return holding.held


def _own_target(holding: Holding, targets: Mapping[str, Target]) -> Target:
    if not holding.order_number:
        raise CaseCannot("El caso no es de ningún pedido.")
    target = _takes_money(targets.get(holding.order_number), holding.order_number)
    if target.amount.currency != holding.held.currency:
        raise CaseCannot(f"El pedido {target.order_number} es en {target.amount.currency}.")
    return target


def _takes_money(target: Target | None, number: str) -> Target:
    if target is None:
        raise CaseCannot(f"No hay ningún pedido {number} con datos bancarios en esta tienda.")
    if target.clause:
        raise CaseCannot(target.clause)
    return target


def _account(part: Source, other: Account | None) -> Account:
    if not part.deposit_id:
        raise CaseCannot("Se pagó con tarjeta: propón devolver a la tarjeta.")
    if other is not None:
        if not other.proof.strip() or not other.holder.strip():
            raise CaseCannot("Otra cuenta necesita titular y la prueba de que es suya.")
        if not clabe.is_valid(other.number) and other != ANOTHER:
            raise CaseCannot("Esa CLABE no es válida: revisa los 18 dígitos.")
        return other
    if part.payer is None:
        raise CaseCannot("El banco no dijo de qué cuenta vino: pide al ordenante su CLABE con prueba.")
    return part.payer


@dataclass(frozen=True, slots=True)
class Possible:
    """An action on the screen; `why_not` is empty when it can be proposed."""

    name: str
    label: str
    why_not: str = ""

    @property
    def can(self) -> bool:
        return not self.why_not


ANOTHER: Final = Account("?", "?", "?", "?")
"""Stands for an account that the payer would still have to prove."""
ACTION_LABELS: Final[Mapping[str, str]] = {
    "apply": "Proponer aplicar al pedido",
    "split": "Proponer repartir",
    "accept_difference": "Proponer aceptar la diferencia",
    "ask_for_rest": "Proponer pedir el resto",
    "return": "Proponer devolver al ordenante",
    "return_card": "Proponer devolver a la tarjeta",
    "write_off": "Proponer cerrar dentro de la tolerancia",
    "dismiss": "Proponer marcar como revisado",
}


def possible(holding: Holding, target: Target | None, *, tolerance: Money) -> tuple[Possible, ...]:
    """Every action in the order of the screen, each with why not when it cannot be proposed now."""
    targets = {} if target is None else {target.order_number: target}
    back = sum(source.centavos for source in holding.sources or holding.on_payment)
    tries: Sequence[tuple[str, Action | None]] = (
        ("apply", None),
        ("split", None),
        ("accept_difference", AcceptDifference()),
        ("ask_for_rest", AskForRest(REVIVED_HOURS)),
        ("return", GiveBack(back, None if holding.payer else ANOTHER)),
        *((("return_card", BackToCard()),) if holding.card else ()),
        ("write_off", WriteOff()),
        ("dismiss", Dismiss("revisado")),
    )
    found = []
    for name, action in tries:
        why_not = ""
        try:
            if holding.state not in WAITING:
                is_at_gateway = holding.card is not None and holding.state is CaseState.APPROVED
                raise CaseCannot(AT_GATEWAY if is_at_gateway else WHY_NOT_WAITING[holding.state])
            if action is None:
                _money(holding)
            else:
                plan(action, holding, targets, tolerance=tolerance)
        except CaseCannot as refusal:
            why_not = refusal.why
        found.append(Possible(name, ACTION_LABELS[name], why_not))
    return tuple(found)


AT_GATEWAY: Final = "Ya se aprobó; falta que la pasarela confirme la devolución."
WHY_NOT_WAITING: Final[Mapping[CaseState, str]] = {
    CaseState.PROPOSED: "Hay una propuesta que espera su segunda aprobación.",
    CaseState.APPROVED: "Ya se aprobó; falta que el banco confirme la devolución.",
    CaseState.DONE: "El caso está resuelto.",
}
