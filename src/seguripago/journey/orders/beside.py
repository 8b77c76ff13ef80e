"""What the desk reads beside an order: the buyer's history with the store, and what the six checks would find now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.catalogue.queries import products_by_id
from seguripago.journey.catalogue.rules import prefix_query
from seguripago.values.money import Money

from .models import Order
from .queries import order as read_order
from .rules import STATE_LABELS, State
from .rules.checks import Finding, Live, LiveProduct, evaluate
from .sending import sending_of

_OVER: Final = ("cancelled", "expired")
_MOST: Final = 100
SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class PastOrder:
    """Another order of the same buyer."""

    id: int
    number: str
    state: str
    state_label: str
    total: Money
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class BuyerHistory:
    """The buyer's other orders with this store, newest first. `purchase` counts this one: 3 is the third purchase.

    `orders` are the newest SHOWN of all `order_ids`. What was paid for them, and went back since, payments know.
    """

    purchase: int
    orders: tuple[PastOrder, ...]
    order_ids: tuple[int, ...]
    over: int

    @property
    def count(self) -> int:
        """How many other orders there are."""
        return len(self.order_ids)


def buyer_history(order_id: int) -> BuyerHistory:
    """The orders of the same store with the same e-mail or telephone. Orders that ended unpaid are no purchases."""
    own = Order.objects.get(pk=order_id)
    rows = [row for row in _likely(own) if _is_same_buyer(own, row)]
    alive = [row for row in rows if row.state not in _OVER]
    return BuyerHistory(
        purchase=1 + sum(row.placed_at < own.placed_at for row in alive),
        orders=tuple(_past(row) for row in rows[:SHOWN]),
        order_ids=tuple(row.pk for row in rows),
        over=len(rows) - len(alive),
    )


def findings_now(order_id: int, at: datetime) -> tuple[Finding, ...]:
    """What the six checks would find now; nothing is kept."""
    view = read_order(order_id)
    cards = products_by_id(view.store_id, [line.product_id for line in view.lines if line.product_id])
    products = {pk: LiveProduct(card.available, card.is_listed, card.price) for pk, card in cards.items()}
    sending = sending_of(store_by_id(view.store_id))
    return evaluate(view, Live(products, at, sending))


def _likely(own: Order) -> list[Order]:
    """By the index of words: those who share the e-mail's or the telephone's words."""
    words = [prefix_query(said) for said in (own.buyer_email, own.buyer_phone) if said.strip()]
    found = Q(pk__in=())
    for said in filter(None, words):
        found |= Q(words=SearchQuery(said, config="simple", search_type="raw"))
    vector = SearchVector("search", config="simple")
    rows = Order.objects.filter(store_id=own.store_id).alias(words=vector).filter(found).exclude(pk=own.pk)
    return list(rows.order_by("-pk")[:_MOST])


def _is_same_buyer(own: Order, other: Order) -> bool:
    if own.buyer_email and own.buyer_email.lower() == other.buyer_email.lower():
        return True
    phone = _last_ten(own.buyer_phone)
    return len(phone) == 10 and phone == _last_ten(other.buyer_phone)


def _last_ten(phone: str) -> str:
    return re.sub(r"\D", "", phone)[-10:]


def _past(row: Order) -> PastOrder:
    return PastOrder(
        row.pk, row.number, row.state, str(STATE_LABELS[State(row.state)]), Money(row.total_centavos), row.placed_at
    )
