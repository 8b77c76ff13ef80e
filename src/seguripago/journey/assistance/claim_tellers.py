"""What the chat says of each step of a claim: the server's own lines, for both sides, with what comes next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from seguripago.foundations.facts.base import Fact
from seguripago.journey.claims import facts
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView

from .commands import cards
from .models import Conversation
from .queries.claims_told import claim_told


def step(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: facts.ClaimFact) -> None:
    """Say what happened; what only the store sees is a private line."""
    text, is_private = claim_told(fact)
    if text:
        key = (order.id, fact.claim_id, fact.event_id)
        cards.post_status(conversation, "claim", text, key, at=fact.at, is_private=is_private)


TELLERS: Final[dict[type[Fact], Callable[..., None]]] = dict.fromkeys(
    (
        facts.ClaimOpened,
        facts.ClaimAnswered,
        facts.ClaimNoted,
        facts.OfferMade,
        facts.OfferAccepted,
        facts.OfferRefused,
        facts.ReplacementSent,
        facts.GoodsSentBack,
        facts.ClaimEscalated,
        facts.ClaimReminded,
        facts.ClaimDecided,
        facts.ClaimAppealed,
        facts.ClaimClosed,
    ),
    step,
)
