"""An analyst types or looks on: the team hears it for a moment, the buyer only that somebody types. Nothing is kept."""

from __future__ import annotations

import time

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from seguripago.foundations.facts import signals
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.live.pace import PACE

from ..screens import ROLES
from .pages import conversation_of


@require_POST
@staff_only(*ROLES)
def signal(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """`what` is typing or viewing, `state` 1 or 0. More than one of a kind in three seconds is not told."""
    view = conversation_of(request, conversation_id)
    what = "viewing" if request.POST.get("what") == "viewing" else "typing"
    state = "0" if request.POST.get("state") == "0" else "1"
    who = request.member
    if PACE.allows((what, view.id, who.user_id, state), time.monotonic()):
        signals.tell(
            "viewing" if what == "viewing" else "typing",
            view.store_id,
            view.id,
            who=who.user_id,
            name=who.name,
            state=state,
            at=timezone.now(),
        )
    return HttpResponse(status=204)
