"""The buyer types: the desk hears it for a moment, nothing is kept."""

from __future__ import annotations

import time

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from seguripago.foundations.facts import signals
from seguripago.web.live.pace import PACE

from .drawing import own_talk
from .frame import FrameRequest, frame_page


@frame_page
@require_POST
def typing(request: FrameRequest, code: str) -> HttpResponse:
    """Tell that the buyer writes in his own conversation; more than once in three seconds is not told."""
    view = own_talk(request, request.store.id, code).view
    if PACE.allows(("typing", view.id, signals.BUYER), time.monotonic()):
        signals.tell("typing", view.store_id, view.id, who=signals.BUYER, state="1", at=timezone.now())
    return HttpResponse(status=204)
