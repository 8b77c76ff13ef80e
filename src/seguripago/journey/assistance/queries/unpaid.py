"""Orders that nobody has paid and about which nobody talks; and the conversations that a store began about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seguripago.journey.orders import queries as orders
from seguripago.values.money import Money

from .. import rules
from ..models import Conversation, Reminder

LONGEST: Final = 100


@dataclass(frozen=True, slots=True)
class UnpaidOrder:
    """One line of «Pedidos sin pagar»."""

    order_id: int
    number: str
    buyer_name: str
    total: Money
    placed_at: datetime
    expires_at: datetime
    is_reminded: bool
    is_quick: bool


def unpaid_orders(store_id: int) -> tuple[UnpaidOrder, ...]:
    """The store's open orders without an open conversation, those that expire first on top."""
    talked = Conversation.objects.filter(store_id=store_id, order__isnull=False).exclude(state=rules.RESOLVED)
    rows = orders.unpaid_orders(store_id, but=set(talked.values_list("order_id", flat=True)), limit=LONGEST)
    ids = [row.id for row in rows]
    reminded = set(Reminder.objects.filter(order_id__in=ids).values_list("order_id", flat=True))
    return tuple(
        UnpaidOrder(
            row.id,
            row.number,
            row.buyer_name,
            row.total,
            row.placed_at,
            row.expires_at,
            is_reminded=row.id in reminded,
            is_quick=row.is_quick,
        )
        for row in rows
    )


def talks_of_orders(order_tokens: Sequence[str]) -> dict[str, str]:
    """The conversations that stores began about the orders of these access tokens: {code: secret}."""
    tokens = {rules.token_hash(talk): talk for talk in map(rules.talk_token, order_tokens[:20])}
    rows = Conversation.objects.filter(token_hash__in=tokens, is_opened_by_staff=True) if tokens else ()
    return {row.code: tokens[row.token_hash] for row in rows}
