"""The conversations of one person in a store: for whoever must tell him what is kept, or erase it."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import F, Func, Q, Value

from seguripago.ports.file_stores import file_store
from seguripago.values.contact import Contact

from ..models import Attachment, Conversation, Entry
from .conversations import ConversationView, view_of


def talks_of_buyer(store_id: int, contact: Contact, order_ids: Collection[int]) -> tuple[ConversationView, ...]:
    """What the person said here under his e-mail or telephone, and what was said about his orders; not what is
    forgotten already. Oldest first.
    """
    wanted = Q(order_id__in=list(order_ids))
    if contact.email:
        wanted |= Q(buyer_email__iexact=contact.email)
    if contact.phone:
        wanted |= Q(digits__endswith=contact.phone)
    digits = Func(F("buyer_phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
    rows = Conversation.objects.filter(store_id=store_id, forgotten_at__isnull=True).alias(digits=digits)
    return tuple(view_of(row) for row in rows.filter(wanted).order_by("pk"))


def files_of_talk(conversation_id: int) -> tuple[tuple[str, bytes], ...]:
    """Name and content of every file of a conversation that its buyer may open."""
    cards = Entry.objects.filter(conversation_id=conversation_id, kind="card", visibility="all", body__card="file")
    shown = [number for number in cards.values_list("body__attachment", flat=True) if isinstance(number, int)]
    rows = Attachment.objects.filter(conversation_id=conversation_id, pk__in=shown).exclude(key="").order_by("pk")
    return tuple((row.filename, file_store().read(row.key)) for row in rows)
