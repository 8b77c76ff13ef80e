"""Propose what to do with a case. Nothing moves until a second person approves exactly that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from seguripago.foundations.approvals.commands import AlreadyProposed, Asked, propose
from seguripago.foundations.approvals.queries import policy
from seguripago.values import clabe, order_number
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from ..holdings import holding_of, targets_of
from ..models import Case
from ..rules.actions import (
    AcceptDifference,
    Account,
    Action,
    Apply,
    AskForRest,
    BackToCard,
    CaseCannot,
    CaseEvent,
    CaseUnknown,
    CaseWrongState,
    Dismiss,
    GiveBack,
    Holding,
    Share,
    WriteOff,
    action_name,
    move_case,
    orders_named,
)
from ..rules.plan_words import says
from ..rules.plans import plan

KIND = "case."


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of many: proposals by case id, and for the others the case's id with the reason in Spanish."""

    proposed: dict[int, int]
    refused: tuple[tuple[int, str], ...]


def propose_apply(
    case_id: int, *, number: str, amount: Money | None = None, reason: str = "", by: Actor, at: datetime
) -> int:
    """Propose to give the case's money, or `amount` of it, to an order; without one, as much as the order misses.

    Every propose_… returns the proposal's id and raises CaseCannot (with why), CaseWrongState, CaseUnknown,
    NotYourRole, AlreadyProposed.
    """
    named = _number(number)

    def action(holding: Holding, store_id: int) -> Action:
        if amount is not None:
            return Apply((Share(named, amount.centavos),))
        target = targets_of(store_id, [named]).get(named)
        whole = holding.held.centavos
        return Apply((Share(named, whole if target is None else min(whole, target.missing.centavos)),))

    return _propose(case_id, action, reason=reason, by=by, at=at)


def propose_split(
    case_id: int,
    *,
    shares: Sequence[tuple[str, Money]],
    give_back: Money | None = None,
    reason: str = "",
    by: Actor,
    at: datetime,
) -> int:
    """Propose parts for several orders, and one for the payer; what is left stays in the case."""
    parts = tuple(Share(_number(number), amount.centavos) for number, amount in shares)
    asked = Apply(parts, 0 if give_back is None else give_back.centavos)
    return _propose(case_id, lambda *_: asked, reason=reason, by=by, at=at)


def propose_accept_difference(case_id: int, *, reason: str = "", by: Actor, at: datetime) -> int:
    """Propose to confirm the case's order with what has arrived; the store bears what is missing."""
    return _propose(case_id, lambda *_: AcceptDifference(), reason=reason, by=by, at=at)


def propose_ask_for_rest(case_id: int, *, hours: int = 24, reason: str = "", by: Actor, at: datetime) -> int:
    """Propose to give the buyer so many hours more to pay the rest to the same CLABE."""
    return _propose(case_id, lambda *_: AskForRest(hours), reason=reason, by=by, at=at)


def propose_return(
    case_id: int,
    *,
    amount: Money | None = None,
    account: str = "",
    holder: str = "",
    proof: str = "",
    reason: str = "",
    by: Actor,
    at: datetime,
) -> int:
    """Propose to return the case's money, or a part of it, to the account that it came from.

    To another account (a CLABE) with its holder and the proof that it is the payer's.
    """
    other = None
    if account:
        digits = "".join(account.split())
        if not clabe.is_valid(digits):
            raise CaseCannot("Esa CLABE no es válida: revisa los 18 dígitos.")
        other = Account(digits, clabe.institution_of(digits), holder.strip()[:120], proof.strip()[:240])

    def action(holding: Holding, _: int) -> Action:
        whole = sum(source.centavos for source in holding.sources or holding.on_payment)
        return GiveBack(whole if amount is None else amount.centavos, other)

    return _propose(case_id, action, reason=reason, by=by, at=at)


def propose_return_to_card(case_id: int, *, reason: str = "", by: Actor, at: datetime) -> int:
    """Propose to send all that a card brought in vain back to it."""
    return _propose(case_id, lambda *_: BackToCard(), reason=reason, by=by, at=at)


def propose_write_off(case_id: int, *, reason: str = "", by: Actor, at: datetime) -> int:
    """Propose to keep what is so little that nobody asks for it: within the store's tolerance only."""
    return _propose(case_id, lambda *_: WriteOff(), reason=reason, by=by, at=at)


def propose_dismiss(case_id: int, *, reason: str, by: Actor, at: datetime) -> int:
    """Propose to close an alarm that holds no money; `reason` says what was looked at."""
    return _propose(case_id, lambda *_: Dismiss(reason[:240]), by=by, at=at)


def propose_many(case_ids: Collection[int], action: str, *, reason: str = "", by: Actor, at: datetime) -> Bulk:
    """Propose the same for many cases, each by itself: apply (to its first suggestion, or its own order), return,
    return_card, accept_difference, ask_for_rest, write_off, dismiss. What cannot be is told, the others go on.
    """
    proposed: dict[int, int] = {}
    refused: list[tuple[int, str]] = []
    for case_id in dict.fromkeys(case_ids):
        try:
            proposed[case_id] = _propose_one(case_id, action, reason=reason, by=by, at=at)
        except CaseCannot as refusal:
            refused.append((case_id, refusal.why))
        except (CaseWrongState, AlreadyProposed):
            refused.append((case_id, "El caso ya tiene propuesta o ya se decidió."))
        except Refusal as refusal:
            refused.append((case_id, f"{refusal} ({refusal.code})"))
    return Bulk(proposed, tuple(refused))


def _propose_one(case_id: int, action: str, *, reason: str, by: Actor, at: datetime) -> int:
    match action:
        case "apply":
            return propose_apply(case_id, number=_likely(case_id), reason=reason, by=by, at=at)
        case "return":
            return propose_return(case_id, reason=reason, by=by, at=at)
        case "return_card":
            return propose_return_to_card(case_id, reason=reason, by=by, at=at)
        case "accept_difference":
            return propose_accept_difference(case_id, reason=reason, by=by, at=at)
        case "ask_for_rest":
            return propose_ask_for_rest(case_id, reason=reason, by=by, at=at)
        case "write_off":
            return propose_write_off(case_id, reason=reason, by=by, at=at)
        case "dismiss":
            return propose_dismiss(case_id, reason=reason, by=by, at=at)
    raise CaseCannot("Esa acción no se propone en bloque.")


def _likely(case_id: int) -> str:
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        raise CaseUnknown
    if case.suggestions:
        return str(case.suggestions[0]["order_number"])
    number = holding_of(case).order_number
    if not number:
        raise CaseCannot("No hay ningún pedido sugerido: búscalo y propónlo por su número.")
    return number


def _number(text: str) -> str:
    if not text.strip():
        raise CaseCannot("Escribe el número del pedido.")
    number = order_number.parse(text)
    if number is None:
        raise CaseCannot(f"«{text[:30]}» no es un número de pedido.")
    return number


def _propose(case_id: int, ask: Callable[[Holding, int], Action], *, reason: str = "", by: Actor, at: datetime) -> int:
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).filter(pk=case_id).first()
        if case is None:
            raise CaseUnknown
        case.state = move_case(case.state, CaseEvent.PROPOSE).value
        holding = holding_of(case)
        action = ask(holding, case.store_id)
        targets = targets_of(case.store_id, orders_named(action, holding))
        tolerance = Money(policy(case.store_id).tolerance_centavos, case.currency)
        planned = plan(action, holding, targets, tolerance=tolerance)
        why = reason.strip()[:240]
        proposal_id = propose(
            Asked(
                case.store_id,
                KIND + action_name(action),
                f"case:{case_id}",
                {**planned.effects(action), "reason": why},
                says(planned, reason=why),
            ),
            by=by,
            at=at,
        )
        case.save(update_fields=["state"])
    return proposal_id
