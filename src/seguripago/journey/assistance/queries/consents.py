"""What was shown when a conversation began: for the evidence file of a purchase."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ..models import Conversation


@dataclass(frozen=True, slots=True)
class PrivacyView:
    """Which privacy notice was shown when the conversation with this code began."""

    code: str
    version: str
    at: datetime


def privacy_of_talk(conversation_id: int) -> PrivacyView | None:
    """Answer the privacy notice of a conversation, None where the order's own stands for it."""
    row = Conversation.objects.filter(pk=conversation_id).exclude(privacy_version="").first()
    return PrivacyView(row.code, row.privacy_version, row.started_at) if row else None
