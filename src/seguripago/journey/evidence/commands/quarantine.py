"""Files that wait for the scanner: sealed, opened by nobody, looked at as soon as it is back."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores import keyring
from seguripago.ports.file_stores import file_store
from seguripago.ports.scanners import Harmful, NotScanned
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from ..facts import EvidenceCleared, EvidenceRejected
from ..models import Evidence
from ..refusals import FileIsBroken, FileIsHarmful, FileNeverScanned, FileNotScanned
from ..rules import PATIENCE, EvidenceState
from . import looking, reading
from .keeping import Seen, clear, scan

AT_ONCE: Final = 50
FINE: Final = timedelta(hours=1)
TRIES: Final = 3

log = logging.getLogger("seguripago.evidence")


def is_anything_stored() -> bool:
    """Whether any file waits for the scanner."""
    return Evidence.objects.filter(state=EvidenceState.STORED).exists()


def look_again(*, at: datetime) -> int:
    """Let the scanner look at what waits, the oldest of those tried least first; answer how many wait no more.

    Twice does no harm. What it could not look at for three days is given up. Speaks with the scanner: never call it in
    a transaction.
    """
    waiting = Evidence.objects.filter(state=EvidenceState.STORED).order_by("tries", "pk")[:AT_ONCE]
    is_away = isinstance(scan(b"?"), NotScanned)
    ended = 0
    for row in waiting:
        if is_away and row.kept_at > at - PATIENCE:
            if row.kept_at <= at - FINE:
                log.warning("the scanner is away and comprobante %s waits since %s", row.pk, row.kept_at)
            break
        ended += _try(row, at=at)
    return ended


def _try(row: Evidence, *, at: datetime) -> bool:
    """Look at one file. Whatever goes wrong with it is its own trouble: the others go on, and it is tried three times.

    A try is counted before it begins: a file that ends this process is not looked at for ever.
    """
    if row.tries >= TRIES:
        return _reject(row, FileIsBroken.code, "tries", at=at)
    row.tries += 1
    Evidence.objects.filter(pk=row.pk).update(tries=row.tries)
    try:
        return _look_at(row, at=at)
    except Exception:
        log.exception("comprobante %s could not be looked at, try %s", row.pk, row.tries)
        return False


def _not_tried(row: Evidence) -> None:
    """It was not the file: this was no try."""
    row.tries -= 1
    Evidence.objects.filter(pk=row.pk).update(tries=row.tries)


def _look_at(row: Evidence, *, at: datetime) -> bool:
    body = keyring.unseal(file_store().read(row.sealed_name), belongs_to=f"evidence:{row.sha256}")
    match scan(body):
        case Harmful(name):
            return _reject(row, FileIsHarmful.code, name, at=at)
        case NotScanned(reason):
            _not_tried(row)
            return row.kept_at <= at - PATIENCE and _reject(row, FileNeverScanned.code, reason, at=at)
    try:
        seen = clear(row, body, at=at)
    except FileNotScanned:
        _not_tried(row)
        return False
    except Refusal as refusal:
        return _reject(row, refusal.code, "", at=at)
    return _let_through(row, seen, at=at)


def _let_through(row: Evidence, seen: Seen, *, at: datetime) -> bool:
    made = row.clean_name
    with transaction.atomic():
        if not _still_waits(row):
            file_store().remove(made)
            return False
        said = {"evidence": row.pk, "sha256": row.sha256, "scanner": row.scanner}
        record(row.store_id, Actor.system(), "evidence.cleared", f"order:{row.order_id}", said, at=at)
        publish(EvidenceCleared(store_id=row.store_id, at=at, order_id=row.order_id, evidence_id=row.pk))
        if seen.reading is not None:
            reading.fill(row, seen.reading)
            reading.settle(row, at=at)
        row.save()
        if seen.reading is not None:
            reading.announce(row, at=at)
        if seen.look is not None:
            looking.keep_look(row, seen.look, seen.compared)
    return True


def _reject(row: Evidence, code: str, finding: str, *, at: datetime) -> bool:
    """Keep what it was and why it is not taken; the bytes themselves are destroyed, as those refused at once are."""
    bytes_of_it = row.sealed_name
    with transaction.atomic():
        if not _still_waits(row):
            return False
        row.state, row.rejected_for, row.sealed_name, row.looked_at = EvidenceState.REJECTED, code, "", at
        row.save(update_fields=["state", "rejected_for", "sealed_name", "looked_at"])
        said = {"evidence": row.pk, "sha256": row.sha256, "reason": code, "finding": finding[:200]}
        record(row.store_id, Actor.system(), "evidence.rejected", f"order:{row.order_id}", said, at=at)
        publish(EvidenceRejected(store_id=row.store_id, at=at, order_id=row.order_id, evidence_id=row.pk, reason=code))
        transaction.on_commit(lambda: file_store().remove(bytes_of_it))
    return True


def _still_waits(row: Evidence) -> bool:
    locked = Evidence.objects.select_for_update().filter(pk=row.pk, state=EvidenceState.STORED)
    return locked.values_list("pk", flat=True).first() is not None
