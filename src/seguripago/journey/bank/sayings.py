"""What single notices said, for whoever must choose between two that disagree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.ports import bank_feeds, registry

from .models import Attestation, RawNotice
from .statement_tables import StatementRow

MOST_SHOWN: Final = 20_000
"""Characters of a notice's body that a page shows; a statement may have millions."""


@dataclass(frozen=True, slots=True)
class Saying:
    """Who sent a notice about a deposit, and whether we believe him."""

    feed: str
    title: str
    believed: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as it came. `authenticity` is how sure we are of its sender; `agrees` with the deposit's amount."""

    id: int
    feed: str
    title: str
    body: str
    is_cut: bool
    remote_address: str
    authenticity: str
    believed: bool
    agrees: bool
    received_at: datetime


def notices_of(deposit_id: int) -> tuple[NoticeView, ...]:
    """Every notice that speaks of a deposit, in the order in which they came."""
    rows = Attestation.objects.filter(deposit_id=deposit_id).select_related("notice").order_by("notice_id")
    return tuple(_notice(row.notice, row.feed, agrees=row.agrees) for row in rows)


def notice(store_id: int, notice_id: int) -> NoticeView | None:
    """One notice of this store; None for another store's."""
    row = RawNotice.objects.filter(store_id=store_id, pk=notice_id).first()
    return None if row is None else _notice(row, row.feed, agrees=True)


def raw_notice(store_id: int, *, deposit_id: int, notice_id: int) -> bytes | None:
    """The bytes of a notice that speaks of a deposit of this store; None when it is another's."""
    row = Attestation.objects.filter(deposit_id=deposit_id, notice_id=notice_id, deposit__store_id=store_id)
    found = row.select_related("notice").first()
    return None if found is None else bytes(found.notice.body)


def statement_of_line(store_id: int, row_id: int) -> int | None:
    """The statement that a line of this store came with."""
    found = StatementRow.objects.filter(store_id=store_id, pk=row_id).values_list("statement_id", flat=True).first()
    return None if found is None else int(found)


def _notice(row: RawNotice, feed: str, *, agrees: bool) -> NoticeView:
    body = bytes(row.body).decode("utf-8", "replace")
    return NoticeView(
        id=row.pk,
        feed=feed,
        title=title_of(feed),
        body=body[:MOST_SHOWN],
        is_cut=len(body) > MOST_SHOWN,
        remote_address=row.remote_address,
        authenticity=row.authenticity,
        believed=row.authenticity in bank_feeds.BELIEVED,
        agrees=agrees,
        received_at=row.received_at,
    )


def sayings(notice_ids: Collection[int]) -> dict[tuple[int, int], Saying]:
    """Who said what: by (deposit id, notice id)."""
    rows = Attestation.objects.filter(notice_id__in=list(notice_ids)).values_list(
        "deposit_id", "notice_id", "feed", "believed"
    )
    return {(deposit, notice): Saying(feed, title_of(feed), believed) for deposit, notice, feed, believed in rows}


def title_of(feed: str) -> str:
    """The feed's name for people."""
    adapter = registry.adapters(bank_feeds.FAMILY).get(feed)
    return adapter.title if adapter is not None else feed
