"""Ask for the comprobante, remind of it once, and say when a purchase is backed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders.queries import order
from seguripago.values.actor import Actor

from . import rules
from .facts import ComprobanteReminded, PurchaseBacked
from .gathering import papers_of
from .models import PurchaseBacking

log = logging.getLogger(__name__)
BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Paid:
    """A purchase whose payment was confirmed."""

    store_id: int
    order_id: int
    payment_id: int
    at: datetime


@transaction.atomic
def wait_for_papers(purchases: Sequence[Paid]) -> None:
    """Begin to wait for what backs these purchases; one that waits already, or is backed, stays as it is."""
    PurchaseBacking.objects.bulk_create(
        [
            PurchaseBacking(
                store_id=one.store_id,
                order_id=one.order_id,
                payment_id=one.payment_id,
                confirmed_at=one.at,
                remind_at=one.at + rules.REMIND_AFTER,
                file_by=one.at + rules.FILE_AFTER,
            )
            for one in sorted(purchases, key=lambda one: one.order_id)
        ],
        ignore_conflicts=True,
    )


def back_purchases(order_ids: Collection[int], *, at: datetime) -> int:
    """Look at each purchase that is not backed yet, and say of which all papers are there. Returns how many."""
    waiting = PurchaseBacking.objects.filter(order_id__in=list(order_ids), backed_at__isnull=True)
    return sum(_back(row, at=at) for row in waiting.order_by("order_id"))


def file_overdue(at: datetime) -> int:
    """File the bank's notice where no comprobante came in time. Returns how many purchases are backed by it."""
    due = PurchaseBacking.objects.filter(backed_at__isnull=True, file_by__lte=at).order_by("file_by", "pk")
    return sum(_back(row, at=at) for row in due[:BATCH])


def remind_of_papers(at: datetime) -> int:
    """Ask once more for the comprobantes that nobody has shown for a day. Returns how many buyers were asked."""
    due = PurchaseBacking.objects.filter(backed_at__isnull=True, reminded_at__isnull=True, remind_at__lte=at)
    return sum(_remind(row, at=at) for row in due.order_by("remind_at", "pk")[:BATCH])


@transaction.atomic
def note_dossier(order_id: int, *, reason: str, sha256: str, by: Actor, at: datetime) -> None:
    """Write down who took the evidence file of a purchase, and why. Raises ReasonNeeded."""
    said = {"reason": rules.reason(reason), "sha256": sha256}
    record(order(order_id).store_id, by, "purchase.dossier_taken", f"order:{order_id}", said, at=at)


@transaction.atomic
def _back(row: PurchaseBacking, *, at: datetime) -> bool:
    papers = papers_of(row.order_id, row.payment_id)
    backed = rules.backed_by(papers, file_by=row.file_by, at=at)
    if backed is None:
        return False
    # Whoever comes second waits for the first and finds no row left to change: the fact is said once.
    changed = PurchaseBacking.objects.filter(pk=row.pk, backed_at__isnull=True).update(
        backed_at=at,
        filed=backed.filed.value,
        subject=backed.subject,
        receipt=papers.receipt,
        certificate=papers.certificate,
    )
    if not changed:
        return False
    said = {
        "filed": backed.filed.value,
        "what": backed.subject,
        "receipt": papers.receipt,
        "certificate": papers.certificate,
    }
    record(row.store_id, Actor.system(), "purchase.backed", f"order:{row.order_id}", said, at=at)
    publish(PurchaseBacked(store_id=row.store_id, at=at, order_id=row.order_id, filed=backed.filed.value))
    return True


@transaction.atomic
def _remind(row: PurchaseBacking, *, at: datetime) -> bool:
    papers = papers_of(row.order_id, row.payment_id)
    changed = PurchaseBacking.objects.filter(pk=row.pk, reminded_at__isnull=True).update(reminded_at=at)
    # What is to be said of a comprobante that was shown is said by its verdict; of a card nothing is asked.
    if not changed or papers.shown or not papers.movements:
        return False
    record(row.store_id, Actor.system(), "purchase.reminded", f"order:{row.order_id}", {}, at=at)
    publish(ComprobanteReminded(store_id=row.store_id, at=at, order_id=row.order_id))
    return True
