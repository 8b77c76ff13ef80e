"""Read the audit and prove its chain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from . import rules
from .commands import entry_body
from .models import AuditEntry, AuditSeal, UnsealedEntry


@dataclass(frozen=True, slots=True)
class EntryView:
    actor_kind: str
    actor_name: str
    action: str
    said: dict[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class ChainProof:
    """`broken_at` is the number of the first seal that does not fit; `missing` counts entries with neither seal nor
    place in the tail; `unsealed` is the tail that the sealer has not reached."""

    sealed: int
    unsealed: int
    missing: int
    broken_at: int | None
    head: str


def history(store_id: int, subject: str, *, limit: int = 200) -> tuple[EntryView, ...]:
    rows = AuditEntry.objects.filter(store_id=store_id, subject=subject).order_by("pk")[:limit]
    return tuple(EntryView(row.actor_kind, row.actor_name, row.action, row.said, row.at) for row in rows)


@dataclass(frozen=True, slots=True)
class SealedEntry:
    """An entry with its place in the chain: 0 and no hash while the sealer has not reached it."""

    entry: EntryView
    seq: int
    hash: str


def sealed_history(store_id: int, subjects: Collection[str], *, limit: int = 2000) -> tuple[SealedEntry, ...]:
    """What was written down of these subjects, the first first, with the links of the chain."""
    rows = list(AuditEntry.objects.filter(store_id=store_id, subject__in=list(subjects)).order_by("pk")[:limit])
    seals = {seal.entry_id: seal for seal in AuditSeal.objects.filter(entry_id__in=[row.pk for row in rows])}
    told = []
    for row in rows:
        seal = seals.get(row.pk)
        entry = EntryView(row.actor_kind, row.actor_name, row.action, row.said, row.at)
        told.append(SealedEntry(entry, seal.seq if seal else 0, seal.hash if seal else ""))
    return tuple(told)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: the number of the last seal, and its hash. 0 while nothing is sealed."""

    seq: int
    hash: str


def head() -> Head:
    """The last seal; what commits later is chained to it."""
    found = AuditSeal.objects.order_by("-seq").values_list("seq", "hash").first()
    return Head(*found) if found else Head(0, rules.FIRST)


def holds(known: Head) -> bool:
    """Whether the chain still has the head that somebody wrote down: nothing before it was changed since."""
    if known.seq == 0:
        return known.hash == rules.FIRST
    return AuditSeal.objects.filter(seq=known.seq, hash=known.hash).exists()


def prove_chain() -> ChainProof:
    """Recompute the whole chain."""
    previous, sealed, broken_at = rules.FIRST, 0, None
    for seal in AuditSeal.objects.select_related("entry").order_by("seq").iterator(chunk_size=2000):
        expected = rules.link(previous, entry_body(seal.entry))
        if broken_at is None and expected != seal.hash:
            broken_at = seal.seq
        previous, sealed = seal.hash, sealed + 1
    unsealed = UnsealedEntry.objects.count()
    return ChainProof(sealed, unsealed, AuditEntry.objects.count() - sealed - unsealed, broken_at, previous)
