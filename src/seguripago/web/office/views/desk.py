"""Who attends at the desk, when, which topics and how much at once; every change with its line in the audit."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seguripago.foundations.staffing import team_commands as desk
from seguripago.foundations.staffing.queries import seats
from seguripago.foundations.staffing.refusals import CapacityOutOfRange, TeamNameTaken, TeamUnknown
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..desk_screen import PersonRow, Typed, roles, screen, typed_team, typed_week

ROLES = ("owner", "supervisor")


@require_safe
@staff_only(*ROLES)
def desk_page(request: StaffRequest) -> HttpResponse:
    """Hours, people and teams, to read and to change."""
    return _page(request, Typed())


@require_POST
@staff_only(*ROLES)
def keep_hours(request: StaffRequest) -> HttpResponse:
    """Set the week."""
    rows, week = typed_week(request.POST)
    if any(row.error for row in rows):
        return _page(request, Typed(days=rows))
    desk.set_week(request.member.store_id, week, by=_by(request), at=timezone.now())
    return _kept("horario")


@require_POST
@staff_only(*ROLES)
def keep_people(request: StaffRequest) -> HttpResponse:
    """Keep how much each person attends at once, and whether buyers are reminded."""
    store_id, at = request.member.store_id, timezone.now()
    wrong: dict[int, PersonRow] = {}
    for seat in seats(store_id, at):
        said = request.POST.get(f"capacity-{seat.user_id}")
        if said is None:
            continue
        try:
            number = int(said) if said.isdecimal() and len(said) < 4 else 0
            desk.set_capacity(store_id, seat.user_id, number, by=_by(request), at=at)
        except CapacityOutOfRange:
            error = _("De 1 a 50.")
            wrong[seat.user_id] = PersonRow(
                seat.user_id, seat.name, roles()[seat.role], seat.state, said[:8], error=error
            )
    desk.set_reminders(store_id, reminds="reminds" in request.POST, by=_by(request), at=at)
    return _page(request, Typed(capacities=wrong)) if wrong else _kept("personas")


@require_POST
@staff_only(*ROLES)
def keep_team(request: StaffRequest, team_id: int = 0) -> HttpResponse:
    """Make a team, or change one."""
    typed, store_id, at = typed_team(request.POST, team_id), request.member.store_id, timezone.now()
    by = _by(request)
    try:
        if team_id:
            desk.change_team(
                store_id,
                team_id,
                name=typed.name,
                topics=typed.topics,
                people_ids=typed.people,
                is_active=typed.is_active,
                by=by,
                at=at,
            )
        else:
            desk.make_team(store_id, typed.name, topics=typed.topics, people_ids=typed.people, by=by, at=at)
    except TeamNameTaken:
        typed.error = _("Escribe un nombre que ningún otro equipo tenga.")
        return _page(request, Typed(team=typed))
    except TeamUnknown:
        raise Http404 from None
    return _kept("equipos")


def _by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)


def _kept(place: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('office_desk')}?guardado=1#{place}")


def _page(request: StaffRequest, typed: Typed) -> HttpResponse:
    context = screen(request.member.store_id, typed, at=timezone.now())
    context["is_kept"] = request.GET.get("guardado") == "1"
    return render(request, "office/desk.html", context, status=422 if typed.is_wrong else 200)
