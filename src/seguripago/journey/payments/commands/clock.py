"""The clocks of a transfer: «Ya transferí», «Mi banco me pide esperar», and the end of the buyer's time."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import Change, record, record_all
from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.safe_text import mask_secrets

from ..facts import ClockExtended, PaymentExpired, TransferClaimed
from ..left_over import part_left_over
from ..models import Link, Payment, TransferClaim
from ..refusals import ExtensionRefused, NoOpenTransfer
from ..rules import OPEN, Event, LinkState, State, move
from .link_making import end_links

LONGEST_EXTENSION: Final = timedelta(days=3)
BATCH: Final = 500


def claim_transfer(order_id: int, *, bank: str, date: date, tracking_key: str, at: datetime) -> int:
    """Keep what the buyer says of the transfer that he made; it moves no state. Returns the claim's id.

    What looks like a card's number is no clave de rastreo and is not kept.
    """
    key = re.sub(r"\s", "", tracking_key).upper()
    with transaction.atomic():
        payment = _open_transfer(order_id)
        claim = TransferClaim.objects.create(
            payment=payment,
            bank=mask_secrets(bank)[:40],
            transfer_date=date,
            tracking_key=key[:30] if mask_secrets(key) == key else "",
            at=at,
        )
        if payment.claimed_at is None:
            payment.claimed_at = at
        payment.changed_at = at
        payment.save(update_fields=["claimed_at", "changed_at"])
        said = {"bank": claim.bank, "date": date.isoformat(), "tracking_key": claim.tracking_key}
        record(payment.store_id, Actor.buyer(""), "payment.claimed", f"order:{order_id}", said, at=at)
        publish(
            TransferClaimed(
                store_id=payment.store_id, at=at, order_id=order_id, payment_id=payment.pk, claim_id=claim.pk
            )
        )
    return claim.pk


def extend_clock(order_id: int, *, hours: int, by: Actor, at: datetime) -> None:
    """Give the buyer more time because the bank makes a new payee wait. At most three days from now."""
    with transaction.atomic():
        orders.lock_order(order_id)
        payment = _open_transfer(order_id)
        until = max(payment.expires_at, at) + timedelta(hours=hours)
        if until > at + LONGEST_EXTENSION:
            raise ExtensionRefused
        payment.watch_until += until - payment.expires_at
        payment.expires_at = until
        payment.changed_at = at
        payment.save(update_fields=["expires_at", "watch_until", "changed_at"])
        Link.objects.filter(payment=payment, state__in=["active", "opened"]).update(expires_at=until)
        orders.extend_expiry(order_id, until, at=at)
        record(payment.store_id, by, "payment.clock_extended", f"order:{order_id}", {"until": until.isoformat()}, at=at)
        publish(ClockExtended(store_id=payment.store_id, at=at, order_id=order_id, payment_id=payment.pk))


def expire_payments(*, at: datetime) -> int:
    """End what waited past its clock without any money; the CLABE keeps being watched. Returns how many."""
    with transaction.atomic():
        due = list(
            Payment.objects.select_for_update(skip_locked=True)
            .filter(state__in=[State.AWAITING.value, State.MONITORED.value], expires_at__lte=at)
            .order_by("pk")[:BATCH]
        )
        for payment in due:
            payment.state = move(State(payment.state), Event.EXPIRE).value
            payment.changed_at = at
        Payment.objects.bulk_update(due, ["state", "changed_at"])
        end_links([p.pk for p in due], LinkState.EXPIRED, why="time", by=Actor.system(), at=at)
        record_all([Change(p.store_id, Actor.system(), "payment.expired", f"order:{p.order_id}", {}, at) for p in due])
        publish(*(PaymentExpired(store_id=p.store_id, at=at, order_id=p.order_id, payment_id=p.pk) for p in due))
    return len(due)


def retire_payments(order_ids: Collection[int], *, at: datetime) -> None:
    """Stop asking for money for orders that are cancelled; what still arrives becomes a case.

    One that two people brought back since, while this waited to be heard, keeps its payment.
    """
    with transaction.atomic():
        ended = [pk for pk, order in orders.lock_orders(order_ids).items() if order.state == "cancelled"]
        waiting = [state.value for state in OPEN]
        open_ones = list(
            Payment.objects.select_for_update().filter(order_id__in=ended, state__in=waiting).order_by("pk")
        )
        for payment in open_ones:
            payment.state = move(State(payment.state), Event.RETIRE).value
            payment.changed_at = at
        Payment.objects.bulk_update(open_ones, ["state", "changed_at"])
        end_links([p.pk for p in open_ones], LinkState.REVOKED, why="order_cancelled", by=Actor.system(), at=at)
        record_all(
            [Change(p.store_id, Actor.system(), "payment.retired", f"order:{p.order_id}", {}, at) for p in open_ones]
        )
        publish(*(part_left_over(p, "cancelled", at=at) for p in open_ones if p.received_centavos))


def _open_transfer(order_id: int) -> Payment:
    payment = Payment.objects.select_for_update().filter(order_id=order_id, rail="transfer").first()
    # A transfer that the bank took back is made again, to the same CLABE.
    if payment is None or State(payment.state) not in OPEN | {State.REVERSED}:
        raise NoOpenTransfer
    return payment
