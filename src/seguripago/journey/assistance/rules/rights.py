"""Who may read, take and answer a conversation at the desk, and how much one person holds. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from seguripago.foundations.staffing.rules import Reach

from .clocks import CLAIM_S, RED_S

LEADERS: Final = ("supervisor", "owner")
OPEN_TO_ALL: Final = timedelta(seconds=RED_S + 60)
"""Who waited one minute in red may be taken by anyone: a team whose people are all away starves nobody."""
QUIET: Final = timedelta(minutes=10)
"""Answered, and silent for longer: it waits for the buyer («En espera») and does not count towards capacity."""

REVEAL_REASONS: Final = ("addresses", "call", "correct", "other")
LEAST_REASON: Final = 5
LONGEST_REASON: Final = 200
REVEALS_AN_HOUR: Final = 20
REVEALED: Final = timedelta(minutes=15)
"""How long a revealed datum stays in sight of the person who gave a reason."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a conversation stands. `is_owed` says that the buyer waits for an answer."""

    state: str
    analyst_id: int | None
    team_id: int | None
    waiting_since: datetime
    is_owed: bool


def reason_kept(reason: str, words: str) -> str:
    """The reason for looking as it is kept: one of the named, or for `other` the person's words; empty if they say
    too little.
    """
    if reason != "other":
        return reason
    return words[:LONGEST_REASON] if len(words) >= LEAST_REASON else ""


def leads(role: str) -> bool:
    """Whether the role sees and may do everything of its store."""
    return role in LEADERS


def is_open_to(standing: Standing, reach: Reach, at: datetime) -> bool:
    """Whether the conversation's team leaves it to this person: no team, an own one, one that closed, or too late."""
    team_id = standing.team_id
    if team_id is None or team_id in reach.teams or team_id in reach.closed_teams:
        return True
    return at - standing.waiting_since >= OPEN_TO_ALL


def may_take(user_id: int, role: str, standing: Standing, reach: Reach, *, has_attended: bool, at: datetime) -> bool:
    """Whether this person may become responsible.

    A supervisor always. An analyst what waits for his teams or for anyone, his own, and a teammate's only while the
    teammate is away: then what he attended before, and that of his reach whose buyer waits for an answer.
    """
    if leads(role) or (standing.analyst_id == user_id and standing.state != "waiting"):
        return True
    if standing.state == "waiting":
        return is_open_to(standing, reach, at)
    if standing.analyst_id is not None and standing.analyst_id in reach.present:
        return False
    return has_attended or (standing.state == "assigned" and standing.is_owed and is_open_to(standing, reach, at))


def may_read(user_id: int, role: str, standing: Standing, reach: Reach, *, has_attended: bool, at: datetime) -> bool:
    """Whether this person may read it: whoever attended, and whoever may take it."""
    return has_attended or may_take(user_id, role, standing, reach, has_attended=has_attended, at=at)


def is_claim_unanswered(
    *,
    state: str,
    claimed_at: datetime | None,
    owed_since: datetime | None,
    last_staff_at: datetime | None,
    at: datetime,
) -> bool:
    """Whether a claim (or transfer) goes back to the queue: the buyer waits and its new analyst never answered."""
    if state != "assigned" or claimed_at is None or owed_since is None:
        return False
    if last_staff_at is not None and last_staff_at >= claimed_at:
        return False
    return at >= answer_before(claimed_at, owed_since)


def answer_before(claimed_at: datetime, owed_since: datetime) -> datetime:
    """The end of a claim: 45 s after it, or after the buyer's first word when that came later."""
    return max(claimed_at, owed_since) + timedelta(seconds=CLAIM_S)
