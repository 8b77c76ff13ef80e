"""How the chain is read again from its rows: what both the daily anchor and the proof of the whole go by."""

from __future__ import annotations

from . import rules
from .models import Receipt

CHUNK = 500


def sealed(row: Receipt) -> rules.Sealed:
    """Answer the receipt that a row keeps."""
    return rules.Sealed(row.body, row.prev_hash, row.hash, row.signature, row.key_id)


def faults_since(store_id: int, public_key: bytes, known: tuple[int, str]) -> tuple[str, ...]:
    """Compute anew every receipt after a known place and hash: the names of all that is wrong, each once."""
    place, digest = known
    faults: set[str] = set()
    if place and not Receipt.objects.filter(store_id=store_id, place=place, hash=digest).exists():
        faults.add("anchor_missing")
    rows = Receipt.objects.filter(store_id=store_id, place__gt=place).order_by("place")
    for row in rows.iterator(chunk_size=CHUNK):
        faults.update(rules.faults_of(sealed(row), public_key))
        if row.place != place + 1 or row.prev_hash != digest:
            faults.add("chain_broken")
        place, digest = row.place, row.hash
    return tuple(sorted(faults))
