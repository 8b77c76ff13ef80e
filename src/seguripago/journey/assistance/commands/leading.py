"""The assistant leads: it looks at the conversation under its row lock, asks the rules, and does what they say."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final, assert_never

from django.db import transaction
from django.db.models import F, Q

from seguripago.journey.evidence import queries as evidence
from seguripago.journey.orders import commands as order_commands
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import queries as payments
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.values.steps import CheckItem, Preference

from .. import rules
from ..models import Conversation, Entry, Presence
from ..rules import Heard, Move, OrderSituation, Situation
from . import acts, answers, cards, words
from .thread import ASSISTANT, append, keep, lock

BY: Final = Actor.assistant()
ROUNDS: Final = 8
BATCH: Final = 50

log = logging.getLogger(__name__)


def lead_waiting(at: datetime) -> int:
    """Let the assistant lead wherever nobody answers; the worker calls this each second. Returns how many it began."""
    started = 0
    for conversation_id in _unanswered(at):
        with transaction.atomic():
            conversation = lock(conversation_id)
            if take_the_lead(conversation, at=at):
                started += 1
    return started


def _unanswered(at: datetime) -> list[int]:
    open_stores = Presence.objects.filter(
        state="available", seen_at__gt=at - timedelta(seconds=rules.PRESENCE_S)
    ).values("store_id")
    late = Q(last_buyer_at__lte=at - timedelta(seconds=rules.ANSWER_S))
    return list(
        Conversation.objects.exclude(state="resolved")
        .filter(Q(last_staff_at__isnull=True) | Q(last_staff_at__lt=F("last_buyer_at")), led_by="analyst")
        .filter(late | ~Q(store_id__in=open_stores))
        .order_by("last_buyer_at")
        .values_list("pk", flat=True)[:BATCH]
    )


def take_the_lead(conversation: Conversation, *, at: datetime) -> bool:
    """Begin to lead a locked conversation if nobody answers, and answer what was said last."""
    if not rules.assistant_should_lead(
        state=conversation.state,
        led_by=conversation.led_by,
        last_buyer_at=conversation.last_buyer_at,
        last_staff_at=conversation.last_staff_at,
        is_desk_open=is_desk_open(conversation.store_id, at),
        at=at,
    ):
        return False
    heard = _unanswered_words(conversation)
    if conversation.state == rules.ASSIGNED and not _has_something_to_do(conversation, heard, at=at):
        # «Gracias» or a comprobante needs no answer: the analyst's conversation is left as it is.
        keep(conversation, last_staff_at=conversation.last_buyer_at)
        return False
    keep(conversation, led_by="assistant")
    lead(conversation, heard, at=at)
    return True


def _unanswered_words(conversation: Conversation) -> Heard | None:
    """The buyer's last words, unless a person answered them."""
    spoken = Entry.objects.filter(conversation=conversation, kind="text", author_kind__in=("buyer", "analyst"))
    last = spoken.order_by("-seq").first()
    if last is None or last.author_kind != "buyer":
        return None
    return rules.understand(str(last.body["text"]))


def _has_something_to_do(conversation: Conversation, heard: Heard | None, *, at: datetime) -> bool:
    moves = rules.next_moves(_situation(conversation, checks_ran=False, blocked=False), heard)
    return any(not isinstance(move, rules.Greet) and move != rules.Answer("thanks") for move in moves)


def go_on(conversation: Conversation, heard: Heard | None, *, at: datetime) -> None:
    """After the buyer did something: the assistant goes on if it leads, or begins if nobody is at the desk."""
    if conversation.led_by == "assistant" and conversation.state != rules.RESOLVED:
        lead(conversation, heard, at=at)
    else:
        take_the_lead(conversation, at=at)


def lead(conversation: Conversation, heard: Heard | None, *, at: datetime) -> None:
    """Move on until the buyer must act. The row must be locked: a person may have taken over."""
    checks_ran = blocked = False
    for _round in range(ROUNDS):
        situation = _situation(conversation, checks_ran=checks_ran, blocked=blocked)
        moves = rules.next_moves(situation, heard)
        if not moves:
            return
        for move in moves:
            try:
                with transaction.atomic():
                    _do(conversation, move, heard, at=at)
            except Refusal as refusal:
                log.warning("conversation %s: %s refused with %s", conversation.pk, type(move).__name__, refusal.code)
                blocked = True
                _hand_over(conversation, "refused", at=at)
            checks_ran = checks_ran or isinstance(move, rules.RunChecks)
        heard = None
        conversation.refresh_from_db()


def is_desk_open(store_id: int, at: datetime) -> bool:
    since = at - timedelta(seconds=rules.PRESENCE_S)
    return Presence.objects.filter(store_id=store_id, state="available", seen_at__gt=since).exists()


def speak(conversation: Conversation, say: str, text: str, *, at: datetime, key: tuple[object, ...] = ()) -> None:
    """One sentence of the assistant."""
    append(
        conversation,
        kind="text",
        author=ASSISTANT,
        body={"text": text, "say": say},
        client_id=rules.stable_uuid(say, *key) if key else acts.fresh_id(conversation, say),
        at=at,
    )


def _situation(conversation: Conversation, *, checks_ran: bool, blocked: bool) -> Situation:
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
        order = _order_situation(conversation, view, said, checks_ran=checks_ran)
        if order.details_sent or order.link_sent or order.card_pointed:
            wished = None
    return Situation(
        greeted=_has_greeted(conversation),
        own_orders=own,
        tries_left=acts.tries_left(conversation) if order is None else rules.PROOF_TRIES,
        asked_number=bool(said & {"ask_number", "not_verified"}),
        handed_over=conversation.handed_over,
        wished=wished,
        blocked=blocked,
        order=order,
    )


def _order_situation(
    conversation: Conversation, view: OrderView, said: set[str], *, checks_ran: bool
) -> OrderSituation:
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
        details_sent=payment is not None and payment.channel == "spei" and payment.instructions is not None,
        link_sent=payment is not None and payment.channel == "link" and bool(payment.link_token),
        card_pointed=cards.has_card(conversation, "card_payment"),
        paid=view.paid_at is not None,
        evidence_asked=cards.has_card(conversation, "evidence_requested"),
        evidence_received=bool(evidence.evidence_of(view.id)),
        needs_evidence=payment is None or payment.channel != "card",
    )


def _last_buyer_seq(conversation: Conversation) -> int:
    newest = Entry.objects.filter(conversation=conversation, author_kind="buyer").order_by("-seq")
    return newest.values_list("seq", flat=True).first() or 0


def _said_since_buyer(conversation: Conversation) -> set[str]:
    rows = Entry.objects.filter(
        conversation=conversation, author_kind__in=("assistant", "system"), seq__gt=_last_buyer_seq(conversation)
    ).values_list("body__say", "body__status")
    return {str(said) for pair in rows for said in pair if said}


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
    greeted = Entry.objects.filter(conversation=conversation, author_kind="assistant", body__say="greeting").order_by(
        "-seq"
    )
    seq = greeted.values_list("seq", flat=True).first()
    if seq is None:
        return False
    return not Entry.objects.filter(
        conversation=conversation, author_kind="analyst", visibility="all", seq__gt=seq
    ).exists()


def _hand_over(conversation: Conversation, reason: str, *, at: datetime, labels: tuple[str, ...] = ()) -> None:
    text = words.handed_over(reason, is_desk_open(conversation.store_id, at), labels)
    speak(conversation, f"handed_over_{reason}", text, at=at)
    keep(conversation, handed_over=reason)


def _do(conversation: Conversation, move: Move, heard: Heard | None, *, at: datetime) -> None:
    match move:
        case rules.Greet():
            opened = is_desk_open(conversation.store_id, at)
            text = words.greeting(conversation.buyer_name, conversation.analyst_name, opened)
            speak(conversation, "greeting", text, at=at)
        case rules.AskNumber(choices):
            speak(conversation, "ask_number", words.ask_number(choices), at=at)
        case rules.TryNumber(number) | rules.UseOwnOrder(number):
            acts.identify(conversation, number, by=BY, at=at)
        case rules.HandOver(reason):
            labels = _failing_labels(conversation) if reason == "checks" else ()
            _hand_over(conversation, reason, at=at, labels=labels)
        case rules.AnswerTopic(topic):
            text = answers.answer(conversation, topic, heard.text if heard else "")
            speak(conversation, f"answer_{topic}", text, at=at)
        case rules.Answer(say):
            speak(conversation, say, words.fixed(say), at=at)
        case _:
            _do_with_order(conversation, move, at=at)


def _do_with_order(conversation: Conversation, move: Move, *, at: datetime) -> None:
    order = acts.require_order(conversation)
    match move:
        case rules.RunChecks():
            acts.run_checks(conversation, tuple(CheckItem), by=BY, at=at)
            if cards.open_card(conversation, "confirmation"):
                speak(conversation, "confirmation", words.fixed("confirmation"), at=at)
        case rules.ShowConfirmation():
            speak(conversation, "confirmation", words.fixed("confirmation"), at=at)
            cards.confirmation(conversation, order, BY.name, at=at)
        case rules.RemindAcceptance():
            speak(conversation, "remind_acceptance", words.fixed("remind_acceptance"), at=at)
        case rules.AcceptForBuyer():
            acts.accept(conversation, by=Actor.buyer(conversation.buyer_name), at=at)
        case rules.AskCorrection():
            speak(conversation, "ask_correction", words.fixed("ask_correction"), at=at)
        case rules.TakeCorrection(text):
            acts.correct(conversation, text, by=Actor.buyer(conversation.buyer_name), at=at)
        case rules.ChangePreference(preference):
            order_commands.change_preference(order.id, preference, by=Actor.buyer(conversation.buyer_name), at=at)
            keep(conversation, medium=str(preference))
        case rules.SendDetails():
            speak(conversation, "details", words.fixed("details"), at=at)
            acts.send_details(conversation, by=BY, at=at)
        case rules.SendLink():
            speak(conversation, "link", words.fixed("link"), at=at)
            token = rules.link_token(conversation.token_hash, order.id, conversation.seq)
            acts.send_link(conversation, token=token, by=BY, at=at)
        case rules.PointToCardPayment():
            speak(conversation, "card_payment", words.fixed("card_payment"), at=at)
            cards.card_payment(conversation, order, at=at)
        case rules.AskEvidence():
            speak(conversation, "evidence", words.fixed("evidence"), at=at)
            acts.ask_for_evidence(conversation, key=(), at=at)
        case (
            rules.Greet()
            | rules.AskNumber()
            | rules.TryNumber()
            | rules.UseOwnOrder()
            | rules.HandOver()
            | rules.AnswerTopic()
            | rules.Answer()
        ):
            raise AssertionError(move)
        case never:
            assert_never(never)


def _failing_labels(conversation: Conversation) -> tuple[str, ...]:
    order = acts.require_order(conversation)
    return tuple(check.label for check in order.checks if check.confirmed_at is None and not check.ok)
