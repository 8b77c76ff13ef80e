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


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a guarantee is: its state, its clock, and the three parts of what funded it."""

    state: GuaranteeState
    funded: Money
    held: Money
    released: Money
    returned: Money
    inspection_ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """The payment is confirmed: the promise stands for this amount."""

    amount: Money


@dataclass(frozen=True, slots=True)
class StartInspection:
    """The parcel arrived: the buyer has until then to look."""

    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Accept:
    """The buyer says that all is well."""


@dataclass(frozen=True, slots=True)
class EndClock:
    """The inspection clock was looked at."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The buyer says that something is wrong: the clock stops."""


@dataclass(frozen=True, slots=True)
class Resolve:
    """A claim ended, after its appeal window, with two amounts."""

    to_store: Money
    to_buyer: Money


type Event = Hold | StartInspection | Accept | EndClock | Claim | Resolve


def offered(currency: str) -> Standing:
    """Answer the standing of a promise that nobody has paid for yet."""
    nothing = Money.zero(currency)
    return Standing(GuaranteeState.OFFERED, nothing, nothing, nothing, nothing)


def after(standing: Standing, event: Event) -> Standing:
    """Answer the standing that follows; raises GuaranteeCannot, and PartsDoNotAddUp for an unequal resolution."""
    match event:
        case Hold(amount):
            _require(standing, event, GuaranteeState.OFFERED)
            return replace(standing, state=GuaranteeState.HELD, funded=amount, held=amount)
        case StartInspection(ends_at):
            _require(standing, event, GuaranteeState.HELD)
            if standing.inspection_ends_at is not None:
                # A second notice of the same delivery must not give the clock more time.
                raise GuaranteeCannot(standing.state, type(event).__name__)
            return replace(standing, inspection_ends_at=ends_at)
        case Accept():
            _require(standing, event, GuaranteeState.HELD)
            return _end(standing, GuaranteeState.RELEASED, standing.held)
        case EndClock(at):
            _require(standing, event, GuaranteeState.HELD)
            if standing.inspection_ends_at is None or standing.inspection_ends_at > at:
                raise GuaranteeCannot(standing.state, type(event).__name__)
            return _end(standing, GuaranteeState.RELEASED, standing.held)
        case Claim():
            _require(standing, event, GuaranteeState.HELD)
            return replace(standing, state=GuaranteeState.CLAIMED)
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


def _end(standing: Standing, state: GuaranteeState, to_store: Money) -> Standing:
    nothing = Money.zero(standing.held.currency)
    return replace(standing, state=state, held=nothing, released=to_store, returned=standing.held - to_store)


def _require(standing: Standing, event: Event, state: GuaranteeState) -> None:
    if standing.state is not state:
        raise GuaranteeCannot(standing.state, type(event).__name__)


def _end_of_working_day(start: datetime, days: int) -> datetime:
    day = add_working_days(start.astimezone(MEXICO).date(), days)
    return datetime.combine(day, time(23, 59, 59), MEXICO)
