"""For whom a claim waits, how long, and what happens by itself then. Nothing of it moves money by guess. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from .states import State


class Side(StrEnum):
    """Who speaks in a claim, or whom it waits for."""

    BUYER = "buyer"
    STORE = "store"
    SUPERVISOR = "supervisor"
    OWNER = "owner"
    CLOCK = "clock"


class Default(StrEnum):
    """What happens by itself when a deadline has passed.

    ESCALATE: a supervisor looks. HAND_ON: it is told to the store's owner and waits again. CARRY_OUT: what two people
    decided is done, because nobody appealed. LOOK_AGAIN: a decision waits for its second person; without one it goes
    back to where it was.
    """

    ESCALATE = "escalate"
    HAND_ON = "hand_on"
    CARRY_OUT = "carry_out"
    LOOK_AGAIN = "look_again"


@dataclass(frozen=True, slots=True)
class Wait:
    """Who is waited for, the store's setting that says for how many days, and the default."""

    owner: Side
    days: str
    default: Default


WAITS: Final[dict[State, Wait]] = {
    State.OPENED: Wait(Side.STORE, "answer_days", Default.ESCALATE),
    State.ANSWERED: Wait(Side.BUYER, "accept_days", Default.ESCALATE),
    State.REPLACING: Wait(Side.STORE, "replace_days", Default.ESCALATE),
    State.REPLACEMENT_SENT: Wait(Side.BUYER, "replace_days", Default.ESCALATE),
    State.RETURNING: Wait(Side.BUYER, "send_back_days", Default.ESCALATE),
    State.SENT_BACK: Wait(Side.STORE, "send_back_days", Default.ESCALATE),
    State.ESCALATED: Wait(Side.SUPERVISOR, "decide_days", Default.HAND_ON),
    State.PROPOSED: Wait(Side.SUPERVISOR, "decide_days", Default.LOOK_AGAIN),
    State.DECIDED: Wait(Side.BUYER, "appeal_days", Default.CARRY_OUT),
    State.APPEALED: Wait(Side.SUPERVISOR, "decide_days", Default.HAND_ON),
    State.REVIEWED: Wait(Side.SUPERVISOR, "decide_days", Default.LOOK_AGAIN),
}


def due_at(at: datetime, days: int) -> datetime:
    """Say when somebody's whole days are over."""
    return at + timedelta(days=days)


def remind_at(at: datetime, due: datetime, remind_days: int) -> datetime:
    """Say when somebody is reminded: so many days before, never before half of the time is over."""
    return max(due - timedelta(days=remind_days), at + (due - at) / 2)
