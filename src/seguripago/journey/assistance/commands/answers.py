"""Answers to common questions, looked up in live data at the moment of the question."""

from __future__ import annotations

import re
from datetime import datetime

from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.stores import queries as stores
from seguripago.journey.catalogue import queries as catalogue
from seguripago.journey.catalogue.queries import ProductCard
from seguripago.journey.delivery import queries as delivery
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.guarantee import queries as guarantee
from seguripago.journey.orders import queries as orders
from seguripago.journey.payments import queries as payments

from ..models import Conversation
from ..rules import Detail, Intent, details, plain
from . import money_words, words


def answer(conversation: Conversation, topic: Intent, question: str, *, at: datetime) -> str:
    """The answer to a topic; what belongs to an order is said only when the order is verified."""
    store = stores.store_by_id(conversation.store_id)
    order = orders.order(conversation.order_id) if conversation.order_id is not None else None
    order_id = order.id if order is not None else 0
    asked = details(question)
    match topic:
        case Intent.STOCK:
            return words.about_stock(order, named_products(conversation.store_id, question))
        case Intent.DELIVERY:
            parcels = delivery.shipments_of(order_id) if order else ()
            return words.about_delivery(order, parcels, store, asked=asked)
        case Intent.WARRANTY:
            promise = words.about_warranty(order, guarantee.guarantee_of(order_id) if order else None, store)
            return f"{money_words.about_trust()} {promise}" if Detail.DOUBT in asked else promise
        case Intent.HOW_TO_PAY:
            if Detail.COST in asked and order is None:
                return words.about_prices(named_products(conversation.store_id, question))
            payment = payments.payment_of(order_id) if order else None
            return money_words.about_paying(order, payment, asks_other_ways=Detail.OTHER_WAYS in asked)
        case Intent.MY_PAYMENT:
            payment = payments.payment_of(order_id) if order else None
            return money_words.about_my_payment(order, payment, is_other_amount=Detail.OTHER_AMOUNT in asked)
        case Intent.EVIDENCE:
            return money_words.about_giving_evidence(order, is_there=bool(order and evidence.evidence_of(order_id)))
        case Intent.ABOUT:
            return words.about_the_house(store)
        case Intent.INVOICE:
            return words.about_invoice(order, store)
        case Intent.HOURS:
            return words.about_hours(
                staffing.hours_of(store.id), staffing.is_desk_open(store.id, at), staffing.next_opening(store.id, at)
            )
        case _:
            return words.fixed("thanks")


def named_products(store_id: int, question: str) -> tuple[ProductCard, ...]:
    """The products that a question names: those that share the most words of four letters or more with it.

    Whoever asks for cups means the cups, not the coffee maker for six: the word that a name begins with counts more.
    """
    asked = set(_stems(question))
    scored = []
    for product in catalogue.shelf(store_id):
        name = _stems(product.name)
        shared = len(asked & set(name))
        scored.append((shared, bool(name) and name[0] in asked, product))
    best = max(((shared, is_first) for shared, is_first, _ in scored), default=(0, False))
    return tuple(product for shared, is_first, product in scored if (shared, is_first) == best) if best[0] else ()


def _stems(text: str) -> list[str]:
    """The words of four letters or more, one like many."""
    return [re.sub(r"(?<=[aeiou])s$", "", word) for word in re.findall(r"[a-z0-9]{4,}", plain(text))]
