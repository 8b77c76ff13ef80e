"""What one side shows: the one road of every stranger's file, the original sealed away, six files a side."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max

from seguripago.foundations.stores import keyring
from seguripago.journey.evidence import commands as evidence
from seguripago.journey.evidence.rules import EvidenceKind, shown_name
from seguripago.ports.file_stores import file_store
from seguripago.values.actor import Actor

from ..facts import ClaimNoted
from ..models import Claim, ClaimFile
from ..refusals import ClaimUnknown, TooManyClaimFiles
from ..rules import FILES_OF_A_SIDE, Side
from .keeping import held, note, side_of, tell
from .opening import require_open

TAKEN: Final = tuple(kind for kind in EvidenceKind if kind is not EvidenceKind.CEP)


def keep_claim_file(claim_id: int, *, filename: str, body: bytes, by: Actor, at: datetime) -> int:
    """Keep a picture or PDF of one side; the same file again is the one that is known. Its id.

    Raises NotYourClaim, ClaimCannot, TooManyClaimFiles, and the refusals of `evidence.clean_copy` with their words.
    """
    claim = Claim.objects.filter(pk=claim_id).first()
    if claim is None:
        raise ClaimUnknown
    side = side_of(claim, by)
    require_open(claim)
    evidence.check_size(body)
    digest = hashlib.sha256(body).hexdigest()
    mine = ClaimFile.objects.filter(claim=claim, side=side.value)
    known = mine.filter(sha256=digest).values_list("pk", flat=True).first()
    if known is not None:
        return known
    if mine.count() >= FILES_OF_A_SIDE:
        raise TooManyClaimFiles(FILES_OF_A_SIDE)
    kind = evidence.taken_kind(body, TAKEN)
    scanner, copy = evidence.clean_copy(kind, body)
    row = ClaimFile(
        claim=claim,
        side=side.value,
        filename=shown_name(filename),
        kind=kind,
        size=len(body),
        sha256=digest,
        clean_kind=copy.kind,
        clean_sha256=hashlib.sha256(copy.body).hexdigest(),
        scanner=scanner,
        by_name=by.name[:120],
        kept_at=at,
    )
    try:
        _keep(row, body, copy.body, by=by, at=at)
    except _KnownAlready as known_now:
        return known_now.file_id
    return row.pk


class _KnownAlready(Exception):
    """The same file came twice at once: this is the one that was first."""

    def __init__(self, file_id: int) -> None:
        super().__init__()
        self.file_id = file_id


def _keep(row: ClaimFile, body: bytes, clean: bytes, *, by: Actor, at: datetime) -> None:
    with _shelved(row, body, clean), transaction.atomic():
        there = held(row.claim_id)
        require_open(there.claim)
        mine = ClaimFile.objects.filter(claim=there.claim, side=row.side)
        first = mine.filter(sha256=row.sha256).values_list("pk", flat=True).first()
        if first is not None:
            raise _KnownAlready(first)
        place = mine.aggregate(last=Max("place"))["last"] or 0
        if place >= FILES_OF_A_SIDE:
            raise TooManyClaimFiles(FILES_OF_A_SIDE)
        row.place = place + 1
        row.save(force_insert=True)
        said = {"file": row.pk, "sha256": row.sha256, "kind": row.kind}
        event = note(there.claim, "file", Side(row.side), by=by, at=at, words=row.filename, said=said)
        tell(ClaimNoted, there.claim, event, at=at)


@contextmanager
def _shelved(row: ClaimFile, body: bytes, clean: bytes) -> Iterator[None]:
    """Put the bytes on their shelves first: a row without its files would lie. What is refused leaves no file."""
    store = file_store()
    row.sealed_name = store.put("sealed", keyring.seal(body, belongs_to=f"claim:{row.sha256}"))
    row.clean_name = store.put("clean", clean)
    try:
        yield
    except Exception:
        store.remove(row.sealed_name)
        store.remove(row.clean_name)
        raise
