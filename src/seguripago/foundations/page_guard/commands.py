"""Keep what browsers report and what a look at a pay page found."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from seguripago.values.calendar import MEXICO

from .models import BrowserReport, PageLook
from .rules import Finding

MOST_KINDS_A_DAY: Final = 500
"""Anybody can send reports: beyond these many kinds in a day, new ones are not told apart any more."""
_REPORT: Final = """
INSERT INTO browser_report AS r (day, page, directive, blocked, count, first_at, last_at)
VALUES (%s, %s, %s, %s, 1, %s, %s)
ON CONFLICT (day, page, directive, blocked) DO UPDATE SET count = r.count + 1, last_at = excluded.last_at
"""

log = logging.getLogger("seguripago.page_guard")


def keep_report(*, page: str, directive: str, blocked: str, at: datetime) -> None:
    """Count one report of a browser. What it names is cut to its kind: no address is kept whole."""
    day = at.astimezone(MEXICO).date()
    if BrowserReport.objects.filter(day=day).count() >= MOST_KINDS_A_DAY:
        page, directive, blocked = "…", "…", "…"
    with connection.cursor() as cursor:
        cursor.execute(_REPORT, [day, page[:80], directive[:40], blocked[:120], at, at])


def keep_look(
    store_id: int, *, gateway: str, scripts: Mapping[str, str], findings: Sequence[Finding], at: datetime
) -> int:
    """Keep what a look found; something found is said in the log as well, for whoever watches the machine."""
    for each in findings:
        log.error("the pay page of store %s differs: %s %s", store_id, each.code, each.what)
    look = PageLook.objects.create(
        store_id=store_id,
        at=at,
        gateway=gateway,
        scripts=sorted(scripts.items()),
        findings=[[each.code, each.what] for each in findings],
    )
    return look.pk
