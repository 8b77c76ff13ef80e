"""After the talk: what the buyer's screen has shown, the rating, the transcript by mail."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seguripago.journey.assistance import commands

from .acting import verb
from .drawing import Talk, end_of, masked_mail, own_talk
from .frame import FrameRequest, frame_page


@frame_page
@require_POST
def seen(request: FrameRequest, code: str) -> HttpResponse:
    """Note how far the buyer's screen has shown the conversation."""
    talk = own_talk(request, request.store.id, code)
    said = request.POST.get("seq", "")
    if said.isdecimal() and len(said) < 19:
        commands.buyer_saw(talk.view.id, int(said), at=timezone.now())
    return HttpResponse(status=204)


@verb
def rate(request: FrameRequest, talk: Talk) -> dict[str, Any]:
    """Keep one to five, with a comment."""
    said = request.POST.get("rating", "")
    rating = int(said) if said.isdecimal() and len(said) == 1 else 0
    commands.rate(talk.view.id, rating, request.POST.get("says", ""), at=timezone.now())
    return {}


@verb
def transcript(request: FrameRequest, talk: Talk) -> dict[str, Any]:
    """Have the conversation mailed."""
    commands.ask_transcript(talk.view.id, at=timezone.now())
    return {"message": _("Va en camino a %(mail)s.") % {"mail": masked_mail(talk.view.buyer_email)}}


@frame_page
@require_GET
def closed(request: FrameRequest, code: str) -> HttpResponse:
    """What follows a closed conversation, to be drawn when it closes."""
    talk = own_talk(request, request.store.id, code)
    return render(request, "assistant/_closed.html", {"store": request.store, "talk": talk.view, **end_of(talk.view)})
