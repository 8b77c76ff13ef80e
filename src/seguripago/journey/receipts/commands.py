"""Issue receipts."""

from __future__ import annotations

import base64
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from seguripago.foundations.audit.commands import Change, record_all
from seguripago.foundations.audit.queries import head as audit_head
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.commands import sign_all
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.orders.queries import numbers_of
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from . import rules
from .facts import ReceiptIssued
from .models import Receipt, ReceiptAnchor, ReceiptCounter
from .reading import faults_since

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ConfirmedPayment:
    """What a receipt is about, as the fact said it."""

    store_id: int
    order_id: int
    payment_id: int
    channel: str
    amount: Money
    confirmed_at: datetime
    tracking_key: str = ""


@transaction.atomic
def issue_receipts(payments: Sequence[ConfirmedPayment], *, at: datetime) -> None:
    """Issue the receipts of confirmed payments, in order; a payment that has one keeps it."""
    wanted = {payment.payment_id: payment for payment in payments}
    for store_id in sorted({payment.store_id for payment in wanted.values()}):
        counter = _locked_counter(store_id, at=at)
        # Asked under the lock: whoever came first has issued it.
        issued = set(Receipt.objects.filter(payment_id__in=wanted).values_list("payment_id", flat=True))
        new = [one for key, one in wanted.items() if one.store_id == store_id and key not in issued]
        _issue_in_store(store_by_id(store_id), counter, new, at=at)


def _issue_in_store(
    store: StoreView, counter: ReceiptCounter, payments: Sequence[ConfirmedPayment], *, at: datetime
) -> None:
    if not payments:
        return
    year = rules.local_year(at)
    if counter.year != year:
        counter.year, counter.last_in_year = year, 0
    key_id = rules.key_id(base64.b64decode(store.public_key))
    numbers = numbers_of([payment.order_id for payment in payments])
    rows = []
    for payment in payments:
        counter.last_in_year += 1
        counter.last_place += 1
        number = rules.number(year, counter.last_in_year)
        body = rules.canonical(_body(store, payment, number, numbers[payment.order_id], at=at))
        digest = rules.link(counter.last_hash, body)
        rows.append(
            Receipt(
                store_id=store.id,
                order_id=payment.order_id,
                payment_id=payment.payment_id,
                place=counter.last_place,
                number=number,
                body=body,
                prev_hash=counter.last_hash,
                hash=digest,
                key_id=key_id,
                issued_at=at,
            )
        )
        counter.last_hash = digest
    for row, signature in zip(rows, sign_all(store.id, [rules.message(row.hash) for row in rows]), strict=True):
        row.signature = base64.b64encode(signature).decode()
    Receipt.objects.bulk_create(rows)
    counter.save(update_fields=["year", "last_in_year", "last_place", "last_hash"])
    by = Actor.system()
    record_all([Change(store.id, by, "receipt.issued", f"order:{row.order_id}", _told(row), at) for row in rows])
    publish(
        *(
            ReceiptIssued(
                store_id=store.id,
                at=at,
                order_id=row.order_id,
                payment_id=row.payment_id,
                receipt_id=row.pk,
                number=row.number,
            )
            for row in rows
        )
    )


def _told(row: Receipt) -> dict[str, str]:
    """What the audit keeps: its own chain then holds every receipt too."""
    return {"number": row.number, "hash": row.hash}


def anchor_receipts(at: datetime) -> int:
    """Look at what each store's chain gained since its last anchor, and sign its end: once a day. Returns how many.

    A chain that is not whole is anchored too, with its faults: what is true of it today must not change tomorrow.
    """
    stores = ReceiptCounter.objects.filter(last_place__gt=0).order_by("store_id").values_list("store_id", flat=True)
    day = rules.local_day(at)
    done = ReceiptAnchor.objects.filter(day=day).values_list("store_id", flat=True)
    return sum(_anchor(store_id, day, at=at) for store_id in sorted(set(stores) - set(done)))


@transaction.atomic
def _anchor(store_id: int, day: date, *, at: datetime) -> bool:
    counter = _locked_counter(store_id, at=at)
    last = ReceiptAnchor.objects.filter(store_id=store_id).order_by("-place").first()
    if last is not None and last.day >= day:
        return False
    store = store_by_id(store_id)
    raw = base64.b64decode(store.public_key)
    faults = faults_since(store_id, raw, (last.receipt_place, last.head) if last else (0, rules.FIRST))
    if not Receipt.objects.filter(store_id=store_id, place=counter.last_place, hash=counter.last_hash).exists():
        faults = (*faults, "end_missing")
    audited = audit_head()
    body = rules.anchor_body(store.slug, day, counter.last_hash, audited.seq, audited.hash, faults)
    prev_hash = last.hash if last else rules.FIRST
    digest = rules.anchor_link(prev_hash, body)
    signature = sign_all(store_id, [rules.anchor_message(digest)])[0]
    row = ReceiptAnchor.objects.create(
        store_id=store_id,
        place=last.place + 1 if last else 1,
        day=day,
        receipt_place=counter.last_place,
        head=counter.last_hash,
        faults=list(faults),
        body=body,
        prev_hash=prev_hash,
        hash=digest,
        signature=base64.b64encode(signature).decode(),
        key_id=rules.key_id(raw),
        at=at,
    )
    said = {"day": day.isoformat(), "head": row.head, "place": row.receipt_place, "faults": list(faults)}
    record_all([Change(store_id, Actor.system(), "receipt.anchored", f"store:{store_id}", said, at)])
    if faults:
        log.error("the receipts of %s are not whole: %s", store.slug, ", ".join(faults))
    return True


def _locked_counter(store_id: int, *, at: datetime) -> ReceiptCounter:
    ReceiptCounter.objects.bulk_create(
        [ReceiptCounter(store_id=store_id, year=rules.local_year(at), last_hash=rules.FIRST)], ignore_conflicts=True
    )
    return ReceiptCounter.objects.select_for_update().get(store_id=store_id)


def _body(
    store: StoreView, payment: ConfirmedPayment, number: str, order_number: str, *, at: datetime
) -> dict[str, object]:
    """Say what was paid, to whom, for which order. Nobody's name but the store's: this can never be changed."""
    return {
        "number": number,
        "order_number": order_number,
        "store": {"slug": store.slug, "name": store.name, "legal_name": store.legal_name, "rfc": store.rfc},
        "amount": payment.amount.plain,
        "currency": payment.amount.currency,
        "channel": payment.channel,
        "tracking_key": payment.tracking_key,
        "confirmed_at": rules.moment(payment.confirmed_at),
        "issued_at": rules.moment(at),
    }
