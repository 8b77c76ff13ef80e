"""When a parcel may move, what may go in it, and what is said when it may not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Final
from urllib.parse import urlsplit

from seguripago.values.calendar import end_of_working_day
from seguripago.values.refusal import Refusal


class ShipmentState(StrEnum):
    PREPARING = "preparing"
    SHIPPED = "shipped"
    IN_TRANSIT = "in_transit"
    DELIVERED = "delivered"
    RETURNED = "returned"
    UNSENT = "unsent"
    """What is left of the order, and will not be sent."""


class Move(StrEnum):
    SEND = "send"
    TRAVEL = "travel"
    DELIVER = "deliver"
    RETURN = "return"
    HAND_OVER = "hand_over"
    WITHHOLD = "withhold"


class Says(StrEnum):
    """Whose word something about a parcel is."""

    STORE = "store"
    CARRIER = "carrier"
    BUYER = "buyer"
    CLOCK = "clock"


class Happened(StrEnum):
    """What can be told of a parcel."""

    SENT = "sent"
    COLLECTED = "collected"
    TRAVELS = "travels"
    ARRIVED_NEAR = "arrived_near"
    OUT_FOR_DELIVERY = "out_for_delivery"
    NOT_FOUND = "not_found"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RETURNED = "returned"
    LATE_TO_SEND = "late_to_send"
    LATE_TO_ARRIVE = "late_to_arrive"
    ASKED = "asked"
    MISSED = "missed"
    UNSENT = "unsent"


class Late(StrEnum):
    """How a parcel is late: not sent by its day, not arrived by its day, or the buyer says that it has not come."""

    TO_SEND = "to_send"
    TO_ARRIVE = "to_arrive"
    MISSED = "missed"

    @property
    def event(self) -> Happened:
        """Answer what is kept of it in the parcel's history."""
        return {
            Late.TO_SEND: Happened.LATE_TO_SEND,
            Late.TO_ARRIVE: Happened.LATE_TO_ARRIVE,
            Late.MISSED: Happened.MISSED,
        }[self]


MOVES: Final[dict[tuple[ShipmentState, Move], ShipmentState]] = {
    (ShipmentState.PREPARING, Move.SEND): ShipmentState.SHIPPED,
    (ShipmentState.SHIPPED, Move.TRAVEL): ShipmentState.IN_TRANSIT,
    # Most carriers tell us nothing on the way: the next thing we hear is that it arrived.
    (ShipmentState.SHIPPED, Move.DELIVER): ShipmentState.DELIVERED,
    (ShipmentState.IN_TRANSIT, Move.DELIVER): ShipmentState.DELIVERED,
    # What was charged without a cart is given or done by the store itself: nothing travels.
    (ShipmentState.PREPARING, Move.HAND_OVER): ShipmentState.DELIVERED,
    # The store said that it will not send what is left, and why.
    (ShipmentState.PREPARING, Move.WITHHOLD): ShipmentState.UNSENT,
    (ShipmentState.SHIPPED, Move.RETURN): ShipmentState.RETURNED,
    (ShipmentState.IN_TRANSIT, Move.RETURN): ShipmentState.RETURNED,
}

BY_HAND: Final = "by_hand"
"""What stands for a carrier where the store hands over itself."""
READY_TO_SHIP: Final = frozenset({"paid", "preparing"})
ON_THE_WAY: Final = frozenset({ShipmentState.SHIPPED, ShipmentState.IN_TRANSIT})
TOLD_BY_CARRIERS: Final = frozenset(
    {
        Happened.COLLECTED,
        Happened.TRAVELS,
        Happened.ARRIVED_NEAR,
        Happened.OUT_FOR_DELIVERY,
        Happened.NOT_FOUND,
        Happened.DELAYED,
        Happened.DELIVERED,
        Happened.RETURNED,
    }
)
LONGEST_LINK: Final = 300
KEPT_KINDS: Final = [kind.value for kind in Happened]
"""What a row of shipment_event may say."""


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


class ParcelLeft(Refusal):
    """The parcel that was on the screen left meanwhile, with another carrier or number: look again what is missing."""

    code: ClassVar[str] = "SP-543"


class PiecesNotThere(Refusal):
    """No piece was chosen, or more than are left to send."""

    code: ClassVar[str] = "SP-444"

    def __init__(self, order_line_id: int, left: int) -> None:
        super().__init__()
        self.order_line_id = order_line_id
        self.left = left


class LinkLooksWrong(Refusal):
    """The tracking link is no address that begins with https://."""

    code: ClassVar[str] = "SP-445"


class ReasonMissing(Refusal):
    """A parcel that came back says why."""

    code: ClassVar[str] = "SP-446"


class NothingLeftToSend(Refusal):
    """Nothing of this order is left to send: all of it left, arrived, or was said not to be sent."""

    code: ClassVar[str] = "SP-423"


class NoProofOfThis(Refusal):
    """Only of a parcel that arrived or came back is there a proof."""

    code: ClassVar[str] = "SP-447"


class TooManyProofs(Refusal):
    """A parcel keeps at most four proofs."""

    code: ClassVar[str] = "SP-448"


def after(state: ShipmentState, move: Move) -> ShipmentState:
    """Answer the state that follows; raises ShipmentCannot when the table has none."""
    following = MOVES.get((state, move))
    if following is None:
        raise ShipmentCannot(state, move)
    return following


def chosen_pieces(left: Mapping[int, int], pieces: Mapping[int, int] | None) -> dict[int, int]:
    """Answer what goes in a parcel, by order line: what was chosen, or all that is left. Raises PiecesNotThere."""
    wanted = dict(left) if pieces is None else {line: count for line, count in pieces.items() if count}
    for line, count in wanted.items():
        if not 0 < count <= left.get(line, 0):
            raise PiecesNotThere(line, left.get(line, 0))
    if not any(wanted.values()):
        raise PiecesNotThere(0, sum(left.values()))
    return {line: count for line, count in wanted.items() if count}


def is_tracking_link(text: str) -> bool:
    """Say whether a page of the order may lead there: https, a host with a dot, nobody's name before it, no space."""
    try:
        parts = urlsplit(text)
        host, is_known = parts.hostname or "", parts.port in {None, 443}
    except ValueError:
        return False
    is_plain = text.isascii() and text.isprintable() and not set(text) & set(" \\<>\"'`") and len(text) <= LONGEST_LINK
    return is_plain and is_known and parts.scheme == "https" and "@" not in parts.netloc and "." in host.strip(".")


def ship_by(from_at: datetime, ship_days: int) -> datetime:
    """Answer the end of the last working day, in Mexico City, on which a parcel may leave."""
    return end_of_working_day(from_at, ship_days)
