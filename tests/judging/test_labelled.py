"""The labelled set through the real path: precision and recall by kind. A false Certain is a failed build."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import connection

from tests.judging.labelled import Label, Play, Scene
from tests.judging.movements import broken_invariants, tell
from tests.judging.plays import CANCELLED, DRAWN, EXPIRED, ORDERS, cancelled_plays, expired_plays
from tests.money import bank

pytestmark = pytest.mark.django_db

SEED = 20_260_311
AT_LEAST = 2_500
# Only against getting worse: what a suggestion names first, and within the first three.
FLOORS = (0.90, 0.95)


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one deposit."""

    verdict: str
    case: str
    owner: str
    applied: int
    suggested: tuple[frozenset[str], ...]

    @property
    def said(self) -> str:
        return self.verdict if self.verdict in {"certain", "none"} else self.case


NOTHING = Seen("none", "", "", 0, ())


def test_the_labelled_set_has_no_false_certain(capsys: pytest.CaptureFixture[str]) -> None:
    at = datetime.now(UTC)
    scene = Scene(at, seed=SEED, orders=ORDERS)
    plays = [*expired_plays(scene, EXPIRED), *cancelled_plays(scene, CANCELLED)]
    plays += [draw(scene) for draw, count in DRAWN.items() for _ in range(count)]
    labels = [label for play in plays for label in play.labels]
    assert len(labels) >= AT_LEAST
    started = time.perf_counter()
    _tell(scene, plays, at=at)
    took_s = time.perf_counter() - started

    seen = _outcomes(scene.store_id)
    pairs = [(label, seen.get((label.tracking_key, label.sending_institution), NOTHING)) for label in labels]

    with capsys.disabled():
        print(_report(pairs, took_s))
    false_certain = [(label, got) for label, got in pairs if got.verdict == "certain" and not _is_right(label, got)]
    assert not false_certain, false_certain[:5]
    wrong = [(label, got) for label, got in pairs if not _is_right(label, got)]
    assert not wrong, (len(wrong), wrong[:5])
    first, three = _recall(pairs)
    assert (first >= FLOORS[0], three >= FLOORS[1]) == (True, True), (first, three)
    assert not _strangers(scene)
    assert broken_invariants() == {}


def _tell(scene: Scene, plays: Sequence[Play], *, at: datetime) -> None:
    """The plays one after the other in a drawn order, each in its own order; the worker looks every 400 of them."""
    shuffled = list(plays)
    scene.dice.shuffle(shuffled)
    for place, play in enumerate(shuffled):
        for telling in play.tellings:
            tell(telling, at=at)
        if place % 400 == 399:
            bank.turn(at)
    bank.turn(at)
    for play in shuffled:
        for telling in play.later:
            tell(telling, at=at)
    bank.turn(at)


def _outcomes(store_id: int) -> dict[tuple[str, str], Seen]:
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.tracking_key, d.sending_institution, v.kind, coalesce(k.kind, ''), coalesce(o.number, ''),
                   coalesce((SELECT sum(centavos) FROM allocation a
                             WHERE a.deposit_id = d.id AND a.payment_id = v.payment_id), 0),
                   coalesce(k.suggestions, v.suggestions)
            FROM deposit d JOIN verdict v ON v.deposit_id = d.id
            LEFT JOIN LATERAL (
                SELECT kind, suggestions FROM reconciliation_case c WHERE c.deposit_id = d.id ORDER BY id LIMIT 1
            ) k ON true
            LEFT JOIN payment p ON p.id = v.payment_id LEFT JOIN shop_order o ON o.id = p.order_id
            WHERE d.store_id = %s
            """,
            [store_id],
        )
        found = {}
        for key, sender, verdict, case, owner, applied, suggestions in cursor.fetchall():
            told = json.loads(suggestions) if isinstance(suggestions, str) else suggestions
            suggested = tuple(_orders_of(each) for each in told)
            found[key, sender] = Seen(verdict, case, owner if verdict == "certain" else "", int(applied), suggested)
        return found


def _orders_of(suggestion: dict[str, object]) -> frozenset[str]:
    shares = suggestion["shares"]
    assert isinstance(shares, list)
    return frozenset(share["order_number"] for share in shares) or frozenset({str(suggestion["order_number"])})


def _is_right(label: Label, seen: Seen) -> bool:
    if (label.verdict, label.case) != (seen.verdict, seen.case):
        return False
    return label.verdict != "certain" or (label.owner, label.applied) == (seen.owner, seen.applied)


def _recall(pairs: Sequence[tuple[Label, Seen]]) -> tuple[float, float]:
    meant = [(label, got) for label, got in pairs if label.meant]
    hits = [sum(label.meant in got.suggested[:first] for label, got in meant) for first in (1, 3)]
    return hits[0] / len(meant), hits[1] / len(meant)


def _strangers(scene: Scene) -> list[str]:
    """Suggestions that name an order of another store: there must be none."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT s ->> 'order_number' FROM reconciliation_case c, jsonb_array_elements(c.suggestions) s
            WHERE c.store_id = %s AND NOT EXISTS (
                SELECT 1 FROM shop_order o WHERE o.store_id = c.store_id AND o.number = s ->> 'order_number')
            """,
            [scene.store_id],
        )
        return [number for (number,) in cursor.fetchall()]


def _report(pairs: Sequence[tuple[Label, Seen]], took_s: float) -> str:
    """Precision and recall of every verdict, then what each kind of the set came to."""
    right: Counter[str] = Counter()
    said: Counter[str] = Counter()
    true: Counter[str] = Counter()
    kinds: dict[str, list[tuple[Label, Seen]]] = defaultdict(list)
    for label, got in pairs:
        wanted = label.verdict if label.verdict in {"certain", "none"} else label.case
        true[wanted] += 1
        said[got.said] += 1
        right[wanted] += _is_right(label, got)
        kinds[label.kind].append((label, got))
    lines = ["", f"labelled set: {len(pairs)} deposits in {took_s:.1f} s"]
    lines += [
        f"  {name:<14} precision {right[name] / max(said[name], 1):.4f}  recall {right[name] / max(true[name], 1):.4f}"
        f"  n {true[name]}"
        for name in sorted(true | said)
    ]
    for kind, own in sorted(kinds.items()):
        good = sum(_is_right(label, got) for label, got in own)
        line = f"    {kind:<28} {good:>4} of {len(own):>4}"
        if any(label.meant for label, _ in own):
            first, three = _recall(own)
            line += f"   suggested @1 {first:.3f} @3 {three:.3f}"
        lines.append(line)
    first, three = _recall(pairs)
    lines.append(f"  suggestions: recall@1 {first:.4f}, recall@3 {three:.4f}")
    return "\n".join(lines)
