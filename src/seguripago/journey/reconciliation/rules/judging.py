"""Judge a deposit against the payments it may be for. Pure, and it explains itself.

Certain is only: the deposit's CLABE was given to exactly one order, the currency is the same, and that payment can
still take money. Everything else is a case with suggestions for a person, never a guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.journey.payments.rules import OPEN, SETTLED, State
from seguripago.values import order_number
from seguripago.values.money import Money

from .cases import CaseKind

ENDED_ORDER: Final = frozenset({"expired", "cancelled"})
PAID_ORDER: Final = frozenset({"paid", "preparing", "shipped", "delivered", "closed"})


@dataclass(frozen=True, slots=True)
class DepositFacts:
    """What judging needs of a deposit. Lateness is judged by `settled_at`, the bank's own time."""

    id: int
    amount: Money
    clabe: str
    is_own_account: bool
    concept: str
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What judging needs of a payment: its whole standing, deposits already applied included.

    `can_be_honoured`: the stock of the order is held, or can be held again.
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

    @property
    def missing(self) -> Money:
        return self.amount - self.received


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A payment that a person may look at; `score` of 100, with the reasons that gave it."""

    order_number: str
    score: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Certain:
    """`applied` goes to the payment, `excess` to a case of its own."""

    deposit_id: int
    payment_id: int
    order_id: int
    applied: Money
    excess: Money
    completes: bool
    late: bool
    revives: bool
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """It belongs to a known order that cannot simply take it."""

    deposit_id: int
    kind: CaseKind
    payment_id: int
    order_id: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody's CLABE: only suggestions."""

    deposit_id: int
    kind: CaseKind
    suggestions: tuple[Suggestion, ...]
    reasons: tuple[str, ...]


type Verdict = Certain | Doubtful | Unknown


def judge(deposit: DepositFacts, owner: PaymentFacts | None, suggestions: Sequence[Suggestion] = ()) -> Verdict:
    """Say whose money it is. `owner` is the payment that the deposit's CLABE was given to, if any."""
    if owner is None:
        if deposit.is_own_account:
            reason = "La CLABE es de la tienda pero no se ha asignado a ningún pedido."
            return Unknown(deposit.id, CaseKind.UNKNOWN, tuple(suggestions), (reason,))
        reason = "La cuenta beneficiaria no es una CLABE de esta tienda."
        return Unknown(deposit.id, CaseKind.WRONG_ACCOUNT, tuple(suggestions), (reason,))

    def doubt(kind: CaseKind, reason: str) -> Doubtful:
        return Doubtful(
            deposit.id, kind, owner.payment_id, owner.order_id, (f"CLABE del pedido {owner.order_number}.", reason)
        )

    if deposit.amount.currency != owner.amount.currency:
        return doubt(
            CaseKind.CONTRADICTION, f"Llegó en {deposit.amount.currency} y el pedido es en {owner.amount.currency}."
        )
    if owner.state in SETTLED or owner.order_state in PAID_ORDER:
        return doubt(CaseKind.DUPLICATE, "El pedido ya estaba pagado cuando llegó este depósito.")
    late = deposit.settled_at > owner.expires_at
    if deposit.settled_at > owner.watch_until:
        return doubt(CaseKind.LATE, "Llegó después del plazo en que todavía se esperaba.")
    if owner.order_state == "cancelled":
        return doubt(CaseKind.LATE, "El pedido se canceló.")
    if owner.state not in OPEN and owner.state is not State.EXPIRED:
        return doubt(CaseKind.LATE, "La forma de pago de este pedido se había retirado.")
    ended = owner.order_state in ENDED_ORDER
    if ended and not owner.can_be_honoured:
        return doubt(CaseKind.LATE, "El pedido venció y ya no hay existencias.")
    applied = min(deposit.amount, owner.missing)
    completes = applied == owner.missing
    if ended and not completes:
        return doubt(CaseKind.PART_EXPIRED, "El pedido venció y lo que llegó no alcanza el monto.")
    return Certain(
        deposit.id,
        owner.payment_id,
        owner.order_id,
        applied=applied,
        excess=deposit.amount - applied,
        completes=completes,
        late=late,
        revives=ended,
        reasons=_reasons(deposit, owner, applied=applied, late=late),
    )


def suggest(deposit: DepositFacts, alike: Sequence[tuple[str, Money]]) -> tuple[Suggestion, ...]:
    """Score open payments (order number, what they miss) that look like the deposit's, best first."""
    named = set(order_number.find_all(deposit.concept))
    found = []
    for number, missing in alike:
        reasons: list[str] = []
        score = 0
        if number in named:
            score += 70
            reasons.append("El concepto trae el número de pedido.")
        if deposit.amount == missing:
            score += 25
            reasons.append("El monto es exactamente lo que falta.")
        if reasons:
            found.append(Suggestion(number, score, tuple(reasons)))
    return tuple(sorted(found, key=lambda each: (-each.score, each.order_number))[:5])


def _reasons(deposit: DepositFacts, owner: PaymentFacts, *, applied: Money, late: bool) -> tuple[str, ...]:
    reasons = [f"La CLABE se asignó solo al pedido {owner.order_number}."]
    if applied < owner.missing:
        reasons.append(f"Llegaron {deposit.amount}; faltan {owner.missing - applied}.")
    elif deposit.amount > applied:
        reasons.append(f"Cubre lo que faltaba; sobran {deposit.amount - applied}.")
    else:
        reasons.append("El monto cubre exactamente lo que faltaba.")
    if late:
        reasons.append("Fuera de plazo según la hora del banco, pero el pedido todavía se puede cumplir.")
    return tuple(reasons)
