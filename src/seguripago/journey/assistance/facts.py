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
    """Responsibility passed to another analyst, or to a team's queue: then `to_user_id` is 0, and `team_id` for all."""

    from_user_id: int
    to_user_id: int
    team_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationReturned(_OfConversation):
    """Whoever had taken it did not answer in time: it is in the queue again."""

    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationOpened(_OfConversation):
    """An analyst opened a conversation with the buyer of an unpaid order."""

    order_id: int
    user_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReminded(Fact):
    """The buyer of an unpaid order, with whom nobody talks, is reminded: `half` of the term is over, or the `last`."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ()

    order_id: int
    step: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRated(_OfConversation):
    """The buyer rated it, one to five; `before` is 0 the first time."""

    rating: int
    before: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptAsked(_OfConversation):
    """The buyer wants it by mail, up to this entry."""

    seq: int
