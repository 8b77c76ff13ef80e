"""An analyst charges whoever writes, without a cart: the charge becomes the conversation's order, its link a card."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import PlaceQuickOrder
from seguripago.journey.payments import queries as payments
from seguripago.journey.payments.commands import make_quick_charge
from seguripago.values.actor import Actor

from ..facts import OrderIdentified
from . import acts, cards, link_cards
from .assigning import begin, subject_of
from .refusals import ConversationHasItsOrder
from .thread import keep, lock


def charge(conversation_id: int, asked: PlaceQuickOrder, *, token: str, by: Actor, at: datetime) -> int:
    """Make the charge for the conversation's buyer and show its link; returns the order's id.

    Raises ConversationHasItsOrder, and as payments.make_quick_charge.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        if conversation.order_id is not None:
            raise ConversationHasItsOrder(conversation.order_number)
        begin(conversation, by, at=at)
        order_id = make_quick_charge(conversation.store_id, asked, token=token, by=by, at=at)
        order = orders.order(order_id)
        keep(conversation, order_id=order.id, order_number=order.number, handed_over="", identified_at=at)
        # The store itself made the order for whoever writes here: that is its second proof.
        cards.order_verified(conversation, order, "store", by.name, at=at)
        publish(
            OrderIdentified(
                store_id=conversation.store_id,
                at=at,
                conversation_id=conversation.pk,
                order_id=order_id,
                proof="store",
            )
        )
        said = {"order": order.number}
        record(conversation.store_id, by, "conversation.charged", subject_of(conversation), said, at=at)
        payment = payments.payment_of(order_id)
        if payment is not None and payment.link_token:
            link_cards.link(conversation, order, payment, by.name, at=at)
        acts.staff_acted(conversation, at)
    return order_id
