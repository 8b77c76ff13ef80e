"""What the chat refuses, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from seguripago.values.refusal import Refusal


class ConversationClosed(Refusal):
    """The conversation is resolved: reopen it first."""

    code: ClassVar[str] = "SP-301"


class TeammateSpokeFirst(Refusal):
    """A teammate wrote after what this analyst had on the screen."""

    code: ClassVar[str] = "SP-302"

    def __init__(self, name: str, seq: int) -> None:
        self.name, self.seq = name, seq
        super().__init__()


class UseTheCard(Refusal):
    """Bank details never go as text: the card carries them."""

    code: ClassVar[str] = "SP-303"


class EmptyMessage(Refusal):
    """Nothing was written."""

    code: ClassVar[str] = "SP-304"


class MessageTooLong(Refusal):
    """A message holds 4,000 characters at most."""

    code: ClassVar[str] = "SP-305"


class NoOrderYet(Refusal):
    """The conversation has no verified order yet."""

    code: ClassVar[str] = "SP-306"


class DetailsNotAllowed(Refusal):
    """Bank details or link go only after the six checks and the buyer's acceptance. `missing` says which are open."""

    code: ClassVar[str] = "SP-307"

    def __init__(self, missing: Sequence[str]) -> None:
        self.missing = tuple(missing)
        super().__init__()


class AnalystUnknown(Refusal):
    """This person does not work in the conversation's store."""

    code: ClassVar[str] = "SP-308"


class TooManyTries(Refusal):
    """Five tries at naming an order failed: a person looks now."""

    code: ClassVar[str] = "SP-309"


class NothingToConfirm(Refusal):
    """There is no open confirmation that the buyer could accept or correct."""

    code: ClassVar[str] = "SP-310"
