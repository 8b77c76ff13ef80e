"""The table of an order's states; no other place decides a move."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final

from seguripago.values.refusal import Refusal


class State(StrEnum):
    """Where an order is."""

    PLACED = "placed"
    VERIFIED = "verified"
    PAID = "paid"
    PREPARING = "preparing"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Verb(StrEnum):
    """What can be done to an order."""

    CHOOSE = "choose"
    CHECK = "check"
    CORRECT = "correct"
    ACCEPT = "accept"
    EXTEND = "extend"
    PAY = "pay"
    LOSE_PAYMENT = "lose_payment"
    PREPARE = "prepare"
    SHIP = "ship"
    DELIVER = "deliver"
    HAND_OVER = "hand_over"
    CLOSE = "close"
    CANCEL = "cancel"
    EXPIRE = "expire"
    REVIVE = "revive"


class Kind(StrEnum):
    """How an order came about: from a cart, or as a charge that the store made without one («cobro rápido»)."""

    CART = "cart"
    QUICK = "quick"


class Holder(StrEnum):
    """Who stops an order from leaving: a doubt about its money, a claim, or a refund of all that was paid."""

    DOUBT = "doubt"
    CLAIM = "claim"
    REFUND = "refund"


class StockState(StrEnum):
    """What the order's lines mean for the counters of the shelf."""

    HELD = "held"
    SOLD = "sold"
    RELEASED = "released"


class WrongState(Refusal):
    """The order's state does not allow what was asked."""

    code: ClassVar[str] = "SP-110"

    def __init__(self, state: State, verb: Verb) -> None:
        self.state, self.verb = state, verb
        super().__init__(f"{verb} in {state}")


class OrderUnknown(Refusal):
    """There is no such order."""

    code: ClassVar[str] = "SP-116"

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id
        super().__init__(str(order_id))


_P, _V = State.PLACED, State.VERIFIED
MOVES: Final[dict[tuple[State, Verb], State]] = {
    (_P, Verb.CHOOSE): _P,
    (_V, Verb.CHOOSE): _V,
    (_P, Verb.CHECK): _P,
    (_P, Verb.CORRECT): _P,
    (_P, Verb.ACCEPT): _V,
    (_P, Verb.EXTEND): _P,
    (_V, Verb.EXTEND): _V,
    (_V, Verb.PAY): State.PAID,
    # The bank took the money back before the parcel left: the order waits for it again.
    (State.PAID, Verb.LOSE_PAYMENT): _V,
    (State.PREPARING, Verb.LOSE_PAYMENT): _V,
    (State.PAID, Verb.PREPARE): State.PREPARING,
    # A small shop packs and ships in one go.
    (State.PAID, Verb.SHIP): State.SHIPPED,
    (State.PREPARING, Verb.SHIP): State.SHIPPED,
    (State.SHIPPED, Verb.DELIVER): State.DELIVERED,
    # A charge without a cart has no parcel: the store gives or does what was paid.
    (State.PAID, Verb.HAND_OVER): State.DELIVERED,
    (State.PREPARING, Verb.HAND_OVER): State.DELIVERED,
    (State.DELIVERED, Verb.CLOSE): State.CLOSED,
    # It never came, and a claim gave everything back: nobody waits for that parcel any more.
    (State.SHIPPED, Verb.CLOSE): State.CLOSED,
    (_P, Verb.CANCEL): State.CANCELLED,
    (_V, Verb.CANCEL): State.CANCELLED,
    # Paid but not yet sent: the goods go back on the shelf, the money back is another room's matter.
    (State.PAID, Verb.CANCEL): State.CANCELLED,
    (State.PREPARING, Verb.CANCEL): State.CANCELLED,
    (_P, Verb.EXPIRE): State.EXPIRED,
    (_V, Verb.EXPIRE): State.EXPIRED,
    # A transfer sent in time may land late: SPEI does not recall money. It must have been accepted once.
    (State.EXPIRED, Verb.REVIVE): _V,
    # A person decided to honour it after all.
    (State.CANCELLED, Verb.REVIVE): _V,
}
STOCK_OF: Final[dict[State, StockState]] = {
    State.PLACED: StockState.HELD,
    State.VERIFIED: StockState.HELD,
    State.PAID: StockState.SOLD,
    State.PREPARING: StockState.SOLD,
    State.SHIPPED: StockState.SOLD,
    State.DELIVERED: StockState.SOLD,
    State.CLOSED: StockState.SOLD,
    State.CANCELLED: StockState.RELEASED,
    State.EXPIRED: StockState.RELEASED,
}
STATE_LABELS: Final[dict[State, str]] = {
    State.PLACED: "Por confirmar",
    State.VERIFIED: "Por pagar",
    State.PAID: "Pagado",
    State.PREPARING: "En preparación",
    State.SHIPPED: "Enviado",
    State.DELIVERED: "Entregado",
    State.CLOSED: "Concluido",
    State.CANCELLED: "Cancelado",
    State.EXPIRED: "Vencido",
}


def move(state: str, verb: Verb) -> State:
    """Say which state follows. Raises WrongState when the table knows no such move."""
    here = State(state)
    following = MOVES.get((here, verb))
    if following is None:
        raise WrongState(here, verb)
    return following


def allows(state: str, verb: Verb) -> bool:
    """Say whether the table knows the move."""
    return (State(state), verb) in MOVES


def stock_after(state: State) -> StockState:
    """Say what an order's lines mean for the shelf in this state."""
    return STOCK_OF[state]
