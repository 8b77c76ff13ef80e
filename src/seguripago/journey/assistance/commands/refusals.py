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


class ConversationHasItsOrder(Refusal):
    """The conversation accompanies an order already: a charge without a cart is another one's."""

    code: ClassVar[str] = "SP-228"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(number)


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


class CannedReplyWrong(Refusal):
    """A saved reply needs a short command, a title, a text, known variables and no bank digits. `wrong` names which."""

    code: ClassVar[str] = "SP-330"

    def __init__(self, wrong: Sequence[str]) -> None:
        self.wrong = tuple(wrong)
        super().__init__()


class CommandTaken(Refusal):
    """Another saved reply of the store has this command."""

    code: ClassVar[str] = "SP-331"

    def __init__(self, command: str) -> None:
        self.command = command
        super().__init__()


class FilesOfTheHour(Refusal):
    """Buyer or desk gave as many files as a conversation takes in one hour."""

    code: ClassVar[str] = "SP-332"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__()


class NotClosed(Refusal):
    """Only a closed conversation is rated."""

    code: ClassVar[str] = "SP-325"


class RatingOver(Refusal):
    """A rating is changeable for a day."""

    code: ClassVar[str] = "SP-326"


class RatingUnknown(Refusal):
    """A rating is a number from one to five."""

    code: ClassVar[str] = "SP-327"


class TranscriptNotSent(Refusal):
    """The conversation is not mailed now. `reason`: mailbox (there is none) or soon (it was just mailed)."""

    code: ClassVar[str] = "SP-328"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()


class WayBackOver(Refusal):
    """The mail's link was used, has expired, or never was."""

    code: ClassVar[str] = "SP-329"


class HandsFull(Refusal):
    """This person holds as many open conversations as he may. `names` are their buyers, the longest held first."""

    code: ClassVar[str] = "SP-311"

    def __init__(self, names: Sequence[str], capacity: int) -> None:
        self.names, self.capacity = tuple(names), capacity
        super().__init__()


class NotYours(Refusal):
    """Somebody else is responsible, or another team attends it. `name` is the responsible person, empty for a team."""

    code: ClassVar[str] = "SP-312"

    def __init__(self, name: str = "") -> None:
        self.name = name
        super().__init__()


class TooManyReveals(Refusal):
    """This person looked at as many personal data as one hour allows."""

    code: ClassVar[str] = "SP-313"

    def __init__(self, limit: int) -> None:
        self.limit = limit
        super().__init__()


class ReasonMissing(Refusal):
    """Another reason to look at a personal datum is written in words."""

    code: ClassVar[str] = "SP-333"


class ClaimReturned(Refusal):
    """The conversation went back to the queue before this answer came: whoever wants to answer takes it again."""

    code: ClassVar[str] = "SP-314"


class NotUnpaid(Refusal):
    """The order does not wait for its payment: there is nothing to open a conversation about."""

    code: ClassVar[str] = "SP-318"
