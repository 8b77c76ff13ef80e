"""Who attends: presence, the next of the queue, pass it on, close it. What is refused is said in words."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seguripago.foundations.staffing import commands as staffing
from seguripago.journey.assistance import commands, queries
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only

from ..screens import ROLES
from .actions import by, words_of
from .pages import conversation_of

CHOICES = ("auto", "available", "busy", "away")


@require_POST
@staff_only(*ROLES)
def presence(request: StaffRequest) -> HttpResponse:
    """The heartbeat of the desk, with the seconds since the last touch; `chosen` comes with what the person chose."""
    member, at = request.member, timezone.now()
    state = request.POST.get("state", "")
    if request.POST.get("chosen") and state in CHOICES:
        seat = staffing.choose_presence(member.user_id, member.store_id, state, at=at)
    else:
        idle_s = _seconds(request.POST.get("idle_s", ""))
        seat = staffing.beat(
            member.user_id, member.store_id, idle_s=idle_s, starts_automatic=member.role == "analyst", at=at
        )
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return JsonResponse({"choice": seat.choice, "state": seat.state})
    return redirect("desk")


@require_POST
@staff_only(*ROLES)
def take_next(request: StaffRequest) -> HttpResponse:
    """Take the conversation that waits longest of those this person may take."""
    try:
        taken = commands.take_next(request.member.store_id, request.member.user_id, at=timezone.now())
    except Refusal as refusal:
        return _back(request, 0, words_of(refusal))
    if taken is None:
        return _back(request, 0, _("Nadie espera en este momento."))
    return redirect("desk_conversation", taken)


@require_POST
@staff_only(*ROLES)
def take(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Become responsible for one conversation."""
    conversation_of(request, conversation_id)
    try:
        commands.take(conversation_id, request.member.user_id, at=timezone.now())
    except Refusal as refusal:
        return _back(request, conversation_id, words_of(refusal))
    return redirect("desk_conversation", conversation_id)


@require_POST
@staff_only(*ROLES)
def transfer(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Pass the conversation to a teammate (`to` is an id), a team (`team-<id>`) or the queue of everybody (`queue`)."""
    conversation_of(request, conversation_id)
    kind, _dash, number = request.POST.get("to", "").rpartition("-")
    to = int(number) if number.isdecimal() and len(number) < 19 else 0
    note, at = request.POST.get("note", ""), timezone.now()
    try:
        if number == "queue":
            commands.transfer_to_team(conversation_id, None, note, by=by(request), at=at)
        elif kind == "team":
            commands.transfer_to_team(conversation_id, to, note, by=by(request), at=at)
        elif to:
            commands.transfer(conversation_id, to, note, by=by(request), at=at)
        else:
            return _back(request, conversation_id, _("Elige a quién."))
    except Refusal as refusal:
        return _back(request, conversation_id, words_of(refusal))
    return _back(request, conversation_id, "")


@require_POST
@staff_only(*ROLES)
def resolve(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Close the conversation."""
    conversation_of(request, conversation_id)
    error = ""
    try:
        commands.resolve(conversation_id, by=by(request), at=timezone.now())
    except Refusal as refusal:
        error = words_of(refusal)
    return _back(request, conversation_id, error)


@require_POST
@staff_only(*ROLES)
def reopen(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Open it again."""
    conversation_of(request, conversation_id)
    error = ""
    try:
        commands.reopen(conversation_id, by=by(request), at=timezone.now())
    except Refusal as refusal:
        error = words_of(refusal)
    return _back(request, conversation_id, error)


def _back(request: StaffRequest, conversation_id: int, notice: str) -> HttpResponse:
    """Where the person came from, with what was refused; the queue when this conversation is no longer to be read."""
    request.session["desk_notice"] = notice
    view = queries.conversation_of_store(request.member.store_id, conversation_id) if conversation_id else None
    if view is None or not queries.may_read(request.member, view, at=timezone.now()):
        return redirect("desk")
    return redirect("desk_conversation", conversation_id)


def _seconds(text: str) -> float | None:
    return float(text) if text.isdecimal() and len(text) < 10 else None
