"""What the chat says of each step of a claim: the server's own lines, for both sides, with what comes next.

What the buyer must do himself, answer an offer or send the goods back, is a card with the way to his claim; the next
step of the claim closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from seguripago.foundations.facts.base import Fact
from seguripago.journey.claims import facts
from seguripago.journey.claims.queries import ClaimView, claim
from seguripago.journey.claims.rules import State
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView

from .commands import after_money, cards
from .models import Conversation
from .queries.claims_told import claim_told

ENDS: Final[dict[type[facts.ClaimFact], str]] = {
    facts.OfferAccepted: "accepted",
    facts.OfferRefused: "refused",
    facts.GoodsSentBack: "sent_back",
    facts.ClaimEscalated: "expired",
    facts.ClaimDecided: "expired",
    facts.ClaimClosed: "expired",
}
"""What becomes of the card that lies open."""


def step(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: facts.ClaimFact) -> None:
    """Say what happened; what only the store sees is a private line."""
    text, is_private = claim_told(fact)
    found = claim(fact.claim_id)
    if not text or found is None:
        return
    if isinstance(fact, facts.OfferMade):
        after_money.claim_offer(conversation, order, found, fact.offer_id, text, at=fact.at)
        return
    key = (order.id, fact.claim_id, fact.event_id)
    answer = "" if is_private else ENDS.get(type(fact), "")
    closes = after_money.open_of_claim(conversation, fact.claim_id) if answer else 0
    more = {"answer": answer} if closes else {}
    cards.post_status(conversation, "claim", text, key, at=fact.at, is_private=is_private, closes=closes, **more)
    if found.state == State.RETURNING and isinstance(fact, facts.OfferAccepted):
        after_money.claim_return(conversation, order, found, _send_back(found), at=fact.at)


def _send_back(found: ClaimView) -> str:
    text = _("Envía de vuelta lo que reclamaste y dinos la guía.")
    if found.due_at is None:
        return text
    until = _("Tienes hasta el %(at)s.") % {"at": date_format(localtime(found.due_at), "j \\d\\e F, H:i")}
    return f"{text} {until}"


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
