"""Answers to common questions, looked up in live data at the moment of the question."""

from __future__ import annotations

import re

from seguripago.foundations.stores import queries as stores
from seguripago.journey.catalogue import queries as catalogue
from seguripago.journey.catalogue.queries import ProductCard
from seguripago.journey.delivery import queries as delivery
from seguripago.journey.guarantee import queries as guarantee
from seguripago.journey.orders import queries as orders
from seguripago.journey.payments import queries as payments

from ..models import Conversation
from ..rules import Intent, plain
from . import words


def answer(conversation: Conversation, topic: Intent, question: str) -> str:
    """The answer to a topic; what belongs to an order is said only when the order is verified."""
    store = stores.store_by_id(conversation.store_id)
    order = orders.order(conversation.order_id) if conversation.order_id is not None else None
    order_id = order.id if order is not None else 0
    match topic:
        case Intent.STOCK:
            return words.about_stock(order, named_products(conversation.store_id, question))
        case Intent.DELIVERY:
            return words.about_delivery(order, delivery.shipment_of(order_id) if order else None, store)
        case Intent.WARRANTY:
            return words.about_warranty(order, guarantee.guarantee_of(order_id) if order else None, store)
        case Intent.HOW_TO_PAY:
            return words.about_paying(order, payments.payment_of(order_id) if order else None)
        case Intent.MY_PAYMENT:
            return words.about_my_payment(order, payments.payment_of(order_id) if order else None)
        case Intent.INVOICE:
            return words.about_invoice(order, store)
        case _:
            return words.fixed("thanks")


def named_products(store_id: int, question: str) -> tuple[ProductCard, ...]:
    """The products that a question names: those that share the most words of four letters or more with it."""
    asked = set(re.findall(r"[a-z0-9]{4,}", plain(question)))
    scored = [
        (len(asked & set(re.findall(r"[a-z0-9]{4,}", plain(product.name)))), product)
        for product in catalogue.shelf(store_id)
    ]
    best = max((score for score, _ in scored), default=0)
    return tuple(product for score, product in scored if score == best) if best else ()
