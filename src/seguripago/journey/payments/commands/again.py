"""A link asked for again by whoever lost it: the same is asked for; the mail goes where the order says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from procrastinate.contrib.django import app

from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from ..models import Link
from ..rules import LinkState, Purpose
from .details import send_payment_link

AGAIN_JOB: Final = "links.send_again"
WHO: Final = Actor.system("Link nuevo, pedido en su página")
PAUSE: Final = timedelta(minutes=2)


def ask_links_again(number: str) -> None:
    """Have a job send them for the orders of this number, so that whoever asks waits as long where there is none."""
    app.configure_task(AGAIN_JOB, queue="mail").defer(number=number)


def send_link_again(order_id: int, *, token: str, at: datetime) -> None:
    """Ask again, under the handle `token`, for what the order's newest link asked for.

    Nothing happens where there never was one, where the store withdrew it, and where no money can be asked for; a job
    that runs twice, or who presses twice, sends one.
    """
    newest = Link.objects.filter(payment__order_id=order_id).order_by("-pk").first()
    if newest is None or newest.state in {LinkState.PAID, LinkState.REVOKED}:
        return
    if newest.made_by == WHO.name and newest.made_at > at - PAUSE and newest.expires_at > at:
        return
    amount = Money(newest.amount_centavos) if newest.purpose == Purpose.DEPOSIT else None
    try:
        send_payment_link(order_id, token=token, purpose=newest.purpose, amount=amount, by=WHO, at=at)
    except Refusal:
        # The order was paid, ended or is being corrected: whoever asks is told the same.
        return
