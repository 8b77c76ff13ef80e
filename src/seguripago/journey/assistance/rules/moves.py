"""What the assistant does next when it leads. Pure: a situation and a sentence in, moves out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from seguripago.values.steps import Preference

from .hearing import Detail as Detail
from .hearing import Heard as Heard
from .hearing import Intent as Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderSituation:
    """What the assistant knows of the verified order."""

    number: str
    state: str
    preference: Preference
    checks_ran: bool = False
    all_checked: bool = False
    failing: tuple[str, ...] = ()
    accepted: bool = False
    confirmation_open: bool = False
    correction: str = ""
    asked_correction: bool = False
    details_sent: bool = False
    link_sent: bool = False
    link_is_new: bool = False
    """The link was sent a moment ago: whoever has lost it has not looked yet."""
    card_pointed: bool = False
    paid: bool = False
    evidence_asked: bool = False
    evidence_received: bool = False
    needs_evidence: bool = True

    @property
    def is_asked_to_pay(self) -> bool:
        """Whether the buyer was told where to pay."""
        return self.details_sent or self.link_sent or self.card_pointed


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where the conversation stands. `own_orders` are the numbers this browser placed, newest first."""

    greeted: bool = False
    own_orders: tuple[str, ...] = ()
    tries_left: int = 5
    asked_number: bool = False
    refused_number: bool = False
    is_answered: bool = True
    sent_to_a_person: bool = False
    handed_over: str = ""
    wished: Preference | None = None
    blocked: bool = False
    order: OrderSituation | None = None


@dataclass(frozen=True, slots=True)
class Greet:
    """Say who speaks."""


@dataclass(frozen=True, slots=True)
class AskNumber:
    """Ask for the No. de Pedido or the PRE-FACTURA, naming the browser's own orders when there are several."""

    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TryNumber:
    """Verify a number that the buyer wrote."""

    number: str


@dataclass(frozen=True, slots=True)
class UseOwnOrder:
    """Verify the one order of this browser."""

    number: str


@dataclass(frozen=True, slots=True)
class RunChecks:
    """Evaluate the six checks on live data."""


@dataclass(frozen=True, slots=True)
class ShowConfirmation:
    """Show the confirmation card."""


@dataclass(frozen=True, slots=True)
class RemindAcceptance:
    """Remind that the card waits for an answer."""


@dataclass(frozen=True, slots=True)
class AcceptForBuyer:
    """The buyer accepted in words."""


@dataclass(frozen=True, slots=True)
class AskCorrection:
    """Ask what must be corrected."""


@dataclass(frozen=True, slots=True)
class TakeCorrection:
    """Note down the correction and hand it over."""

    text: str


@dataclass(frozen=True, slots=True)
class ChangePreference:
    """Pay another way, without a new order."""

    preference: Preference


@dataclass(frozen=True, slots=True)
class SendDetails:
    """Send the bank details."""


@dataclass(frozen=True, slots=True)
class SendLink:
    """Send the encrypted link."""


@dataclass(frozen=True, slots=True)
class SendLinkAgain:
    """Send a new link for what the last one asked; the one that was lost is worth nothing any more."""


@dataclass(frozen=True, slots=True)
class PointToCardPayment:
    """Show where the card is charged."""


@dataclass(frozen=True, slots=True)
class AskEvidence:
    """Ask for the comprobante."""


@dataclass(frozen=True, slots=True)
class AnswerTopic:
    """Answer a common question from live data."""

    topic: Intent


@dataclass(frozen=True, slots=True)
class Answer:
    """Say a fixed sentence."""

    say: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """Say plainly that a person looks at this now."""

    reason: str


type Move = (
    Greet
    | AskNumber
    | TryNumber
    | UseOwnOrder
    | RunChecks
    | ShowConfirmation
    | RemindAcceptance
    | AcceptForBuyer
    | AskCorrection
    | TakeCorrection
    | ChangePreference
    | SendDetails
    | SendLink
    | SendLinkAgain
    | PointToCardPayment
    | AskEvidence
    | AnswerTopic
    | Answer
    | HandOver
)

TOPICS: Final = (
    Intent.MY_PAYMENT,
    Intent.INVOICE,
    Intent.WARRANTY,
    Intent.DELIVERY,
    Intent.STOCK,
    Intent.HOW_TO_PAY,
    Intent.EVIDENCE,
    Intent.ABOUT,
    Intent.HOURS,
)
MOST_ANSWERS: Final = 4
"""Whoever asks four things in one sentence is answered four things, in one message."""
_OVER: Final = {"cancelled", "expired"}
_SHORT_CORRECTION: Final = 24


def next_moves(situation: Situation, heard: Heard | None) -> tuple[Move, ...]:
    """The assistant's next moves, in order. Called again with nothing heard after a move that changed something."""
    moves: list[Move] = [] if situation.greeted else [Greet()]
    answers = _answers(situation, heard)
    moves.extend(answers)
    if any(isinstance(answer, HandOver) for answer in answers):
        situation = replace(situation, sent_to_a_person=True)
    if situation.blocked:
        return tuple(moves)
    if situation.order is None:
        moves.extend(_towards_an_order(situation, heard, answered=bool(answers)))
    else:
        moves.extend(_with_order(situation, situation.order, heard, answered=bool(answers)))
    return tuple(moves)


def _answers(situation: Situation, heard: Heard | None) -> list[Move]:
    if heard is None:
        return []
    if heard.has(Intent.PERSON):
        return [HandOver("asked")]
    if heard.has(Intent.CANCEL):
        # Whether an order may be cancelled is for a person; the machine neither does it nor talks anybody out of it.
        return [HandOver("cancel")]
    order = situation.order
    if heard.has(Intent.DEPOSIT) and (order is None or not (order.paid or order.state in _OVER)):
        # How much, and until when the rest: a person agrees on it with the buyer.
        return [Answer("with_a_person") if situation.handed_over == "deposit" else HandOver("deposit")]
    if order is not None and order.state in _OVER:
        # Nothing of an order that ended is true any more: neither its dates nor its goods nor where to pay.
        known: tuple[Intent, ...] = (Intent.HOURS,)
    elif order is not None and heard.has(Intent.TRANSFERRED) and not order.is_asked_to_pay and not order.paid:
        # Money sent before we said where to: that is told at once, whatever else is asked.
        known = (Intent.MY_PAYMENT, *(topic for topic in TOPICS if topic is not Intent.MY_PAYMENT))
        heard = replace(heard, intents=(*heard.intents, Intent.MY_PAYMENT))
    else:
        known = TOPICS
        if order is None and heard.has(Intent.TRANSFERRED) and not heard.has(Intent.MY_PAYMENT):
            heard = replace(heard, intents=(*heard.intents, Intent.MY_PAYMENT))
    topics: list[Move] = [AnswerTopic(topic) for topic in known if heard.has(topic)]
    if order is not None and heard.numbers and order.number not in heard.numbers:
        topics.append(Answer("other_order"))
    if not topics and heard.has(Intent.THANKS):
        topics.append(Answer("thanks"))
    if not topics and _is_beyond(situation, heard):
        topics.append(HandOver("unsure"))
    return topics[:MOST_ANSWERS]


def _is_beyond(situation: Situation, heard: Heard) -> bool:
    """Whether something was asked that no rule answers: a person does, and is told so plainly."""
    if not heard.is_asking or heard.numbers or heard.medium is not None or heard.half_number:
        return False
    if {Intent.REJECTS, Intent.ACCEPTS, Intent.TRANSFERRED, Intent.LOST_LINK} & set(heard.intents):
        return False
    order = situation.order
    return order is None or not (order.state in _OVER or order.asked_correction)


def _towards_an_order(situation: Situation, heard: Heard | None, *, answered: bool) -> list[Move]:
    if situation.tries_left <= 0:
        if situation.handed_over != "tries":
            return [HandOver("tries")]
        return [] if heard is None or answered else [Answer("with_a_person")]
    # What was tried when the buyer wrote it is not tried again when the assistant begins to lead.
    if heard is not None and heard.numbers and not situation.refused_number:
        return [TryNumber(heard.numbers[0])]
    if len(situation.own_orders) == 1 and not situation.asked_number:
        return [UseOwnOrder(situation.own_orders[0])]
    if heard is not None and heard.half_number:
        return [Answer("half_number")]
    # Whom a person answers is not asked for a number in the same breath: he may have no order yet, or be angry.
    if not situation.asked_number and not situation.sent_to_a_person:
        return [AskNumber(choices=situation.own_orders[:4])]
    return []


def _with_order(situation: Situation, order: OrderSituation, heard: Heard | None, *, answered: bool) -> list[Move]:
    if order.state in _OVER:
        is_new = situation.handed_over != "order_over" or (heard is not None and not answered)
        return [HandOver("order_over")] if is_new else []
    if order.paid:
        return _after_payment(order, heard, answered=answered)
    wish = heard.medium if heard is not None and heard.medium is not None else situation.wished
    if wish is not None and wish is not order.preference:
        return [ChangePreference(wish)]
    if order.correction:
        if situation.handed_over != "correction":
            return [HandOver("correction")]
        return [] if heard is None or answered else [Answer("correction_pending")]
    if not order.all_checked:
        return _towards_checks(situation, order)
    if not order.accepted:
        return _towards_acceptance(order, heard, answered=answered)
    if situation.handed_over == "deposit" or (heard is not None and heard.has(Intent.DEPOSIT)):
        # Who wants to pay a part is not sent the whole.
        return []
    return _towards_money(order, heard, answered=answered)


def _towards_checks(situation: Situation, order: OrderSituation) -> list[Move]:
    if not order.checks_ran:
        return [RunChecks()]
    if not order.failing:
        return []
    # A check that fails is never waved through by a machine.
    if situation.handed_over != "checks":
        return [HandOver("checks")]
    return [] if situation.is_answered else [Answer("with_a_person")]


def _towards_acceptance(order: OrderSituation, heard: Heard | None, *, answered: bool) -> list[Move]:
    if not order.confirmation_open:
        return [ShowConfirmation()]
    if heard is None:
        return []
    if order.asked_correction and heard.has(Intent.ACCEPTS):
        # «Ok» to «what must be corrected?» says that something must be, not that all is right.
        return [RemindAcceptance()]
    if order.asked_correction and not answered:
        return [TakeCorrection(heard.text)]
    if heard.has(Intent.REJECTS):
        return [TakeCorrection(heard.text) if len(heard.text) > _SHORT_CORRECTION else AskCorrection()]
    if heard.has(Intent.ACCEPTS):
        return [AcceptForBuyer()]
    return [] if answered else [RemindAcceptance()]


def _towards_money(order: OrderSituation, heard: Heard | None, *, answered: bool) -> list[Move]:
    match order.preference:
        case Preference.SPEI if not order.details_sent:
            return [SendDetails()]
        case Preference.LINK if not order.link_sent:
            return [SendLink()]
        case Preference.CARD if not order.card_pointed:
            return [PointToCardPayment()]
    if heard is not None and heard.has(Intent.LOST_LINK):
        return _for_a_lost_link(order)
    if heard is None or answered:
        return []
    return [Answer("transferred" if heard.has(Intent.TRANSFERRED) else "waiting_money")]


def _for_a_lost_link(order: OrderSituation) -> list[Move]:
    if not order.link_sent:
        return [Answer("no_link")]
    return [Answer("link_is_new") if order.link_is_new else SendLinkAgain()]


def _after_payment(order: OrderSituation, heard: Heard | None, *, answered: bool) -> list[Move]:
    if order.needs_evidence and not order.evidence_asked and not order.evidence_received:
        return [AskEvidence()]
    return [] if heard is None or answered else [Answer("paid")]
