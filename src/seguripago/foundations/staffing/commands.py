"""Sit down at the desk, stand up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.facts.wakeups import wake

from . import rules
from .models import Seat

STATES: Final = rules.STATES
LONGEST_IDLE_S: Final = 86_400.0


@dataclass(frozen=True, slots=True)
class Presence:
    """What a person chose (`auto` or a state), and the state of this moment."""

    choice: str
    state: str


def be_present(user_id: int, store_id: int, state: str, *, is_automatic: bool | None = None, at: datetime) -> None:
    """Say that a person is at the desk (`available`, `busy` or `away`); repeated every half minute or so.

    `is_automatic` changes who decides the state, the person or the desk; None leaves it as it is.
    """
    kept = state if state in STATES else "away"
    with transaction.atomic():
        seat = _seat(user_id, store_id, at=at)
        seat.seen_at = at
        seat.touched_at = at if kept == "available" else seat.touched_at
        if is_automatic is not None:
            seat.is_automatic = is_automatic
        _keep(seat, kept, at=at)


def choose_presence(user_id: int, store_id: int, choice: str, *, at: datetime) -> Presence:
    """Keep what a person chose: `available`, `busy` or `away` stay until chosen otherwise, `auto` lets the desk see."""
    with transaction.atomic():
        seat = _seat(user_id, store_id, at=at)
        seat.seen_at = seat.touched_at = at
        seat.is_automatic = choice not in STATES
        seat.put_away_at = None
        _keep(seat, "available" if seat.is_automatic else choice, at=at)
        return _presence(seat)


def beat(user_id: int, store_id: int, *, idle_s: float | None, starts_automatic: bool, at: datetime) -> Presence:
    """One heartbeat of a desk screen whose person last touched it `idle_s` seconds ago; None: nobody knows.

    The newest touch of all the person's screens counts. Who never sat here begins with «Automático», or away when
    `starts_automatic` is false: who only looks in is nobody's analyst.
    """
    with transaction.atomic():
        seat = _seat(user_id, store_id, at=at)
        if seat.since_at is None:
            seat.is_automatic = starts_automatic
            idle_s = 0.0 if idle_s is None else idle_s
        if idle_s is not None:
            touched_at = at - timedelta(seconds=min(max(idle_s, 0.0), LONGEST_IDLE_S))
            seat.touched_at = max(seat.touched_at or touched_at, touched_at)
        seat.seen_at = at
        state = seat.state
        if seat.is_automatic:
            state = rules.automatic_state(touched_at=seat.touched_at, put_away_at=seat.put_away_at, at=at)
        _keep(seat, state, at=at)
        return _presence(seat)


def put_away(user_id: int, store_id: int, *, at: datetime) -> None:
    """Set a person away who let a claim wait; the seat must be held (`hold_seat`). A newer touch brings him back."""
    seat = _seat(user_id, store_id, at=at)
    seat.put_away_at = at
    _keep(seat, "away", at=at)


def hold_seat(user_id: int, store_id: int, *, at: datetime) -> int:
    """Lock a person's seat until the transaction ends, and give its capacity. Locked before any conversation."""
    return _seat(user_id, store_id, at=at).capacity


def _presence(seat: Seat) -> Presence:
    return Presence(rules.AUTOMATIC if seat.is_automatic else seat.state, seat.state)


def _seat(user_id: int, store_id: int, *, at: datetime) -> Seat:
    seat = Seat.objects.select_for_update().filter(user_id=user_id, store_id=store_id).first()
    if seat is None:
        Seat.objects.get_or_create(user_id=user_id, store_id=store_id, defaults={"seen_at": at, "state": "away"})
        seat = Seat.objects.select_for_update().get(user_id=user_id, store_id=store_id)
    return seat


def _keep(seat: Seat, state: str, *, at: datetime) -> None:
    is_changed = seat.state != state
    seat.state = state
    if is_changed or seat.since_at is None:
        seat.since_at = at
    seat.save(update_fields=["state", "since_at", "seen_at", "is_automatic", "touched_at", "put_away_at"])
    if is_changed:
        wake(f"desk:{seat.store_id}")
