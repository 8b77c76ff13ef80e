"""The comprobantes on the order's page: each with what it is worth now, in the buyer's words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from seguripago.journey.evidence.queries import EvidenceView, evidence_of
from seguripago.journey.reconciliation.queries.comprobantes import DOUBTED, VerdictView, verdicts_of


@dataclass(frozen=True, slots=True)
class FileLine:
    """A comprobante as its buyer sees it; without a label it was not read yet. `doubt_id`: its verdict, if in doubt."""

    id: int
    can_be_opened: bool
    filename: str
    kept_at: datetime
    words: str
    label: str = ""
    tone: str = ""
    doubt_id: int = 0


def files_of(order_id: int) -> tuple[FileLine, ...]:
    """The comprobantes of an order, the newest first."""
    papers = evidence_of(order_id)
    verdicts = verdicts_of(order_id) if papers else {}
    return tuple(_line(paper, verdicts.get(paper.id)) for paper in papers)


def _line(paper: EvidenceView, verdict: VerdictView | None) -> FileLine:
    about = (paper.id, paper.can_be_opened, paper.filename, paper.kept_at)
    doubt_id = verdict.id if verdict is not None and verdict.kind in DOUBTED else 0
    if verdict is None or not paper.can_be_opened:
        return FileLine(*about, paper.verdict_label, doubt_id=doubt_id)
    return FileLine(*about, verdict.buyer_words, verdict.buyer_label, verdict.buyer_tone, doubt_id)
