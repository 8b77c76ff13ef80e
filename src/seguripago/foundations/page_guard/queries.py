"""The inventory, the newest looks and what browsers reported."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Final

from .models import BrowserReport, PageLook
from .rules import Finding, Inventory, Script

INVENTORY: Final = Path(__file__).with_name("pay_page.toml")


@dataclass(frozen=True, slots=True)
class Look:
    """A look at a pay page. `scripts` are (address, SHA-384 or empty) as they were served."""

    at: datetime
    gateway: str
    scripts: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """What browsers refused on one day on one kind of page."""

    day: date
    page: str
    directive: str
    blocked: str
    count: int
    last_at: datetime


@cache
def inventory() -> Inventory:
    """What a page that can take a card may carry, as it is written down."""
    said = tomllib.loads(INVENTORY.read_text(encoding="utf-8"))
    return Inventory(
        scripts=tuple(Script(**each) for each in said["script"]),
        policy={directive: frozenset(sources) for directive, sources in said["policy"].items()},
        headers=said["headers"],
    )


def looks(store_id: int, *, limit: int = 10) -> list[Look]:
    """The newest looks at a store's pay page, newest first."""
    return [
        Look(
            each.at,
            each.gateway,
            tuple((address, digest) for address, digest in each.scripts),
            tuple(Finding(code, what) for code, what in each.findings),
        )
        for each in PageLook.objects.filter(store_id=store_id).order_by("-id")[:limit]
    ]


def reports(*, at: datetime, days: int = 14, limit: int = 100) -> list[Report]:
    """What browsers reported lately on this installation, the newest first."""
    since = at.date() - timedelta(days=days)
    rows = BrowserReport.objects.filter(day__gte=since).order_by("-last_at")[:limit]
    return [Report(row.day, row.page, row.directive, row.blocked, row.count, row.last_at) for row in rows]
