"""The samples tell the same five movements in six shapes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from seguripago.ports.statements import StatementLine
from tests.statements.test_formats import FORMATS, read

SAMPLES = Path(__file__).parent.parent / "samples" / "statements"
FILES = sorted(path for path in SAMPLES.iterdir() if path.suffix != ".md")
MOVEMENTS = Counter({191_400: 1, 84_550: 1, 1_235_000: 1, 9_990: 1, -84_550: 1})


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_sample_tells_the_five_movements(path: Path) -> None:
    body = path.read_bytes()
    slug = max(FORMATS, key=lambda name: FORMATS[name].sniff(body[:65_536], path.name))
    lines = [item for item in read(slug, body) if isinstance(item, StatementLine)]
    told = Counter(line.amount.centavos if line.is_credit else -line.amount.centavos for line in lines)
    only_received = path.name == "stp-recibidas.csv"
    assert told == MOVEMENTS - Counter({-84_550: 1} if only_received else {})
    credits_ = [line for line in lines if line.is_credit]
    assert all(line.tracking_key.startswith("MBAN0100") and line.sending_institution for line in credits_)
    assert {line.operation_date.isoformat() for line in credits_} == {f"2026-03-{day}" for day in range(11, 15)}
