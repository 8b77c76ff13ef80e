"""A buyer who left: what is mailed to him, and his way back from another browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from seguripago.foundations.audit.commands import record
from seguripago.values.actor import Actor

from .. import rules
from ..models import Conversation, WayBack
from .refusals import WayBackOver
from .thread import keep

BATCH: Final = 50


@dataclass(frozen=True, slots=True)
class Unread[T]:
    """What a buyer who left has not read, told once. `seq` is how far it goes."""

    conversation_id: int
    store_id: int
    order_id: int | None
    to: str
    name: str
    code: str
    analyst_name: str
    is_opened_by_staff: bool
    seq: int
    lines: tuple[T, ...]


def left_with_unread(*, at: datetime) -> tuple[int, ...]:
    """Conversations whose buyer may be due a mail, longest unread first."""
    due = Conversation.objects.filter(unseen_since__lte=at - rules.UNSEEN).filter(
        Q(mailed_at__isnull=True) | Q(mailed_at__lte=at - rules.BETWEEN_MAILS)
    )
    return tuple(due.order_by("unseen_since").values_list("pk", flat=True)[:BATCH])


def take_unread[T](
    conversation_id: int, read: Callable[[int, int], tuple[T, ...]], *, at: datetime
) -> Unread[T] | None:
    """Take what the buyer has not read, so that nobody else mails it; None when there is nothing to tell now.

    `read` gives what there is to tell of a conversation after an entry.

    Belongs into the transaction that keeps the mail. Whoever holds the row is talking: it is left for the next time.
    """
    conversation = Conversation.objects.select_for_update(skip_locked=True).filter(pk=conversation_id).first()
    if conversation is None or not rules.may_mail_unseen(
        unseen_since=conversation.unseen_since, mailed_at=conversation.mailed_at, at=at
    ):
        return None
    after = max(conversation.buyer_seen_seq, conversation.mailed_seq)
    told = read(conversation.pk, after) if conversation.buyer_email else ()
    if not told:
        keep(conversation, unseen_since=None)
        return None
    keep(conversation, unseen_since=None, mailed_seq=conversation.seq, mailed_at=at)
    return Unread(
        conversation_id=conversation.pk,
        store_id=conversation.store_id,
        order_id=conversation.order_id,
        to=conversation.buyer_email,
        name=conversation.buyer_name,
        code=conversation.code,
        analyst_name=conversation.analyst_name,
        is_opened_by_staff=conversation.is_opened_by_staff,
        seq=conversation.seq,
        lines=told,
    )


def make_way_back(conversation_id: int, *, token: str, at: datetime) -> None:
    """Keep a link that opens the conversation in another browser once, within seven days."""
    WayBack.objects.create(
        conversation_id=conversation_id, token_hash=rules.token_hash(token), expires_at=at + rules.WAY_BACK_LASTS
    )


def come_back(store_id: int, token: str, *, browser_token: str, at: datetime) -> int:
    """Exchange a mail's link for a secret of this browser, once, and return the conversation's id.

    Raises WayBackOver, the same for a link that was used, that expired and that never was.
    """
    with transaction.atomic():
        way = (
            WayBack.objects.select_for_update(of=("self",))
            .select_related("conversation")
            .filter(token_hash=rules.token_hash(token), conversation__store_id=store_id)
            .first()
        )
        if way is None or way.used_at is not None or way.expires_at <= at:
            raise WayBackOver
        way.used_at, way.browser_hash = at, rules.token_hash(browser_token)
        way.save(update_fields=["used_at", "browser_hash"])
        record(
            store_id,
            Actor.buyer(way.conversation.buyer_name),
            "conversation.came_back",
            f"conversation:{way.conversation_id}",
            {"way": way.pk},
            at=at,
        )
        return way.conversation_id
