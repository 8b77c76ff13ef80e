"""When a closed conversation may be rated and mailed. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

RATINGS: Final = range(1, 6)
LONGEST_OPINION: Final = 500
CHANGEABLE: Final = timedelta(days=1)
BETWEEN_TRANSCRIPTS: Final = timedelta(minutes=10)
SAME_AGAIN: Final = timedelta(days=1)
WAY_BACK_LASTS: Final = timedelta(days=7)
UNSEEN: Final = timedelta(minutes=2)
BETWEEN_MAILS: Final = timedelta(minutes=10)


def is_changeable(rated_at: datetime | None, at: datetime) -> bool:
    """Whether a rating may be given or changed: for a day after it was first given."""
    return rated_at is None or at - rated_at < CHANGEABLE


def may_mail_transcript(*, seq: int, transcript_seq: int, transcript_at: datetime | None, at: datetime) -> bool:
    """Whether a transcript may go out again: ten minutes after the last, a day when nothing was said since."""
    if transcript_at is None:
        return True
    return at - transcript_at >= (SAME_AGAIN if seq == transcript_seq else BETWEEN_TRANSCRIPTS)


def may_mail_unseen(*, unseen_since: datetime | None, mailed_at: datetime | None, at: datetime) -> bool:
    """Whether a buyer who left is written to: two minutes unseen, and ten since the last mail."""
    if unseen_since is None or at - unseen_since < UNSEEN:
        return False
    return mailed_at is None or at - mailed_at >= BETWEEN_MAILS
