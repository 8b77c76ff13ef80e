"""Cards of what comes after the money and asks something of the buyer: an offer, goods to send back, a refund sent."""

from __future__ import annotations

from datetime import datetime

from seguripago.journey.claims.queries import ClaimView
from seguripago.journey.orders.shapes import OrderView
from seguripago.values.money import Money

from ..models import Conversation
from .cards import open_card, post_card

OF_CLAIM = ("claim_offer", "claim_return")


def claim_offer(
    conversation: Conversation, order: OrderView, found: ClaimView, offer_id: int, text: str, *, at: datetime
) -> int:
    """The store's offer waits for the buyer's yes; a better one takes the place of the one that lay there."""
    return post_card(
        conversation,
        "claim_offer",
        (order.id, found.id, offer_id),
        {**_of(order, found), "offer_id": offer_id, "text": text, "answer": "replaced"},
        at=at,
        closes=open_of_claim(conversation, found.id),
    )


def claim_return(conversation: Conversation, order: OrderView, found: ClaimView, text: str, *, at: datetime) -> int:
    """What was agreed begins with the goods: the buyer sends them back until a day."""
    return post_card(
        conversation, "claim_return", (order.id, found.id, at.isoformat()), {**_of(order, found), "text": text}, at=at
    )


def refund_sent(
    conversation: Conversation,
    order: OrderView,
    key: tuple[object, ...],
    amount: Money,
    text: str,
    *,
    tracking_key: str = "",
    at: datetime,
) -> int:
    """Bank or gateway carried a refund out; with the key by which the buyer's bank finds a transfer."""
    body = {
        "order_id": order.id,
        "order_token": order.access_token,
        "amount_centavos": amount.centavos,
        "text": text,
        "tracking_key": tracking_key,
    }
    return post_card(conversation, "refund_sent", (order.id, *key), body, at=at)


def open_of_claim(conversation: Conversation, claim_id: int) -> int:
    """The card of this claim that still asks something of the buyer, or 0."""
    return next((seq for card in OF_CLAIM if (seq := open_card(conversation, card, claim_id=claim_id))), 0)


def _of(order: OrderView, found: ClaimView) -> dict[str, object]:
    return {
        "order_id": order.id,
        "order_token": order.access_token,
        "claim_id": found.id,
        "claim_number": found.number,
        "until_at": found.due_at.isoformat() if found.due_at else "",
    }
