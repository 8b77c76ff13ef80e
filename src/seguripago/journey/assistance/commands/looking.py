"""What the assistant sees of a conversation before it decides: who said what, and where its order stands."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from seguripago.journey.cards.queries import paid_by_card
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import queries as payments
from seguripago.values.steps import Preference

from .. import rules
from ..models import Conversation, Entry
from ..rules import Heard, OrderSituation, Situation
from . import acts, cards
from .tries import tries_left


def look(conversation: Conversation, *, checks_ran: bool, blocked: bool, at: datetime) -> Situation:
    """Say where a locked conversation stands. `checks_ran` and `blocked` are of this turn of the assistant."""
    said = _said_since_buyer(conversation)
    wished = Preference(conversation.medium) if conversation.medium != Preference.SPEI else None
    if conversation.order_id is None:
        own = tuple(
            order.number for order in acts.own_orders(conversation) if order.state not in ("cancelled", "expired")
        )
        order = None
    else:
        own = ()
        view = orders.order(conversation.order_id)
        order = _order_situation(conversation, view, checks_ran=checks_ran, at=at)
        if order.details_sent or order.link_sent or order.card_pointed:
            wished = None
    return Situation(
        greeted=_has_greeted(conversation),
        own_orders=own,
        tries_left=tries_left(conversation, at=at) if order is None else rules.PROOF_TRIES,
        asked_number=bool(said & {"ask_number", "not_verified", "half_number"}),
        refused_number="not_verified" in said,
        is_answered=bool(said),
        sent_to_a_person=any(name.startswith("handed_over_") for name in said),
        handed_over=conversation.handed_over,
        wished=wished,
        blocked=blocked,
        order=order,
    )


def _order_situation(conversation: Conversation, view: OrderView, *, checks_ran: bool, at: datetime) -> OrderSituation:
    payment = payments.payment_of(view.id)
    return OrderSituation(
        number=view.number,
        state=view.state,
        preference=Preference(view.preference),
        checks_ran=checks_ran,
        all_checked=view.all_checked,
        failing=tuple(check.label for check in view.checks if check.confirmed_at is None and not check.ok),
        accepted=view.accepted_at is not None,
        confirmation_open=bool(cards.open_card(conversation, "confirmation")),
        correction="" if view.all_checked else view.correction,
        asked_correction="ask_correction" in _said_before_buyer(conversation),
        details_sent=acts.is_shown(conversation, payment, "spei"),
        link_sent=acts.is_shown(conversation, payment, "link"),
        link_is_new=acts.is_new_link(conversation, at=at),
        card_pointed=cards.has_card(conversation, "card_payment"),
        paid=view.paid_at is not None,
        evidence_asked=cards.has_card(conversation, "evidence_requested"),
        evidence_received=bool(evidence.evidence_of(view.id)),
        needs_evidence=payment is None
        or not (payment.channel == "card" or (payment.is_confirmed and paid_by_card(payment.id))),
    )


def _last_buyer_seq(conversation: Conversation) -> int:
    newest = Entry.objects.filter(conversation=conversation, author_kind="buyer").order_by("-seq")
    return newest.values_list("seq", flat=True).first() or 0


def _said_since_buyer(conversation: Conversation) -> set[str]:
    rows = Entry.objects.filter(
        conversation=conversation, author_kind__in=("assistant", "system"), seq__gt=_last_buyer_seq(conversation)
    ).values_list("body__say", "body__status", "body__also")
    said = {str(name) for row in rows for name in row[:2] if name}
    return said | {str(name) for row in rows for name in row[2] or ()}


def _said_before_buyer(conversation: Conversation) -> set[str]:
    """What the assistant had said last when the buyer spoke last."""
    last = (
        Entry.objects.filter(conversation=conversation, author_kind="assistant", seq__lt=_last_buyer_seq(conversation))
        .order_by("-seq")
        .values_list("body__say", flat=True)
        .first()
    )
    return {str(last)} if last else set()


def _has_greeted(conversation: Conversation) -> bool:
    """Greeted since a person last spoke: whoever takes over and leaves makes it present itself again."""
    greeted = (
        Entry.objects.filter(conversation=conversation, author_kind="assistant")
        .filter(Q(body__say="greeting") | Q(body__also__contains="greeting"))
        .order_by("-seq")
    )
    seq = greeted.values_list("seq", flat=True).first()
    if seq is None:
        return False
    return not Entry.objects.filter(
        conversation=conversation, author_kind="analyst", visibility="all", seq__gt=seq
    ).exists()


def spoken_in_a_row(conversation: Conversation) -> int:
    """How often the assistant spoke since a person did."""
    people = Entry.objects.filter(conversation=conversation, author_kind__in=("buyer", "analyst"), visibility="all")
    newest = people.order_by("-seq").values_list("seq", flat=True).first() or 0
    return Entry.objects.filter(conversation=conversation, kind="text", author_kind="assistant", seq__gt=newest).count()


def unanswered_words(conversation: Conversation) -> Heard | None:
    """The buyer's last words, unless a person answered them."""
    spoken = Entry.objects.filter(conversation=conversation, kind="text", author_kind__in=("buyer", "analyst"))
    last = spoken.order_by("-seq").first()
    if last is None or last.author_kind != "buyer":
        return None
    return rules.understand(str(last.body["text"]))
