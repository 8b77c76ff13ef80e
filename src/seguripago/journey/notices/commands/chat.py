"""Write what is said in a chat to its buyer: to who left without reading it, and the whole of it when it is over."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as chats
from seguripago.journey.assistance.commands.alone import one_by_one
from seguripago.journey.assistance.facts import ConversationResolved, TranscriptAsked
from seguripago.journey.assistance.queries import ConversationView
from seguripago.journey.orders import queries as orders

from .. import rules
from ..models import Mail
from ..rules import MailState


def write_to_who_left(*, draw: Callable[[], str], at: datetime) -> int:
    """Write one mail to every buyer who left before reading what was said, with a way back that `draw` makes secret.

    Returns how many were written. What a mail tells is marked as told in the same transaction, under the row's lock.
    """
    left = chat.left_with_unread(at=at)
    return one_by_one(left, lambda conversation_id: _write_unread(conversation_id, draw(), at=at))


@transaction.atomic
def _write_unread(conversation_id: int, token: str, *, at: datetime) -> bool:
    unread = chat.take_unread(conversation_id, chats.said_to_buyer, at=at)
    if unread is None:
        return False
    chat.make_way_back(conversation_id, token=token, at=at)
    view = chats.conversation(conversation_id)
    assert view is not None
    store = store_by_id(unread.store_id)
    with translation.override(settings.LANGUAGE_CODE):
        said = {"name": unread.analyst_name or "ASISTENTE CONNECT@Me", "store": store.name}
        subject = _("%(name)s te escribió: %(store)s") % said
        context = {
            "intro": _("Esto te dijimos en el chat mientras no estabas:"),
            "lines": unread.lines,
            "button": _("Volver a la conversación"),
            "link": f"{_frame(store)}volver/#{token}",
            "note": _("El botón abre tu conversación una sola vez, durante siete días. No lo compartas."),
        }
        key = _key("unread", conversation_id, unread.seq)
        _write(view, store, "chat_unread", subject, context, key, at=at)
    return True


@transaction.atomic
def write_transcripts(facts: Sequence[Fact], *, at: datetime) -> None:
    """Mail the conversations whose buyers asked for them, now or when they began; the same words go out once."""
    for fact in facts:
        if not isinstance(fact, TranscriptAsked | ConversationResolved) or not rules.is_news(fact.at, at):
            continue
        view = chats.conversation(fact.conversation_id)
        if view is None or not view.buyer_email:
            continue
        if isinstance(fact, ConversationResolved) and not view.wants_transcript:
            continue
        seq = fact.seq if isinstance(fact, TranscriptAsked) else view.seq
        _write_transcript(view, seq, at=at)


def _write_transcript(view: ConversationView, seq: int, *, at: datetime) -> None:
    store = store_by_id(view.store_id)
    with translation.override(settings.LANGUAGE_CODE):
        subject = _("Tu conversación %(code)s con %(store)s") % {"code": view.code, "store": store.name}
        context = {
            "intro": _("Esta es tu conversación. Por seguridad, tus datos y las cuentas van incompletos."),
            "lines": chats.transcript(view.id),
            "button": _("Abrir el asistente"),
            "link": _frame(store),
            "note": "",
        }
        _write(view, store, "chat_transcript", subject, context, _key("transcript", view.id, seq), at=at)


def _write(
    view: ConversationView,
    store: StoreView,
    template: str,
    subject: str,
    said: dict[str, Any],
    key: str,
    *,
    at: datetime,
) -> None:
    context = {
        **said,
        "store": store,
        "subject": " ".join(subject.split())[:200],
        "code": view.code,
        "first_name": rules.first_name(view.buyer_name),
        "order_url": _order_url(view),
    }
    Mail.objects.bulk_create(
        [
            Mail(
                store_id=store.id,
                order_id=view.order_id,
                key=key,
                template=template,
                to=view.buyer_email,
                subject=context["subject"],
                text=render_to_string("notices/chat_letter.txt", context).strip() + "\n",
                html=render_to_string("notices/chat_letter.html", context),
                attachments=[],
                state=MailState.QUEUED,
                at=at,
                due_at=at,
            )
        ],
        ignore_conflicts=True,
    )


def _frame(store: StoreView) -> str:
    base = settings.SEGURIPAGO.assistant_origin or settings.SEGURIPAGO.base_url
    return f"{base.rstrip('/')}/asistente/{store.slug}/"


def _order_url(view: ConversationView) -> str:
    """The order's page, if the mailbox is the order's own: whoever typed another gets no key to it."""
    if view.order_id is None:
        return ""
    order = orders.order(view.order_id)
    if order.buyer.email.strip().lower() != view.buyer_email:
        return ""
    return f"{settings.SEGURIPAGO.base_url.rstrip('/')}/pedido/{order.access_token}/"


def _key(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(str(part) for part in ("chat", *parts)).encode()).hexdigest()
