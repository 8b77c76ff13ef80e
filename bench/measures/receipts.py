"""How well pictures and PDFs of banks are read, by the process that reads them in production.

`tuned` is the half of the drawn receipts that the parser was made on, `scored` the half that it is judged by, `unseen`
two banks' looks that the tuned half does not have. A field counts when it is letter for letter what the receipt shows
(capitals and accents too); what is left out and what is read wrongly both count as missed, and the wrong ones are told
apart, because a wrong field accuses somebody and a missing one is asked for. The pictures are ours: of real banks'
receipts this says only as much as they are alike.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import psutil

from bench.receipts import HALVES, Receipt, receipts
from bench.report import Figure
from bench.site import Site
from seguripago.jobs.reading import Reader

FAST = {"tuned": 0, "scored": 12, "unseen": 0}


@dataclass(slots=True)
class Score:
    """What was read of a half. `pages`: how many were looked at as pictures."""

    receipts: int = 0
    pages: int = 0
    fields: int = 0
    right: int = 0
    wrong: int = 0
    keys: int = 0
    right_keys: int = 0
    cpu_s: float = 0.0
    missed: Counter[str] = field(default_factory=Counter)


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """Read every half, each in the same process; the short run reads twelve of the scored half."""
    reader, figures, scores = Reader(), [], []
    try:
        for half in HALVES:
            if not fast or FAST[half]:
                score = _score(reader, receipts(half, only=FAST[half] if fast else None))
                scores.append(score)
                figures += _figures(half, score)
        peak = _peak_mib(reader)
    finally:
        reader.stop()
    pages, cpu = sum(score.pages for score in scores), sum(score.cpu_s for score in scores)
    return [
        *figures,
        Figure("receipt_page_cpu_s", cpu / max(pages, 1), "s", "lower", pages, notes="of the processor, one thread"),
        Figure("receipt_reader_peak_mib", peak, "MiB", "lower", 1, notes="the one process, given back when idle"),
    ]


def _score(reader: Reader, drawn: Iterable[Receipt]) -> Score:
    score = Score()
    for receipt in drawn:
        before = _cpu_s(reader)
        said = reader.read(receipt.body).fields
        if not receipt.name.endswith("-pdf"):
            score.pages += 1
            score.cpu_s += _cpu_s(reader) - before
        score.receipts += 1
        for name, value in receipt.told.items():
            is_right = said.get(name) == value
            score.fields += 1
            score.right += is_right
            score.wrong += not is_right and name in said
            if not is_right:
                score.missed[name] += 1
            if name == "tracking_key":
                score.keys += 1
                score.right_keys += is_right
        score.wrong += sum(name not in receipt.told for name in said)
    return score


def _figures(half: str, score: Score) -> list[Figure]:
    missed = ", ".join(f"{name} {count}" for name, count in score.missed.most_common(6))
    percent = 100 / max(score.fields, 1)
    note = f"{score.receipts} receipts; missed: {missed or 'nothing'}"
    return [
        Figure(f"receipts_{half}_fields_exact", score.right * percent, "%", "higher", score.fields, notes=note),
        Figure(f"receipts_{half}_fields_wrong", score.wrong * percent, "%", "lower", score.fields),
        Figure(
            f"receipts_{half}_keys_exact", 100 * score.right_keys / max(score.keys, 1), "%", "higher", score.keys,
        ),
    ]  # fmt: skip


def _cpu_s(reader: Reader) -> float:
    """Seconds of the processor so far; none before the process was started."""
    if reader.pid is None:
        return 0.0
    times = psutil.Process(reader.pid).cpu_times()
    return float(times.user + times.system)


def _peak_mib(reader: Reader) -> float:
    with open(f"/proc/{reader.pid}/status") as told:
        line = next(line for line in told if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024
