"""After a conversation: rate it, have it mailed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationRated, TranscriptAsked
from .refusals import NotClosed, RatingOver, RatingUnknown, TranscriptNotSent
from .thread import keep, lock


def rate(conversation_id: int, rating: int, says: str, *, at: datetime) -> None:
    """Keep how the buyer rates a closed conversation, from one to five, with one comment.

    Changeable for a day. Raises NotClosed, RatingUnknown, RatingOver.
    """
    if rating not in rules.RATINGS:
        raise RatingUnknown
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.state != rules.RESOLVED:
            raise NotClosed
        if not rules.is_changeable(conversation.rated_at, at):
            raise RatingOver
        opinion = rules.mask_secrets(rules.clean(says))[: rules.LONGEST_OPINION]
        if (conversation.rating, conversation.rating_says) == (rating, opinion):
            return
        before = conversation.rating
        keep(conversation, rating=rating, rating_says=opinion, rated_at=conversation.rated_at or at)
        publish(
            ConversationRated(
                store_id=conversation.store_id, at=at, conversation_id=conversation.pk, rating=rating, before=before
            )
        )
        record(
            conversation.store_id,
            Actor.buyer(conversation.buyer_name),
            "conversation.rated",
            f"conversation:{conversation.pk}",
            {"rating": rating, "before": before},
            at=at,
        )


def ask_transcript(conversation_id: int, *, at: datetime) -> None:
    """Have the conversation mailed to its buyer. Raises TranscriptNotSent: no mailbox, or too soon after another."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        if not conversation.buyer_email:
            raise TranscriptNotSent("mailbox")
        if not rules.may_mail_transcript(
            seq=conversation.seq,
            transcript_seq=conversation.transcript_seq,
            transcript_at=conversation.transcript_at,
            at=at,
        ):
            raise TranscriptNotSent("soon")
        keep(conversation, transcript_seq=conversation.seq, transcript_at=at)
        publish(
            TranscriptAsked(
                store_id=conversation.store_id, at=at, conversation_id=conversation.pk, seq=conversation.seq
            )
        )
        record(
            conversation.store_id,
            Actor.buyer(conversation.buyer_name),
            "conversation.transcript_asked",
            f"conversation:{conversation.pk}",
            {"seq": conversation.seq},
            at=at,
        )
