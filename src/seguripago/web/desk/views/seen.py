"""What an analyst's screen has shown of a conversation: the buyer sees «Visto»."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from seguripago.journey.assistance import commands
from seguripago.web.access import StaffRequest, staff_only

from ..screens import ROLES
from .pages import conversation_of


@require_POST
@staff_only(*ROLES)
def seen(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Note how far the responsible analyst has read; whoever else looks on changes nothing."""
    view = conversation_of(request, conversation_id)
    said = request.POST.get("seq", "")
    if said.isdecimal() and len(said) < 19:
        commands.staff_saw(view.id, request.member.user_id, int(said), at=timezone.now())
    return HttpResponse(status=204)
