"""When a parcel may move, and what is said when it may not. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar, Final

from seguripago.values.refusal import Refusal


class ShipmentState(StrEnum):
    PREPARING = "preparing"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED = "returned"


class Move(StrEnum):
    SEND = "send"
    TRAVEL = "travel"
    DELIVER = "deliver"
    RETURN = "return"


MOVES: Final[dict[tuple[ShipmentState, Move], ShipmentState]] = {
    (ShipmentState.PREPARING, Move.SEND): ShipmentState.SHIPPED,
    (ShipmentState.SHIPPED, Move.TRAVEL): ShipmentState.IN_TRANSIT,
    # Most carriers tell us nothing on the way: the next thing we hear is that it arrived.
    (ShipmentState.SHIPPED, Move.DELIVER): ShipmentState.DELIVERED,
    (ShipmentState.IN_TRANSIT, Move.DELIVER): ShipmentState.DELIVERED,
    (ShipmentState.SHIPPED, Move.RETURN): ShipmentState.RETURNED,
    (ShipmentState.IN_TRANSIT, Move.RETURN): ShipmentState.RETURNED,
}

READY_TO_SHIP: Final = frozenset({"paid", "preparing"})


class OrderNotReadyToShip(Refusal):
    """The order has no confirmed payment, or its parcel has already left."""

    code: ClassVar[str] = "SP-440"

    def __init__(self, order_id: int, state: str) -> None:
        super().__init__()
        self.order_id = order_id
        self.state = state


class UnknownCarrier(Refusal):
    """There is no carrier of that name in this house."""

    code: ClassVar[str] = "SP-441"

    def __init__(self, carrier: str) -> None:
        super().__init__()
        self.carrier = carrier


class TrackingNumberLooksWrong(Refusal):
    """The tracking number does not have the shape of that carrier's numbers."""

    code: ClassVar[str] = "SP-442"

    def __init__(self, says: str) -> None:
        super().__init__()
        self.says = says


class ShipmentCannot(Refusal):
    """The parcel is not where that step can be taken."""

    code: ClassVar[str] = "SP-443"

    def __init__(self, state: str, move: str) -> None:
        super().__init__()
        self.state = state
        self.move = move


def after(state: ShipmentState, move: Move) -> ShipmentState:
    """Answer the state that follows; raises ShipmentCannot when the table has none."""
    following = MOVES.get((state, move))
    if following is None:
        raise ShipmentCannot(state, move)
    return following


def require_ready_to_ship(order_id: int, order_state: str) -> None:
    """Refuse to send what is not paid, or has left already."""
    if order_state not in READY_TO_SHIP:
        raise OrderNotReadyToShip(order_id, order_state)
