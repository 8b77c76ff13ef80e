"""How a store sends, as the rule of promised dates asks for it, and when a cart would arrive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from seguripago.foundations.stores.queries import StoreView

from .rules import Sending, promised_dates
from .rules.promises import Zone, arrival_in


def sending_of(store: StoreView) -> Sending:
    """Answer from where, until which hour and how far the store sends."""
    return Sending(
        postal_code=store.postal_code,
        cutoff_hour=store.cutoff_hour,
        near_days=store.near_days,
        national_days=store.national_days,
        remote_days=store.remote_days,
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """Between which days a cart would arrive; `is_exact`: the buyer's postal code is known."""

    first: date
    last: date
    is_exact: bool


def arrival_of(store: StoreView, leads: Sequence[tuple[int, int]], postal_code: str, *, at: datetime) -> Arrival:
    """Answer when a cart that is paid now would arrive: there, or anywhere while the postal code is not known."""
    sending = sending_of(store)
    if len(postal_code) == 5 and postal_code.isdigit():
        first, last = promised_dates(leads, at, sending=sending, destination=postal_code)
        return Arrival(first, last, is_exact=True)
    ways = [arrival_in(leads, at, sending=sending, zone=zone) for zone in Zone]
    return Arrival(min(first for first, _ in ways), max(last for _, last in ways), is_exact=False)
