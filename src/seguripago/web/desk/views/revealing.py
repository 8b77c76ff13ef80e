"""Look at a masked personal datum: one press, with a reason."""

from __future__ import annotations

from django.utils import timezone

from seguripago.journey.assistance import commands
from seguripago.web.access import StaffRequest

from .actions import on_conversation


@on_conversation
def reveal(request: StaffRequest, conversation_id: int) -> None:
    """Keep who looks at what and why; the panel shows it for a quarter of an hour."""
    said = request.POST
    what, reason, words = said.get("what", ""), said.get("reason", ""), said.get("words", "")
    commands.reveal(conversation_id, request.member.user_id, what, reason, words=words, at=timezone.now())
