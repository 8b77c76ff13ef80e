"""Judge a deposit against the payment that its CLABE was given to. Pure, and it explains itself.

Certain is only: the deposit's CLABE was given to exactly one order of the same store, the currency is the same, the
bank still has the money, and that payment can still take it. Everything else is a case with suggestions for a person,
never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.journey.payments.rules import OPEN, SETTLED, State
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money

from .cases import CaseKind

ENDED_ORDER: Final = frozenset({"expired", "cancelled"})
PAID_ORDER: Final = frozenset({"paid", "preparing", "shipped", "delivered", "closed"})
TAKES_LATE: Final = frozenset({State.EXPIRED, State.REVERSED})
WAITS_AGAIN: Final = frozenset({State.PARTLY_PAID, State.REVERSED})


@dataclass(frozen=True, slots=True)
class DepositFacts:
    """What judging needs of a deposit. Lateness is judged by `settled_at`, the bank's own time."""

    id: int
    amount: Money
    clabe: str
    is_own_account: bool
    concept: str
    settled_at: datetime
    is_returned: bool = False


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What judging needs of a payment: its whole standing, deposits already applied included.

    `can_be_honoured`: the stock of the order is held, or can be held again. `shipping_hold`: a doubt stops its parcel.
    """

    payment_id: int
    order_id: int
    store_id: int
    order_number: str
    order_state: str
    state: State
    amount: Money
    received: Money
    expires_at: datetime
    watch_until: datetime
    can_be_honoured: bool
    shipping_hold: bool = False

    @property
    def missing(self) -> Money:
        return self.amount - self.received


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a deposit that is split: so much for this order."""

    order_number: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An order that a person may look at; `score` of 100, with the reasons that gave it.

    `shares` says how one deposit would pay several orders, this one first; empty when it would pay only this one.
    """

    order_number: str
    score: int
    reasons: tuple[str, ...]
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Certain:
    """`applied` goes to the payment, `excess` to a case of its own. `ends_doubt`: a stopped parcel may leave again."""

    deposit_id: int
    payment_id: int
    order_id: int
    order_number: str
    applied: Money
    excess: Money
    completes: bool
    late: bool
    revives: bool
    reasons: tuple[str, ...]
    ends_doubt: bool = False
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def candidates(self) -> tuple[Suggestion, ...]:
        """The one order that it can be, then those that its excess may be for."""
        return (Suggestion(self.order_number, 100, self.reasons), *self.suggestions)


@dataclass(frozen=True, slots=True)
class Doubtful:
    """It came to the CLABE of an order that cannot simply take it; other orders may be meant."""

    deposit_id: int
    kind: CaseKind
    payment_id: int
    order_id: int
    reasons: tuple[str, ...]
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def candidates(self) -> tuple[Suggestion, ...]:
        return self.suggestions


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody's CLABE: only suggestions."""

    deposit_id: int
    kind: CaseKind
    suggestions: tuple[Suggestion, ...]
    reasons: tuple[str, ...]

    @property
    def candidates(self) -> tuple[Suggestion, ...]:
        return self.suggestions


type Verdict = Certain | Doubtful | Unknown


def judge(deposit: DepositFacts, owner: PaymentFacts | None, suggestions: Sequence[Suggestion] = ()) -> Verdict:
    """Say whose money it is. `owner` is the payment that the deposit's CLABE was given to, if any."""
    if owner is None:
        return _nobodys(deposit, tuple(suggestions))
    doubt = _doubt(deposit, owner)
    if doubt is not None:
        kind, reason = doubt
        reasons = (f"La CLABE es la del pedido {owner.order_number}.", reason)
        return Doubtful(deposit.id, kind, owner.payment_id, owner.order_id, reasons, tuple(suggestions))
    missing = owner.missing
    applied = min(deposit.amount, missing)
    completes = applied == missing
    late = deposit.settled_at > owner.expires_at
    return Certain(
        deposit.id,
        owner.payment_id,
        owner.order_id,
        owner.order_number,
        applied=applied,
        excess=deposit.amount - applied,
        completes=completes,
        late=late,
        revives=owner.order_state in ENDED_ORDER,
        reasons=_reasons(deposit, owner, applied=applied, missing=missing, late=late),
        ends_doubt=completes and owner.shipping_hold,
    )


def _nobodys(deposit: DepositFacts, suggestions: tuple[Suggestion, ...]) -> Unknown:
    if deposit.is_returned:
        reason = f"El banco devolvió {deposit.amount} a quien lo envió, y su CLABE no es de ningún pedido."
        return Unknown(deposit.id, CaseKind.REVERSED, (), (reason,))
    if deposit.is_own_account:
        reason = "La CLABE es de la tienda pero no se ha asignado a ningún pedido."
        return Unknown(deposit.id, CaseKind.UNKNOWN, suggestions, (reason,))
    reason = "La cuenta beneficiaria no es una CLABE de esta tienda."
    return Unknown(deposit.id, CaseKind.WRONG_ACCOUNT, suggestions, (reason,))


def _doubt(deposit: DepositFacts, owner: PaymentFacts) -> tuple[CaseKind, str] | None:
    """Why the order whose CLABE it is cannot simply take it; None when it can."""
    if deposit.is_returned:
        return CaseKind.REVERSED, f"El banco devolvió {deposit.amount} a quien lo envió; no cuenta para el pedido."
    if deposit.amount.currency != owner.amount.currency:
        says = f"Llegó en {deposit.amount.currency} y el pedido se paga en {owner.amount.currency}."
        return CaseKind.CONTRADICTION, says
    # Before anything that other money of the payment decides: too late is too late, whatever was heard of first.
    if deposit.settled_at > owner.watch_until:
        return CaseKind.LATE, f"Llegó después del {_day(owner.watch_until)}, último día en que todavía se esperaba."
    is_paid = owner.order_state in PAID_ORDER and owner.state not in WAITS_AGAIN
    if owner.state in SETTLED or is_paid:
        return CaseKind.DUPLICATE, f"El pedido ya estaba pagado: sobran {deposit.amount}."
    if owner.order_state == "cancelled":
        return CaseKind.LATE, "El pedido se canceló: ya no espera dinero."
    if owner.state not in OPEN and owner.state not in TAKES_LATE:
        return CaseKind.LATE, "Se había cambiado la forma de pago de este pedido."
    if owner.order_state not in ENDED_ORDER:
        return None
    if not owner.can_be_honoured:
        return CaseKind.LATE, "El pedido venció y ya no hay existencias para cumplirlo."
    if deposit.amount < owner.missing:
        short = owner.missing - deposit.amount
        return CaseKind.PART_EXPIRED, f"El pedido venció y, aun con este depósito, le faltan {short}."
    return None


def _reasons(
    deposit: DepositFacts, owner: PaymentFacts, *, applied: Money, missing: Money, late: bool
) -> tuple[str, ...]:
    whose = f"La CLABE se asignó solo al pedido {owner.order_number}."
    if applied < missing:
        how = f"Llegaron {deposit.amount}; faltan {missing - applied}."
    elif deposit.amount > applied:
        how = f"Cubre lo que faltaba; sobran {deposit.amount - applied}."
    else:
        how = "El monto cubre exactamente lo que faltaba."
    if late:
        return whose, how, "Llegó fuera de plazo según la hora del banco, pero el pedido todavía se puede cumplir."
    return whose, how


def _day(at: datetime) -> str:
    return f"{at.astimezone(MEXICO):%d/%m/%Y}"
