"""The live board and the page of one deposit with its whole story."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from seguripago.foundations.audit.queries import history
from seguripago.foundations.ledger.queries import postings_of
from seguripago.journey.bank.queries import deposits, raw_notices_of
from seguripago.journey.payments.queries import expected_transfers
from seguripago.journey.reconciliation.queries import (
    deposit_rows,
    deposits_by_bucket,
    live_deposits,
    monitor_figures,
    open_cases,
)
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import chart

MEXICO = ZoneInfo("America/Mexico_City")
ROLES = ("payments", "supervisor")


@require_GET
@staff_only(*ROLES)
def monitor(request: StaffRequest) -> HttpResponse:
    """The whole screen; its regions are read again whenever the store's money moves."""
    return render(
        request, "monitor/monitor.html", {**_regions(request), "live_topics": "monitor", "section": "monitor"}
    )


@require_GET
@staff_only(*ROLES)
def live_regions(request: StaffRequest) -> HttpResponse:
    return render(request, "monitor/monitor.html#regions", _regions(request))


@require_GET
@staff_only(*ROLES)
def deposit(request: StaffRequest, deposit_id: int) -> HttpResponse:
    """A deposit's story: what the bank said, what was judged and why, what was booked."""
    found = [each for each in deposits([deposit_id]) if each.store_id == request.member.store_id]
    if not found:
        raise Http404
    (row,) = deposit_rows(found)
    store_id = request.member.store_id
    context = {
        "deposit": found[0],
        "row": row,
        "notices": raw_notices_of(deposit_id),
        "postings": (
            *postings_of(store_id, f"deposit:{deposit_id}"),
            *(
                each
                for each in (postings_of(store_id, f"order:{row.order_id}") if row.order_id else ())
                if each.journal.startswith(f"deposit:{deposit_id}:")
            ),
        ),
        "history": history(store_id, f"order:{row.order_id}") if row.order_id else (),
        "section": "monitor",
    }
    return render(request, "monitor/deposit.html", context)


def _regions(request: StaffRequest) -> dict[str, Any]:
    at = timezone.now()
    store_id = request.member.store_id
    return {
        "figures": monitor_figures(store_id, today_from=_today(at), at=at),
        "chart": chart.draw(deposits_by_bucket(store_id, at=at)),
        "deposits": live_deposits(store_id),
        "cases": open_cases(store_id),
        "expected": expected_transfers(store_id, at=at),
        "read_at": at,
    }


def _today(at: datetime) -> datetime:
    return at.astimezone(MEXICO).replace(hour=0, minute=0, second=0, microsecond=0)
