"""The live board, and the page of one deposit with its whole story."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from seguripago.journey.bank.queries import announcements
from seguripago.journey.bank.sayings import raw_notice
from seguripago.journey.payments.queries import expected_transfers
from seguripago.journey.reconciliation.queries import deposit_story, live_deposits, notes, open_cases
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import close_words, figures, words
from seguripago.web.monitor.live_links import live_links

ROLES = ("payments", "supervisor")
DEPOSITS, CASES, ANNOUNCED = 30, 20, 5


@require_GET
@staff_only(*ROLES)
def monitor(request: StaffRequest) -> HttpResponse:
    """The whole screen; its regions are read again whenever the store's money moves."""
    context = {**_regions(request), "live_topics": "monitor", "section": "monitor"}
    return render(request, "monitor/monitor.html", context)


@require_GET
@staff_only(*ROLES)
def live_regions(request: StaffRequest) -> HttpResponse:
    return render(request, "monitor/monitor.html#regions", _regions(request))


@require_GET
@staff_only(*ROLES)
def deposit(request: StaffRequest, deposit_id: int) -> HttpResponse:
    """A deposit's story: what the bank said, what was judged and why, where its money is, who did what."""
    story = deposit_story(request.member.store_id, deposit_id)
    if story is None:
        raise Http404
    row = story.row
    orders = {row.order_id: row.order_number} if row.order_id is not None else {}
    context = {
        "deposit": story.deposit,
        "live": live_links(request.member, orders, at=timezone.now()).get(row.order_id or 0),
        "payer": story.payer,
        "row": row,
        "verdict": story.verdict,
        "allocations": story.allocations,
        "postings": [(each, close_words.account_name(each.account)) for each in story.postings],
        "cases": story.cases,
        "notices": [(each, words.TRUST.get(each.authenticity, each.authenticity)) for each in story.notices],
        "evidence": story.evidence,
        "history": [(entry, words.deed(entry.action)) for entry in story.history],
        "section": "monitor",
    }
    return render(request, "monitor/deposit.html", context)


@require_GET
@staff_only(*ROLES)
def notice_file(request: StaffRequest, deposit_id: int, notice_id: int) -> HttpResponse:
    """A notice exactly as it came, to keep."""
    found = raw_notice(request.member.store_id, deposit_id=deposit_id, notice_id=notice_id)
    if found is None:
        raise Http404
    answer = HttpResponse(found, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="aviso-{notice_id}.txt"'
    return answer


def _regions(request: StaffRequest) -> dict[str, Any]:
    at = timezone.now()
    store_id = request.member.store_id
    asked = request.GET.get("tramo", "")
    head, chart = figures.read(store_id, at=at, span=asked if asked in figures.RANGES else figures.RANGES[0])
    cases = open_cases(store_id, limit=CASES)
    return {
        "head": head,
        "chart": chart,
        "points": json.dumps(chart.points, separators=(",", ":")),
        "deposits": live_deposits(store_id, limit=DEPOSITS),
        "announced": announcements(store_id, limit=ANNOUNCED),
        "cases": cases,
        "newest_case": max((case.id for case in cases), default=0),
        "expected": expected_transfers(store_id, at=at),
        "silent": figures.silent_feeds(store_id, at=at),
        "note": next(iter(notes(store_id, limit=1)), None),
    }
