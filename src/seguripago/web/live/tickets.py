"""The tickets with which a buyer's page follows one conversation, and a payer's page one order.

A ticket stands in an address, so it opens nothing else: the conversation's own secret never leaves a cookie or a
header, and whoever pays for somebody learns no secret of the order. It only lets listen, is good for half a day, and is
the same for every tab that asks within the hour, so that tabs can share one stream.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.core.signing import BadSignature, Signer

HOURS: Final = 12
_SALT: Final = "seguripago.live.ticket"
_PAYERS: Final = "seguripago.live.payer"


def topic_of(conversation_id: int, *, at: datetime) -> str:
    """The topic of a buyer's page: `conversation:<ticket>`. Callers have checked that the conversation is theirs."""
    return f"conversation:{ticket(conversation_id, at=at)}"


def payers_topic(order_id: int, *, at: datetime) -> str:
    """The topic of a payer's page: `pay:<ticket>`. It tells when to look again, and nothing of the order."""
    return f"pay:{_write(_PAYERS, order_id, at)}"


def ticket(conversation_id: int, *, at: datetime) -> str:
    return _write(_SALT, conversation_id, at)


def read_ticket(text: str, *, at: datetime) -> int | None:
    """The id of the conversation that a ticket lets read; None when it is not ours or no longer good."""
    return _read(_SALT, text, at)


def read_payers_ticket(text: str, *, at: datetime) -> int | None:
    """The id of the order that a payer's ticket lets listen to; None when it is not ours or no longer good."""
    return _read(_PAYERS, text, at)


def _write(salt: str, subject_id: int, at: datetime) -> str:
    return _signer(salt).sign(f"{subject_id}.{_hour(at)}")


def _read(salt: str, text: str, at: datetime) -> int | None:
    try:
        subject_id, hour = map(int, _signer(salt).unsign(text).split("."))
    except (BadSignature, ValueError):
        return None
    return subject_id if 0 <= _hour(at) - hour <= HOURS else None


def _hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600


def _signer(salt: str) -> Signer:
    return Signer(salt=salt, sep=".")
