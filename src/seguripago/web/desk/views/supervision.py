"""The supervisor's live wall, its buttons, and whispers."""

from __future__ import annotations

import uuid
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.rules import LEADERS
from seguripago.journey.supervision import commands
from seguripago.journey.supervision import queries as reading
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.kept import Kept

from ..noticing import notices_context
from ..screens import ROLES, start_of_day
from .actions import by, words_of
from .pages import conversation_of

DAY_S: Final = 3.0
kept = Kept()


@require_safe
@staff_only(*LEADERS)
def wall(request: StaffRequest) -> HttpResponse:
    """The whole screen; its region is read again whenever something moves at the desk."""
    context = _context(request) | {
        "live_topics": "desk",
        "section": "wall",
        "notice": request.session.pop("desk_notice", ""),
    }
    return render(request, "desk/wall.html", context)


@require_safe
@staff_only(*LEADERS)
def wall_now(request: StaffRequest) -> HttpResponse:
    """The moving part of the wall."""
    return render(request, "desk/wall.html#now", _context(request))


@require_POST
@staff_only(*LEADERS)
def pass_on(request: StaffRequest, conversation_id: int) -> HttpResponseRedirect:
    """Give a conversation to a person (`p7`), to a team (`t3`) or back to everybody (`t0`), and stay on the wall."""
    conversation_of(request, conversation_id)
    to, note, at = request.POST.get("to", ""), request.POST.get("note", "")[:1000], timezone.now()
    kind, number = to[:1], to[1:]
    error = _("Elige a quién.")
    if kind in ("p", "t") and number.isdecimal() and len(number) < 19:
        error = ""
        try:
            if kind == "p":
                chat.transfer(conversation_id, int(number), note, by=by(request), at=at)
            else:
                chat.transfer_to_team(conversation_id, int(number) or None, note, by=by(request), at=at)
        except Refusal as refusal:
            error = words_of(refusal)
    request.session["desk_notice"] = error
    return redirect("desk_wall")


@require_POST
@staff_only(*ROLES)
def whisper(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Whisper to the conversation's analyst, or answer who whispered."""
    conversation_of(request, conversation_id)
    to = request.POST.get("to", "")
    error = ""
    try:
        commands.whisper(
            conversation_id,
            request.member.user_id,
            request.POST.get("text", ""),
            client_id=_client_id(request.POST.get("client_id", "")),
            to=int(to) if to.isdecimal() and len(to) < 19 else 0,
            at=timezone.now(),
        )
    except Refusal as refusal:
        error = whisper_words(refusal)
    return _after(request, conversation_id, error)


@require_POST
@staff_only(*ROLES)
def whisper_seen(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Keep that this person has seen what was whispered to him about one conversation."""
    conversation_of(request, conversation_id)
    commands.see_whispers(conversation_id, request.member.user_id, at=timezone.now())
    return _after(request, conversation_id, "")


@require_safe
@staff_only(*ROLES)
def notices(request: StaffRequest) -> HttpResponse:
    """Whispers and the alarm again; 204 while nothing changed."""
    context = notices_context(request.member, at=timezone.now())
    if request.GET.get("v") == context["notices_mark"]:
        return HttpResponse(status=204)
    return render(request, "desk/_notices.html", context | {"member": request.member})


def whisper_words(refusal: Refusal) -> str:
    """Why a whisper was not said."""
    match refusal:
        case commands.NobodyToWhisper():
            return _("Nadie más atiende esta conversación: no hay a quién susurrarle.")
        case commands.NotYoursToWhisper():
            return _("Solo puedes responder a quien te susurró aquí.")
        case _:
            return words_of(refusal)


def _after(request: StaffRequest, conversation_id: int, error: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        context = notices_context(request.member, at=timezone.now())
        return render(request, "desk/_notices.html", context | {"member": request.member, "notices_error": error})
    request.session["desk_notice"] = error
    return (
        redirect("desk_wall") if request.POST.get("back") == "wall" else redirect("desk_conversation", conversation_id)
    )


def _context(request: StaffRequest) -> dict[str, Any]:
    at, member = timezone.now(), request.member
    since = start_of_day(at)
    day = kept.read(
        (member.store_id, since), lambda: reading.today(member.store_id, since=since, at=at), at_least_s=DAY_S
    )
    view = reading.wall(member.store_id, day, at=at)
    people = [person for person in view.analysts if person.user_id != member.user_id]
    return {"wall": view, "member": member, "people": people, **notices_context(member, at=at)}


def _client_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
