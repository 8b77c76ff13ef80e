"""Between shifts: hand-over notes, and the calendar of what the bank counts as which day."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from seguripago.journey.bank.asking_queries import feeds_heard, list_pulls
from seguripago.journey.reconciliation.commands import leave_note
from seguripago.journey.reconciliation.queries import notes
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import bank_days, words

ROLES = ("payments", "supervisor")
WEEKDAYS = gettext_lazy("L M X J V S D")


@require_http_methods(["GET", "POST"])
@staff_only(*ROLES)
def note_list(request: StaffRequest) -> HttpResponse:
    """The notes of the last shifts; POST leaves one."""
    trouble = ""
    if request.method == "POST":
        by = Actor.staff(request.member.user_id, request.member.name)
        try:
            leave_note(request.member.store_id, request.POST.get("text", ""), by=by, at=timezone.now())
        except Refusal as refusal:
            trouble = words.why_not(refusal)
        else:
            return HttpResponseRedirect(reverse("monitor"))
    context = {"notes": notes(request.member.store_id, limit=50), "trouble": trouble, "section": "monitor"}
    return render(request, "monitor/notes.html", context, status=409 if trouble else 200)


@require_GET
@staff_only(*ROLES)
def calendar(request: StaffRequest) -> HttpResponse:
    """Which operation date a transfer of this moment bears, when that changes, and the year's bank holidays."""
    at = timezone.now()
    context = {
        "now": bank_days.standing(at),
        "months": bank_days.year(at),
        "feeds": feeds_heard(request.member.store_id, at=at),
        "pulls": list_pulls(request.member.store_id),
        "weekdays": str(WEEKDAYS).split(),
        "section": "monitor",
    }
    return render(request, "monitor/calendar.html", context)
