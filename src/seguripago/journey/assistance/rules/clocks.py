"""When somebody should have answered, and where the buyer stands."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from seguripago.values.steps import Step

ANSWER_S: Final = 90
CLAIM_S: Final = 45
"""A claim or transfer that is not answered within these seconds goes back to the queue."""
AMBER_S: Final = 60
RED_S: Final = 180
PROOF_TRIES: Final = 5

UNDELIVERED: Final = ("placed", "verified", "paid", "preparing", "shipped")
"""States of an order for which its analyst stays responsible."""

Tone = Literal["ok", "warn", "bad"]


def awaits_answer(last_buyer_at: datetime, last_staff_at: datetime | None) -> bool:
    """Whether the buyer spoke last."""
    return last_staff_at is None or last_staff_at < last_buyer_at


def assistant_should_lead(
    *,
    state: str,
    led_by: str,
    last_buyer_at: datetime,
    last_staff_at: datetime | None,
    is_attended: bool,
    at: datetime,
    claimed_at: datetime | None = None,
) -> bool:
    """Whether the assistant goes on by itself: nobody is there, or the buyer's words are 90 s without answer.

    `is_attended`: somebody is available, or its own analyst is at the desk, however busy: nobody talks over a person.
    Who has just taken it has 45 s for a first answer before the assistant speaks.
    """
    if state == "resolved" or led_by == "assistant" or not awaits_answer(last_buyer_at, last_staff_at):
        return False
    if not is_attended:
        return True
    is_just_taken = claimed_at is not None and at - claimed_at < timedelta(seconds=CLAIM_S)
    return at - last_buyer_at >= timedelta(seconds=ANSWER_S) and not is_just_taken


def answer_tone(waiting_s: float) -> Tone:
    """The colour of a clock that waits for the desk."""
    if waiting_s >= RED_S:
        return "bad"
    return "warn" if waiting_s >= AMBER_S else "ok"


def step_of(
    *, has_order: bool, accepted: bool, details_sent: bool, paid: bool, has_evidence: bool, claimed: bool = False
) -> Step:
    """The step of the six-step bar that is being done now."""
    if not has_order:
        return Step.PEDIDO
    if paid:
        return Step.LISTO if has_evidence else Step.COMPROBANTE
    if not accepted:
        return Step.CONFIRMACION
    return Step.TRANSFERENCIA if details_sent or claimed else Step.DATOS_BANCARIOS


def stage(*, correcting: bool, order_state: str, details_sent: bool, is_partial: bool) -> str:
    """One word for the queue: correction, ended, delivered, shipped, paid, difference, payment or verification."""
    if order_state in ("cancelled", "expired"):
        return "ended"
    if order_state in ("delivered", "closed"):
        return "delivered"
    if order_state == "shipped":
        return "shipped"
    if order_state in ("paid", "preparing"):
        return "paid"
    if correcting:
        return "correction"
    if is_partial:
        return "difference"
    return "payment" if details_sent else "verification"
