"""What we ask of whoever carries a mail out of the house."""

from dataclasses import dataclass
from typing import Protocol

from seguripago.ports import registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that goes with a letter."""

    filename: str
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail, ready to leave. `message_id` is the same at every attempt, so a repeated sending can be recognised."""

    message_id: str
    sender: str
    reply_to: str
    to: str
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...] = ()


class NotCarried(Exception):
    """The letter did not leave. `is_permanent` says that trying again would change nothing."""

    def __init__(self, reason: str, *, is_permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.is_permanent = is_permanent


class Messenger(Protocol):
    """Carries letters; answers when the letter is out of our hands, raises NotCarried otherwise."""

    slug: str
    title: str

    def carry(self, letter: Letter) -> None:
        """Hand the letter over, once; at most a few seconds."""
        ...


def messenger(slug: str) -> Messenger:
    """Answer the messenger of this name."""
    found: Messenger = registry.adapters("messengers")[slug]
    return found
