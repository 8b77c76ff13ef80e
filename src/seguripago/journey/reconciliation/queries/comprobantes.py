"""How the comprobantes of orders stand: to staff with reasons, field by field; to the buyer in plain words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q

from seguripago.journey.orders.queries import numbers_of

from ..comprobante_words import BUYER_LABELS, LABELS, buyer_words, field_name, shown_as, staff_reason
from ..models import EvidenceVerdict, EvidenceWatch
from ..rules.comprobante_facts import VerdictKind

MOST_LINES: Final = 20
DOUBTED: Final = frozenset({VerdictKind.CONTRADICTS.value, VerdictKind.REUSED.value, VerdictKind.UNREADABLE.value})
BACKING: Final = frozenset({VerdictKind.WAITING.value, VerdictKind.MATCHES.value, VerdictKind.VERIFIED.value})


@dataclass(frozen=True, slots=True)
class ComparedView:
    """One thing: what was expected, what the file says, and whether that agrees; None where nothing proves it.

    `is_sure`: read for certain; what is not never counts against anybody.
    """

    name: str
    label: str
    expected: str
    said: str
    ok: bool | None
    is_sure: bool


@dataclass(frozen=True, slots=True)
class VerdictView:
    """What a comprobante is worth. `tone` is ok, info, warn or bad; `told_at`: a person was told that nothing came."""

    id: int
    evidence_id: int
    kind: str
    label: str
    tone: str
    codes: tuple[str, ...]
    reasons: tuple[str, ...]
    buyer_words: str
    buyer_label: str
    buyer_tone: str
    compared: tuple[ComparedView, ...]
    deposit_id: int | None
    at: datetime
    asks_until: datetime | None = None
    told_at: datetime | None = None

    @property
    def backs(self) -> bool:
        """Whether it counts as the comprobante of the order as long as nobody knows better."""
        return self.kind in BACKING


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A comprobante that was judged, with its order, for whoever looks at a deposit or a case."""

    evidence_id: int
    order_id: int
    order_number: str
    filename: str
    kept_at: datetime
    verdict: VerdictView


def verdicts_of(order_id: int) -> dict[int, VerdictView]:
    """The newest verdict of each comprobante of an order, by the comprobante's id; one that nobody read has none."""
    return verdicts_of_orders([order_id])


def verdicts_of_orders(order_ids: Collection[int]) -> dict[int, VerdictView]:
    """The same for several orders, in one statement."""
    rows = EvidenceWatch.objects.filter(order_id__in=list(order_ids)).select_related("verdict").order_by("pk")
    return {
        row.pk: _view(row.verdict, asks_until=row.until if row.next_at else None, told_at=row.told_at) for row in rows
    }


def paper_lines(
    order_ids: Collection[int] = (), *, store_id: int, deposit_id: int | None = None
) -> tuple[PaperLine, ...]:
    """The comprobantes of these orders, and those of the store that tell of this deposit, the newest first."""
    told = Q(order_id__in=list(order_ids))
    if deposit_id is not None:
        told |= Q(verdict__deposit_id=deposit_id)
    rows = EvidenceWatch.objects.filter(told, store_id=store_id).select_related("verdict", "evidence").order_by("-pk")
    found = list(rows[:MOST_LINES])
    numbers = numbers_of({row.order_id for row in found})
    return tuple(
        PaperLine(
            evidence_id=row.pk,
            order_id=row.order_id,
            order_number=numbers[row.order_id],
            filename=row.evidence.filename,
            kept_at=row.evidence.kept_at,
            verdict=_view(row.verdict, asks_until=row.until if row.next_at else None, told_at=row.told_at),
        )
        for row in found
    )


def verdict_history(evidence_id: int) -> tuple[VerdictView, ...]:
    """Every verdict that a comprobante ever had, the oldest first."""
    return tuple(_view(row) for row in EvidenceVerdict.objects.filter(evidence_id=evidence_id).order_by("pk"))


def _view(row: EvidenceVerdict, *, asks_until: datetime | None = None, told_at: datetime | None = None) -> VerdictView:
    label, tone = LABELS[row.kind]
    buyer_label, buyer_tone = BUYER_LABELS[row.kind]
    return VerdictView(
        id=row.pk,
        evidence_id=row.evidence_id,
        kind=row.kind,
        label=str(label),
        tone=tone,
        codes=tuple(each["code"] for each in row.reasons),
        reasons=tuple(staff_reason(each["code"], each["data"]) for each in row.reasons),
        buyer_words=buyer_words(row.kind, row.reasons),
        buyer_label=str(buyer_label),
        buyer_tone=buyer_tone,
        compared=tuple(
            ComparedView(
                each["name"],
                field_name(each["name"]),
                shown_as(each["name"], each["expected"]),
                shown_as(each["name"], each["said"]),
                each["ok"],
                each["is_sure"],
            )
            for each in row.compared
        ),
        deposit_id=row.deposit_id,
        at=row.at,
        asks_until=asks_until,
        told_at=told_at,
    )
