"""Look at a masked personal datum, with a reason that stays."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.staffing.commands import hold_seat
from seguripago.values.actor import Actor

from .. import rules
from ..models import Conversation, Reveal
from .assigning import member_of, subject_of
from .refusals import ReasonMissing, TooManyReveals

HOUR: Final = timedelta(hours=1)


def reveal(conversation_id: int, user_id: int, what: str, reason: str, *, words: str = "", at: datetime) -> None:
    """Let a person see `contact`, `tax` or `address` of a conversation's order for a quarter of an hour, and keep why.

    Another reason than the named ones (`other`) is kept in the person's own words. Looking again at what is in sight
    counts nothing. Raises ReasonMissing, TooManyReveals; callers have asked whether he may read it.
    """
    if what not in rules.PERSONAL_KINDS or reason not in rules.REVEAL_REASONS:
        return
    reason = rules.reason_kept(reason, rules.mask_secrets(rules.clean(words)))
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        conversation = Conversation.objects.get(pk=conversation_id)
        member = member_of(conversation.store_id, user_id)
        hold_seat(user_id, conversation.store_id, at=at)
        own = Reveal.objects.filter(user_id=user_id)
        if own.filter(conversation=conversation, what=what, at__gt=at - rules.REVEALED).exists():
            return
        if own.filter(at__gt=at - HOUR).count() >= rules.REVEALS_AN_HOUR:
            raise TooManyReveals(rules.REVEALS_AN_HOUR)
        Reveal.objects.create(user_id=user_id, conversation=conversation, what=what, reason=reason, at=at)
        said = {"what": what, "reason": reason, "order": conversation.order_number}
        by = Actor.staff(member.user_id, member.name)
        record(conversation.store_id, by, "conversation.revealed", subject_of(conversation), said, at=at)
