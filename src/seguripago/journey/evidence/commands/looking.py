"""A picture that was only saved anew is the first one again: in whose order it was first, decides who has it."""

from __future__ import annotations

from typing import Final

from django.db import connection

from ..looks import SAME_FROM, Look, alike
from ..models import Evidence, EvidenceLook, LookBand

NEWEST: Final = 150
"""With how many of those that share a key a picture is compared: the newest. A reused one is seldom old."""
_LOCK: Final = 0x5E6_0_1_00C


def keep_look(row: Evidence, look: Look) -> None:
    """Keep how a comprobante looks, and which look it repeats. One by one: of two at once one must see the other."""
    one_at_a_time()
    made = EvidenceLook.objects.create(
        evidence=row, coarse=look.coarse.to_bytes(120), fine=look.fine, first_id=_first_alike(look)
    )
    LookBand.objects.bulk_create([LookBand(look=made, key=key) for key in set(look.bands)])


def one_at_a_time() -> None:
    """Wait until whoever keeps a look at this moment has committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _first_alike(look: Look) -> int | None:
    near: set[int] = set()
    for key in look.bands:
        near.update(LookBand.objects.filter(key=key).order_by("-look_id").values_list("look_id", flat=True)[:NEWEST])
    known = list(EvidenceLook.objects.filter(pk__in=near).values_list("pk", "first_id", "fine"))
    likeness = alike(look, [bytes(fine) for _, _, fine in known]) if known else []
    firsts = [first or pk for (pk, first, _), value in zip(known, likeness, strict=True) if value >= SAME_FROM]
    return min(firsts, default=None)
