"""A picture that was only saved anew is the first one again: in whose order it was first, decides who has it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from ..looks import SAME_FROM, Look, alike
from ..models import Evidence, EvidenceLook, LookBand

NEWEST: Final = 150
"""With how many of those that share a key a picture is compared: the newest. A reused one is seldom old."""
NEAR: Final = """
    SELECT DISTINCT near.look_id FROM unnest(%(keys)s::bigint[]) AS wanted (key) CROSS JOIN LATERAL (
        SELECT look_id FROM evidence_look_band WHERE key = wanted.key ORDER BY look_id DESC LIMIT %(newest)s
    ) AS near
"""
_LOCK: Final = 0x5E6_0_1_00C


@dataclass(frozen=True, slots=True)
class Compared:
    """With which looks one was compared, and the first of those that it repeats."""

    known: frozenset[int] = frozenset()
    first: int | None = None


NOTHING: Final = Compared()


def compare(look: Look, before: Compared = NOTHING) -> Compared:
    """Compare a look with those that may be like it and are not in `before`."""
    near = _near(look) - before.known
    known = list(EvidenceLook.objects.filter(pk__in=near).values_list("pk", "first_id", "fine"))
    likeness = alike(look, [bytes(fine) for _, _, fine in known]) if known else []
    firsts = [first or pk for (pk, first, _), value in zip(known, likeness, strict=True) if value >= SAME_FROM]
    firsts += [before.first] if before.first is not None else []
    return Compared(before.known | near, min(firsts, default=None))


def keep_look(row: Evidence, look: Look, before: Compared) -> None:
    """Keep how a comprobante looks, and which look it repeats. One by one: of two at once one must see the other.

    `before`: what `compare` said when nobody waited for it, which takes up to a second; under the lock only those are
    looked at that were kept meanwhile.
    """
    one_at_a_time()
    made = EvidenceLook.objects.create(
        evidence=row, coarse=look.coarse.to_bytes(120), fine=look.fine, first_id=compare(look, before).first
    )
    LookBand.objects.bulk_create([LookBand(look=made, key=key) for key in set(look.bands)])


def one_at_a_time() -> None:
    """Wait until whoever keeps a look at this moment has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _near(look: Look) -> frozenset[int]:
    with connection.cursor() as cursor:
        cursor.execute(NEAR, {"keys": list(set(look.bands)), "newest": NEWEST})
        return frozenset(pk for (pk,) in cursor.fetchall())
