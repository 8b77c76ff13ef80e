"""An analyst begins: a conversation with the buyer of an order that nobody has paid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.staffing.commands import hold_seat
from seguripago.journey.orders import commands as order_commands
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationOpened
from ..models import Conversation
from . import cards
from .acts import fresh_id
from .assigning import assign, member_of, require_hands, require_may_take, subject_of
from .refusals import NotUnpaid, UseTheCard
from .speaking import checked
from .starting import free_code
from .thread import Author, append, keep, lock


def open_conversation(store_id: int, order_id: int, user_id: int, text: str, *, at: datetime) -> int:
    """Write to the buyer of an unpaid order and return the conversation's id; the order is identified from the start.

    Its secret follows from the order's: whoever may open the order's page opens the conversation, and the buyer's
    browser finds it by itself. One conversation an order: opened again after it was resolved, it goes on; while one is
    open, by whomever, that one is returned and nothing is said.

    Raises NotUnpaid, HandsFull, NotYours, UseTheCard, EmptyMessage, MessageTooLong.
    """
    said = checked(text, limit=rules.LIMIT)
    if rules.carries_bank_digits(said):
        raise UseTheCard
    member = member_of(store_id, user_id)
    with transaction.atomic():
        capacity = hold_seat(user_id, store_id, at=at)
        order = orders.orders_by_id([order_id]).get(order_id)
        if order is None or order.store_id != store_id or not order.is_open:
            raise NotUnpaid
        if not rules.leads(member.role):
            require_hands(member, capacity, at=at)
        others = Conversation.objects.filter(order_id=order_id).exclude(state=rules.RESOLVED)
        open_id = others.values_list("pk", flat=True).first()
        if open_id is not None:
            return open_id
        hashed = rules.token_hash(rules.talk_token(order.access_token))
        talk, is_new = Conversation.objects.get_or_create(token_hash=hashed, defaults=_fresh(order, at))
        talk = lock(talk.pk)
        if not is_new and talk.state != rules.RESOLVED:
            # A teammate was faster by a moment.
            return talk.pk
        require_may_take(talk, member, at=at)
        order_commands.prefill_checks(order_id, at=at)
        # The order's own secret opens the conversation: that is its second proof.
        cards.order_verified(talk, order, "store", member.name, at=at)
        assign(talk, member, at=at)
        author = Author("analyst", member.user_id, member.name)
        key = fresh_id(talk, "opened")
        append(talk, kind="text", author=author, body={"text": rules.mask_secrets(said)}, client_id=key, at=at)
        keep(talk, last_staff_at=at)
        publish(
            ConversationOpened(
                store_id=store_id, at=at, conversation_id=talk.pk, order_id=order_id, user_id=member.user_id
            )
        )
        by = Actor.staff(member.user_id, member.name)
        record(store_id, by, "conversation.opened", subject_of(talk), {"order": order.number}, at=at)
        return talk.pk


def _fresh(order: OrderView, at: datetime) -> dict[str, object]:
    return {
        "store_id": order.store_id,
        "code": free_code(order.store_id, rules.talk_token(order.access_token)),
        "buyer_name": order.buyer.name,
        "buyer_email": order.buyer.email.strip().lower(),
        "buyer_phone": order.buyer.phone[:20],
        "topic": "order",
        "medium": order.preference.value,
        "order_id": order.id,
        "order_number": order.number,
        "identified_at": at,
        "is_opened_by_staff": True,
        "privacy_version": order.privacy_version,
        "started_at": at,
        "waiting_since": at,
        "last_buyer_at": at,
        "last_staff_at": at,
    }
