"""The assistant leads: it looks at the conversation under its row lock, asks the rules, and does what they say."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, assert_never

from django.db import transaction
from django.db.models import F, Q

from seguripago.foundations.staffing import queries as staffing
from seguripago.journey.orders import commands as order_commands
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.values.steps import CheckItem

from .. import rules
from ..models import Conversation
from ..rules import Heard, Move
from . import acts, answers, cards, words
from .alone import one_by_one
from .assigning import is_attended
from .looking import look, spoken_in_a_row, unanswered_words
from .thread import ASSISTANT, append, keep, lock

BY: Final = Actor.assistant()
ROUNDS: Final = 8
BATCH: Final = 50

IN_A_ROW: Final = 2
"""How often the assistant speaks while nobody else does."""
SPOKEN: Final = (rules.Greet, rules.HandOver, rules.AnswerTopic, rules.Answer)
type Spoken = rules.Greet | rules.HandOver | rules.AnswerTopic | rules.Answer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Together:
    """Moves that are said as one message."""

    moves: tuple[Spoken, ...]


def lead_waiting(at: datetime) -> int:
    """Let the assistant lead wherever nobody answers; the worker calls this each second. Returns how many it began."""

    @transaction.atomic
    def lead_one(conversation_id: int) -> bool:
        return take_the_lead(lock(conversation_id), at=at)

    return one_by_one(_unanswered(at), lead_one)


def _unanswered(at: datetime) -> list[int]:
    late = Q(last_buyer_at__lte=at - timedelta(seconds=rules.ANSWER_S)) & ~Q(
        state=rules.ASSIGNED, claimed_at__gt=at - timedelta(seconds=rules.CLAIM_S)
    )
    nobody_there = ~Q(store_id__in=staffing.open_stores(at)) & ~Q(
        state=rules.ASSIGNED, analyst_id__in=staffing.all_there(at)
    )
    return list(
        Conversation.objects.exclude(state="resolved")
        .filter(
            Q(last_staff_at__isnull=True) | Q(last_staff_at__lt=F("last_buyer_at")), led_by="analyst", is_message=False
        )
        .filter(late | nobody_there)
        .order_by("last_buyer_at")
        .values_list("pk", flat=True)[:BATCH]
    )


def take_the_lead(conversation: Conversation, *, at: datetime) -> bool:
    """Begin to lead a locked conversation if nobody answers, and answer what was said last."""
    if conversation.is_message or not rules.assistant_should_lead(
        state=conversation.state,
        led_by=conversation.led_by,
        last_buyer_at=conversation.last_buyer_at,
        last_staff_at=conversation.last_staff_at,
        is_attended=is_attended(conversation, at=at),
        at=at,
        claimed_at=conversation.claimed_at if conversation.state == rules.ASSIGNED else None,
    ):
        return False
    heard = unanswered_words(conversation)
    if conversation.state == rules.ASSIGNED and not _has_something_to_do(conversation, heard, at=at):
        # «Gracias» or a comprobante needs no answer: the analyst's conversation is left as it is.
        keep(conversation, last_staff_at=conversation.last_buyer_at)
        return False
    keep(conversation, led_by="assistant")
    lead(conversation, heard, at=at)
    return True


def _has_something_to_do(conversation: Conversation, heard: Heard | None, *, at: datetime) -> bool:
    moves = rules.next_moves(look(conversation, checks_ran=False, blocked=False, at=at), heard)
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
        situation = look(conversation, checks_ran=checks_ran, blocked=blocked, at=at)
        moves = rules.next_moves(situation, heard)
        if not moves:
            return
        for move in _in_few_words(moves):
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


def _in_few_words(moves: tuple[Move, ...]) -> list[Move | Together]:
    """The moves, with a greeting and answers that follow each other said as one: nobody is talked down."""
    shortened: list[Move | Together] = []
    for move in moves:
        last = shortened[-1] if shortened else None
        if not isinstance(move, SPOKEN):
            shortened.append(move)
        elif isinstance(last, Together):
            shortened[-1] = Together((*last.moves, move))
        elif isinstance(last, SPOKEN):
            shortened[-1] = Together((last, move))
        else:
            shortened.append(move)
    return shortened


def speak(
    conversation: Conversation,
    say: str,
    text: str,
    *,
    at: datetime,
    key: tuple[object, ...] = (),
    also: tuple[str, ...] = (),
) -> None:
    """One sentence of the assistant, unless it spoke twice already and nobody answered. `also` is what it says too."""
    if spoken_in_a_row(conversation) >= IN_A_ROW:
        log.info("conversation %s: %s left unsaid, nobody answered yet", conversation.pk, say)
        return
    append(
        conversation,
        kind="text",
        author=ASSISTANT,
        body={"text": text, "say": say} | ({"also": list(also)} if also else {}),
        client_id=rules.stable_uuid(say, *key) if key else acts.fresh_id(conversation, say),
        at=at,
    )


def _hand_over(conversation: Conversation, reason: str, *, at: datetime, labels: tuple[str, ...] = ()) -> None:
    speak(conversation, f"handed_over_{reason}", _handing_over(conversation, reason, labels, at=at), at=at)
    keep(conversation, handed_over=reason)


def _handing_over(conversation: Conversation, reason: str, labels: tuple[str, ...], *, at: datetime) -> str:
    is_open = staffing.is_desk_open(conversation.store_id, at)
    opening = None if is_open else staffing.next_opening(conversation.store_id, at)
    return words.handed_over(reason, is_open, labels, opening)


def _said(conversation: Conversation, move: Spoken, heard: Heard | None, *, at: datetime) -> tuple[str, str]:
    """What a spoken move is called, and its words."""
    match move:
        case rules.Greet():
            opened = staffing.is_desk_open(conversation.store_id, at)
            return "greeting", words.greeting(conversation.buyer_name, conversation.analyst_name, opened)
        case rules.HandOver(reason):
            labels = _failing_labels(conversation) if reason == "checks" else ()
            return f"handed_over_{reason}", _handing_over(conversation, reason, labels, at=at)
        case rules.AnswerTopic(topic):
            return f"answer_{topic}", answers.answer(conversation, topic, heard.text if heard else "", at=at)
        case rules.Answer(say):
            return say, words.fixed(say)
        case never:
            assert_never(never)


def _say_together(conversation: Conversation, moves: tuple[Spoken, ...], heard: Heard | None, *, at: datetime) -> None:
    said = [_said(conversation, move, heard, at=at) for move in moves]
    names = tuple(name for name, _words in said)
    text = "\n\n".join(dict.fromkeys(sentence for _name, sentence in said))
    speak(conversation, names[-1], text, at=at, also=names[:-1])
    reasons = [move.reason for move in moves if isinstance(move, rules.HandOver)]
    if reasons:
        keep(conversation, handed_over=reasons[-1])


def _do(conversation: Conversation, move: Move | Together, heard: Heard | None, *, at: datetime) -> None:
    match move:
        case Together(moves):
            _say_together(conversation, moves, heard, at=at)
        case rules.Greet() | rules.HandOver() | rules.AnswerTopic() | rules.Answer():
            _say_together(conversation, (move,), heard, at=at)
        case rules.AskNumber(choices):
            speak(conversation, "ask_number", words.ask_number(choices), at=at)
        case rules.TryNumber(number) | rules.UseOwnOrder(number):
            acts.identify(conversation, number, by=BY, at=at)
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
            if not acts.show_what_was_sent(conversation, at=at):
                acts.send_details(conversation, by=BY, at=at)
        case rules.SendLink():
            speak(conversation, "link", words.fixed("link"), at=at)
            token = rules.link_token(conversation.token_hash, order.id, conversation.seq)
            if not acts.show_what_was_sent(conversation, at=at):
                acts.send_link(conversation, token=token, by=BY, at=at)
        case rules.SendLinkAgain():
            speak(conversation, "link_again", words.fixed("link_again"), at=at)
            again = rules.link_token(conversation.token_hash, order.id, conversation.seq)
            acts.send_link_again(conversation, token=again, by=BY, at=at)
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
