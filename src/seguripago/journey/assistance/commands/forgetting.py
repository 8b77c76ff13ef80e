"""Forget conversations whose time is over: their texts and personal data go, that they took place stays."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q

from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores import queries as stores
from seguripago.ports.file_stores import file_store
from seguripago.values.actor import Actor

from .. import rules
from ..living import living
from ..models import Attachment, Conversation, ProofAttempt, WayBack
from .alone import one_by_one
from .thread import lock

BATCH: Final = 50
A_MONTH: Final = timedelta(days=365.25 / 12)


def forget_old(at: datetime) -> int:
    """Forget what is older than each store keeps, at most fifty of a store at once. Returns how many were forgotten.

    Age counts from the last thing that buyer or staff did. A conversation whose order or guarantee still lives waits.
    """
    forgotten = 0
    for store_id, months in stores.chat_months().items():
        limit = at - months * A_MONTH
        forgotten += one_by_one(_old(store_id, limit), partial(_forget, limit=limit, months=months, at=at))
    return forgotten


def _old(store_id: int, limit: datetime) -> list[int]:
    rows = Conversation.objects.filter(store_id=store_id, forgotten_at__isnull=True, last_buyer_at__lt=limit)
    rows = rows.filter(Q(last_staff_at__isnull=True) | Q(last_staff_at__lt=limit))
    ordered = rows.order_by("last_buyer_at", "pk").values_list("pk", "order_id")
    old: list[int] = []
    # Page by page: orders that live on for years keep nothing behind them from being forgotten.
    for start in count(0, 4 * BATCH):
        page = list(ordered[start : start + 4 * BATCH])
        alive = living([order_id for _pk, order_id in page if order_id is not None])
        old += [pk for pk, order_id in page if order_id not in alive]
        if len(old) >= BATCH or len(page) < 4 * BATCH:
            break
    return old[:BATCH]


def forget_buyer(conversation_ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Forget conversations because their buyer asked for it, whatever their age; returns how many were forgotten.

    One whose order or guarantee still lives waits, as always.
    """
    forgotten = 0
    for conversation_id in sorted(conversation_ids):
        with transaction.atomic():
            conversation = lock(conversation_id)
            about = [conversation.order_id] if conversation.order_id is not None else []
            if conversation.forgotten_at is None and not living(about):
                _blank(conversation, {"asked": True}, by=by, at=at)
                forgotten += 1
    return forgotten


@transaction.atomic
def _forget(conversation_id: int, *, limit: datetime, months: int, at: datetime) -> bool:
    """Blank a conversation, unless somebody spoke meanwhile; a second time changes nothing."""
    conversation = lock(conversation_id)
    last = max(conversation.last_buyer_at, conversation.last_staff_at or conversation.last_buyer_at)
    if conversation.forgotten_at is not None or last >= limit:
        return False
    _blank(conversation, {"months": months}, by=Actor.system(), at=at)
    return True


def _blank(conversation: Conversation, why: dict[str, Any], *, by: Actor, at: datetime) -> None:
    entries = _blank_entries(conversation.pk)
    files = list(Attachment.objects.filter(conversation=conversation).exclude(key="").values_list("key", flat=True))
    Attachment.objects.filter(conversation=conversation).update(filename="", key="")
    ProofAttempt.objects.filter(conversation=conversation).delete()
    # A browser that came by a mail's link has a secret of its own.
    WayBack.objects.filter(conversation=conversation).delete()
    blank = {
        # No secret has this for its hash.
        "token_hash": f"forgotten:{conversation.pk}",
        "buyer_name": rules.NOBODY,
        "buyer_email": "",
        "buyer_phone": "",
        "question": "",
        "last_line": "",
        "rating_says": "",
        "caller": "",
        "own_order_ids": [],
        "state": rules.RESOLVED,
        "resolved_at": conversation.resolved_at or at,
        "owed_since": None,
        "unseen_since": None,
        "forgotten_at": at,
    }
    for name, value in blank.items():
        setattr(conversation, name, value)
    conversation.save(update_fields=list(blank))
    said = {"entries": entries, "files": len(files), **why}
    record(conversation.store_id, by, "conversation.forgotten", f"conversation:{conversation.pk}", said, at=at)
    transaction.on_commit(partial(_remove, files))


def _blank_entries(conversation_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('seguripago.forgetting', 'on', true)")
        cursor.execute(
            "UPDATE assistance_entry SET body = assistance_forgotten(body),"
            " author_name = CASE WHEN author_kind = 'buyer' THEN '' ELSE author_name END"
            " WHERE conversation_id = %s AND NOT (body ? 'forgotten')",
            [conversation_id],
        )
        blanked = cursor.rowcount
        cursor.execute("SELECT set_config('seguripago.forgetting', 'off', true)")
    return int(blanked)


def _remove(names: Sequence[str]) -> None:
    for name in names:
        file_store().remove(name)
