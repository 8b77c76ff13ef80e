"""The days between which an order is promised to arrive. Pure.

An order placed before the store's cut-off hour of a working day counts from that day, any other from the next working
day. From there: the working days that the slowest product needs, and those that the way to the buyer adds. Working days
are Monday to Friday without the holidays of the Ley Federal del Trabajo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from seguripago.values.calendar import MEXICO, add_working_days, is_working_day

from ..postal import state_of

# Parcels to the peninsulas and the far ends of the country take longer with every company.
REMOTE_STATES: Final = frozenset(
    {"Baja California", "Baja California Sur", "Campeche", "Chiapas", "Quintana Roo", "Sonora", "Yucatán"}
)


class Zone(StrEnum):
    """How far the buyer is from the store."""

    NEAR = "near"
    NATIONAL = "national"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class Sending:
    """How a store sends: from where, until which hour of the day, and the working days that each zone adds."""

    postal_code: str
    cutoff_hour: int
    near_days: int
    national_days: int
    remote_days: int

    def days_to(self, zone: Zone) -> int:
        """Answer the working days that the way adds."""
        return {Zone.NEAR: self.near_days, Zone.NATIONAL: self.national_days, Zone.REMOTE: self.remote_days}[zone]


def zone_of(origin: str, destination: str) -> Zone:
    """Tell the zone of a postal code as seen from another: the same state, a far one, or any other.

    A code whose state is not known counts as far: a promise is rather too long than broken.
    """
    here, there = state_of(origin), state_of(destination)
    if there is None:
        return Zone.REMOTE
    if here == there:
        return Zone.NEAR
    return Zone.REMOTE if there in REMOTE_STATES or here in REMOTE_STATES else Zone.NATIONAL


def counts_from(at: datetime, cutoff_hour: int) -> date:
    """Answer the working day from which the store counts: today before its hour, or else the next one."""
    local = at.astimezone(MEXICO)
    day = local.date()
    if is_working_day(day) and local.hour >= cutoff_hour:
        day += timedelta(days=1)
    return add_working_days(day, 0)


def promised_dates(
    lead_days: Iterable[tuple[int, int]], at: datetime, *, sending: Sending, destination: str
) -> tuple[date, date]:
    """Promise the days between which everything arrives there."""
    return arrival_in(lead_days, at, sending=sending, zone=zone_of(sending.postal_code, destination))


def arrival_in(
    lead_days: Iterable[tuple[int, int]], at: datetime, *, sending: Sending, zone: Zone
) -> tuple[date, date]:
    """Answer the days between which everything arrives in a zone."""
    leads = tuple(lead_days) or ((0, 0),)
    first_day = counts_from(at, sending.cutoff_hour)
    way = sending.days_to(zone)
    return (
        add_working_days(first_day, max(least for least, _ in leads) + way),
        add_working_days(first_day, max(most for _, most in leads) + way),
    )
