"""The reports of the desk: a page of figures, and the same figures as a file."""

from __future__ import annotations

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from seguripago.foundations.people import queries as people
from seguripago.foundations.staffing import queries as staffing
from seguripago.journey.assistance.rules import LEADERS
from seguripago.journey.supervision.queries import Asked, Report, report
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.components.exporting import export, formats
from seguripago.web.kept import Kept

from .. import reporting as words
from ..noticing import notices_context
from ..report_sheets import sheets

kept = Kept()


@require_safe
@staff_only(*LEADERS)
def reports(request: StaffRequest) -> HttpResponse:
    """The figures of a period, for everybody, one person or one team."""
    at, member = timezone.now(), request.member
    asked, period = _asked(request)
    found = kept.read(asked, lambda: report(asked))
    names = _names(member.store_id)
    days = words.by_day(found, period)
    query = request.GET.copy()
    context = {
        "member": member,
        "section": "reports",
        "live_topics": "desk",
        "report": found,
        "shown": words.shown(found),
        "period": period,
        "asked": asked,
        "analysts": sorted(names.items(), key=lambda one: one[1].casefold()),
        "teams": staffing.teams(member.store_id),
        "people": words.person_lines(found, names),
        "by_medium": words.paid_lines((words.medium_name(key), paid) for key, paid in found.paid_by_medium.items()),
        "by_topic": words.paid_lines((words.topic_name(key), paid) for key, paid in found.paid_by_topic.items()),
        "heat": words.heat(found),
        "hours": range(24),
        "days": days,
        "points": words.points(days),
        "buckets": list(zip(words.bucket_names(), found.answers.buckets, strict=True)),
        "stars": list(enumerate(found.stars.counts, 1))[::-1],
        "why": sorted(
            ((words.reason_name(key), n) for key, n in found.handed_over_why.items()), key=lambda one: -one[1]
        ),
        "names": names,
        "formats": formats(),
        "query": query.urlencode(),
        "few": words.FEW,
        "few_p90": words.FEW_P90,
        **notices_context(member, at=at),
    }
    return render(request, "desk/reports.html", context)


@require_safe
@staff_only(*LEADERS)
def download(request: StaffRequest, to: str) -> StreamingHttpResponse:
    """The same report as a file."""
    asked, period = _asked(request)
    found: Report = report(asked)
    name = f"informe-mesa-{period.first.isoformat()}-{period.last.isoformat()}"
    return export(sheets(found, asked, period, _names(request.member.store_id)), to=to, filename=name)


def _asked(request: StaffRequest) -> tuple[Asked, words.Period]:
    said = request.GET
    period = words.period_of(said.get("periodo", ""), said.get("desde", ""), said.get("hasta", ""), at=timezone.now())
    asked = words.asked_of(request.member.store_id, period, said.get("analista", ""), said.get("equipo", ""))
    return asked, period


def _names(store_id: int) -> dict[int, str]:
    return {person.user_id: person.name for person in people.members(store_id) if person.role in staffing.DESK_ROLES}
