"""What this room announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from seguripago.foundations.facts.base import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfConversation(Fact):
    subject: ClassVar[str] = "conversation:{conversation_id}"
    wakes: ClassVar[tuple[str, ...]] = ("conversation:{conversation_id}", "desk:{store_id}")

    conversation_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationStarted(_OfConversation):
    """A buyer opened a conversation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationTaken(_OfConversation):
    """An analyst became responsible for it."""

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationTransferred(_OfConversation):
    """Responsibility passed from one analyst to another."""

    from_user_id: int
    to_user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationResolved(_OfConversation):
    """Somebody closed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationReopened(_OfConversation):
    """It is open again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIdentified(_OfConversation):
    """Number and second proof agreed: the conversation is about this order."""

    order_id: int
    proof: str
