"""The guarantee's machine and its clocks. Pure: amounts only move between three places and always add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import ClassVar, Final, assert_never

from seguripago.values.calendar import MEXICO, add_working_days
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal


class GuaranteeState(StrEnum):
    OFFERED = "offered"
    HELD = "held"
    RELEASED = "released"
    CLAIMED = "claimed"
    RESOLVED = "resolved"


ENDED: Final = frozenset({GuaranteeState.RELEASED, GuaranteeState.RESOLVED})


class GuaranteeCannot(Refusal):
    """The guarantee is not where that step can be taken."""

    code: ClassVar[str] = "SP-460"

    def __init__(self, state: str, step: str) -> None:
        super().__init__()
        self.state = state
        self.step = step


class PartsDoNotAddUp(Refusal):
    """What goes to the store and to the buyer must be exactly what the guarantee still answers for."""

    code: ClassVar[str] = "SP-461"

    def __init__(self, held: Money, parts: Money) -> None:
        super().__init__()
        self.held = held
        self.parts = parts


class NotSentYet(Refusal):
    """Nobody can have received a parcel that the store has not sent."""

    code: ClassVar[str] = "SP-462"

    def __init__(self, order_id: int) -> None:
        super().__init__()
        self.order_id = order_id


class TooLateToClaim(Refusal):
    """The buyer's days to look are over, or the guarantee has ended."""

    code: ClassVar[str] = "SP-463"

    def __init__(self, state: str, ended_at: datetime | None = None) -> None:
        super().__init__()
        self.state = state
        self.ended_at = ended_at


class ClaimIsOpen(Refusal):
    """A claim is open: what becomes of the order is decided there."""

    code: ClassVar[str] = "SP-425"


class BankDecides(Refusal):
    """A cardholder's bank has taken money of the order back and has not decided yet."""

    code: ClassVar[str] = "SP-426"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a guarantee is: its state, its clock, and the three parts of what funded it.

    `inspection_left`: what is left of the buyer's days while a claim has stopped their clock.
    """

    state: GuaranteeState
    funded: Money
    held: Money
    released: Money
    returned: Money
    inspection_ends_at: datetime | None = None
    inspection_left: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """The payment is confirmed: the promise stands for this amount."""

    amount: Money


@dataclass(frozen=True, slots=True)
class StartInspection:
    """The parcel arrived: the buyer has until then to look. `days`: for a clock that a claim has stopped."""

    ends_at: datetime
    days: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Accept:
    """The buyer says that all is well. `returned`: what had gone back to him before."""

    returned: Money | None = None


@dataclass(frozen=True, slots=True)
class EndClock:
    """The inspection clock was looked at. `returned`: what had gone back to the buyer before."""

    at: datetime
    returned: Money | None = None


@dataclass(frozen=True, slots=True)
class GiveBack:
    """All that was paid went back to the buyer: there is nothing left to answer for."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The buyer says that something is wrong: the clock stops."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The buyer takes the claim back: the clock goes on with the time that was left."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Replace:
    """What the claim was about was replaced and arrived: the buyer looks at it as he looked at the first."""

    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Resolve:
    """A claim ended, after its appeal window, with two amounts."""

    to_store: Money
    to_buyer: Money


type Event = Hold | StartInspection | Accept | EndClock | GiveBack | Claim | Withdraw | Replace | Resolve


def offered(currency: str) -> Standing:
    """Answer the standing of a promise that nobody has paid for yet."""
    nothing = Money.zero(currency)
    return Standing(GuaranteeState.OFFERED, nothing, nothing, nothing, nothing)


def after(standing: Standing, event: Event) -> Standing:
    """Answer the standing that follows.

    Raises GuaranteeCannot, PartsDoNotAddUp for an unequal resolution, TooLateToClaim.
    """
    match event:
        case Hold(amount):
            _require(standing, event, GuaranteeState.OFFERED)
            return replace(standing, state=GuaranteeState.HELD, funded=amount, held=amount)
        case StartInspection(ends_at, days):
            return _start_inspection(standing, event, ends_at, days)
        case Accept(returned):
            _require(standing, event, GuaranteeState.HELD)
            return _end(standing, GuaranteeState.RELEASED, _to_store(standing, returned))
        case EndClock(at, returned):
            _require(standing, event, GuaranteeState.HELD)
            if standing.inspection_ends_at is None or standing.inspection_ends_at > at:
                raise GuaranteeCannot(standing.state, type(event).__name__)
            return _end(standing, GuaranteeState.RELEASED, _to_store(standing, returned))
        case GiveBack():
            if standing.state is not GuaranteeState.CLAIMED:
                _require(standing, event, GuaranteeState.HELD)
            return _end(standing, GuaranteeState.RESOLVED, Money.zero(standing.held.currency))
        case Claim(at):
            return _claim(standing, event, at)
        case Withdraw(at):
            _require(standing, event, GuaranteeState.CLAIMED)
            until = None if standing.inspection_left is None else at + standing.inspection_left
            return replace(standing, state=GuaranteeState.HELD, inspection_ends_at=until, inspection_left=None)
        case Replace(ends_at):
            _require(standing, event, GuaranteeState.CLAIMED)
            return replace(standing, state=GuaranteeState.HELD, inspection_ends_at=ends_at, inspection_left=None)
        case Resolve(to_store, to_buyer):
            _require(standing, event, GuaranteeState.CLAIMED)
            parts = to_store + to_buyer
            if parts != standing.held or to_store.centavos < 0 or to_buyer.centavos < 0:
                raise PartsDoNotAddUp(standing.held, parts)
            return _end(standing, GuaranteeState.RESOLVED, to_store)
        case never:
            assert_never(never)


def ship_by(held_at: datetime, ship_days: int) -> datetime:
    """Answer the end of the last working day, in Mexico City, in which the store may send."""
    return _end_of_working_day(held_at, ship_days)


def deliver_by(held_at: datetime, ship_days: int, deliver_days: int) -> datetime:
    """Answer the end of the last working day in which the parcel may arrive: days to send, then to arrive."""
    return _end_of_working_day(held_at, ship_days + deliver_days)


def inspection_ends_at(delivered_at: datetime, inspection_days: int) -> datetime:
    """Answer when the buyer's days to look are over: whole days after the delivery, Sundays too."""
    return delivered_at + timedelta(days=inspection_days)


def short_name(name: str) -> str:
    """Answer a name as short as the public may read it: «Lucía H. R.»."""
    first, *rest = name.split() or [""]
    return " ".join([first, *(f"{part[0].upper()}." for part in rest if part[0].isupper())])


def folio(year: int, count: int) -> str:
    """Answer the number printed on the certificate: «GC-2026-004187»."""
    return f"GC-{year}-{count:06d}"


def local_year(at: datetime) -> int:
    """Answer the year that a calendar in Mexico City shows."""
    return at.astimezone(MEXICO).year


def _start_inspection(standing: Standing, event: Event, ends_at: datetime, days: timedelta) -> Standing:
    # A second notice of the same delivery must not give the clock more time.
    if standing.inspection_ends_at is not None or standing.inspection_left is not None:
        raise GuaranteeCannot(standing.state, type(event).__name__)
    if standing.state is GuaranteeState.CLAIMED:
        # It arrived while a claim is open: the whole of the buyer's days waits for the end of the claim.
        return replace(standing, inspection_left=days)
    _require(standing, event, GuaranteeState.HELD)
    return replace(standing, inspection_ends_at=ends_at)


def _claim(standing: Standing, event: Event, at: datetime) -> Standing:
    ends_at = standing.inspection_ends_at
    if standing.state in ENDED or (ends_at is not None and ends_at <= at):
        raise TooLateToClaim(standing.state, ends_at)
    _require(standing, event, GuaranteeState.HELD)
    left = None if ends_at is None else ends_at - at
    return replace(standing, state=GuaranteeState.CLAIMED, inspection_ends_at=None, inspection_left=left)


def _end(standing: Standing, state: GuaranteeState, to_store: Money) -> Standing:
    nothing = Money.zero(standing.held.currency)
    return replace(
        standing,
        state=state,
        held=nothing,
        released=to_store,
        returned=standing.held - to_store,
        inspection_left=None,
    )


def _to_store(standing: Standing, returned: Money | None) -> Money:
    return standing.held if returned is None else standing.held - min(returned, standing.held)


def _require(standing: Standing, event: Event, state: GuaranteeState) -> None:
    if standing.state is not state:
        raise GuaranteeCannot(standing.state, type(event).__name__)


def _end_of_working_day(start: datetime, days: int) -> datetime:
    day = add_working_days(start.astimezone(MEXICO).date(), days)
    return datetime.combine(day, time(23, 59, 59), MEXICO)
