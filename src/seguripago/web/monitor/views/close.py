"""The close of each day: the list, the proof with its three columns, the button, the files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.reconciliation.commands import DayAlreadyClosed, DayNotThere, EarlierDayOpen, close_day
from seguripago.journey.reconciliation.queries import (
    close_file,
    closing_days,
    day_view,
    may_be_closed,
)
from seguripago.journey.reconciliation.queries.closing import JournalLine
from seguripago.ports.documents import printer
from seguripago.values.actor import Actor
from seguripago.values.calendar import MEXICO, read_day
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.components.exporting import export, formats
from seguripago.web.monitor import close_words as words
from seguripago.web.monitor import closing

ROLES: Final = ("payments", "supervisor")
SHOWN: Final = 200
"""Lines of each kind on the page; the files have more, and every count is said."""


@require_GET
@staff_only(*ROLES)
def close_list(request: StaffRequest) -> HttpResponse:
    """Every day with money in it: open ones first, then what was closed."""
    at = timezone.now()
    today = at.astimezone(MEXICO).date()
    context = {
        "days": closing_days(request.member.store_id, at=at),
        "today": today,
        "from_day": today - timedelta(days=6),
        "formats": formats(),
        "section": "monitor",
        "live_topics": "monitor",
    }
    return render(request, "monitor/close_list.html", context)


@require_http_methods(["GET", "POST"])
@staff_only(*ROLES)
def close_page(request: StaffRequest, day: date) -> HttpResponse:
    """The proof of one day; POST closes it."""
    at, store_id, trouble = timezone.now(), request.member.store_id, ""
    if request.method == "POST":
        by = Actor.staff(request.member.user_id, request.member.name)
        try:
            close_day(store_id, day, by=by, at=at)
        except EarlierDayOpen as refused:
            trouble = _("Antes hay que cerrar el %(day)s.") % {"day": refused.day.strftime("%d/%m/%Y")}
        except DayAlreadyClosed:
            trouble = _("Este día, o uno posterior, ya está cerrado.")
        except DayNotThere:
            trouble = _("Ese día todavía no empieza.")
        else:
            return HttpResponseRedirect(reverse("monitor_close_day", args=[day]))
    today = at.astimezone(MEXICO).date()
    if day > today:
        raise Http404
    view = day_view(store_id, day, at=at)
    context = {
        "view": view,
        "headline": closing.headline(view),
        "explanation": closing.explanation(view),
        "differences": [
            SimpleNamespace(name=words.difference_name(each.kind), line=each) for each in view.differences[:SHOWN]
        ],
        "balances": [(words.account_name(each.account), each.amount) for each in view.balances],
        "cases": [(words.case_name(each.kind), each) for each in view.cases[:SHOWN]],
        "debits": _named(view.debits[:SHOWN]),
        "adjustments": _named(view.adjustments[:SHOWN]),
        "later": _named(view.later),
        "may_be_closed": view.seal is None and may_be_closed(store_id, day, at=at),
        "is_today": day == today,
        "trouble": trouble,
        "formats": formats(),
        "section": "monitor",
    }
    return render(request, "monitor/close_day.html", context, status=409 if trouble else 200)


@require_GET
@staff_only(*ROLES)
def close_download(request: StaffRequest, day: date, to: str) -> HttpResponseBase:
    """The close as PDF, JSON (only when closed) or a table."""
    at, store_id = timezone.now(), request.member.store_id
    if day > at.astimezone(MEXICO).date():
        raise Http404
    name = f"cierre-{store_by_id(store_id).slug}-{day.isoformat()}"
    if to == "json":
        file = close_file(store_id, day)
        if file is None:
            raise Http404
        return _file(file, "application/json", f"{name}.json")
    view = day_view(store_id, day, at=at)
    if to == "pdf":
        body = printer().pdf(closing.report(view, store_by_id(store_id), at=at))
        return _file(body, "application/pdf", f"{name}.pdf")
    return export(closing.sheets(view), to=to, filename=name)


def _named(lines: Sequence[JournalLine]) -> list[tuple[str, JournalLine]]:
    return [(words.journal_name(each.journal), each) for each in lines]


def _file(body: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(body, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def day_of[T: date | None](request: HttpRequest, name: str, default: T) -> date | T:
    """Read a day of the address; what is none is the default."""
    try:
        return read_day(request.GET.get(name, ""))
    except ValueError:
        return default
