"""What single notices said, for whoever must choose between two that disagree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from seguripago.ports import bank_feeds, registry

from .models import Attestation


@dataclass(frozen=True, slots=True)
class Saying:
    """Who sent a notice about a deposit, and whether we believe him."""

    feed: str
    title: str
    believed: bool


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
