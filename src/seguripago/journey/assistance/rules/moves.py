"""What the assistant does next when it leads. Pure: a situation and a sentence in, moves out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from seguripago.values.steps import Preference


class Intent(StrEnum):
    """What a sentence asks or says."""

    PERSON = "person"
    MY_PAYMENT = "my_payment"
    TRANSFERRED = "transferred"
    INVOICE = "invoice"
    WARRANTY = "warranty"
    DELIVERY = "delivery"
    STOCK = "stock"
    HOW_TO_PAY = "how_to_pay"
    REJECTS = "rejects"
    ACCEPTS = "accepts"
    THANKS = "thanks"
    GREETING = "greeting"


@dataclass(frozen=True, slots=True)
class Heard:
    """A buyer's sentence, read."""

    text: str
    numbers: tuple[str, ...] = ()
    intents: tuple[Intent, ...] = ()
    medium: Preference | None = None

    def has(self, intent: Intent) -> bool:
        return intent in self.intents


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
    card_pointed: bool = False
    paid: bool = False
    evidence_asked: bool = False
    evidence_received: bool = False
    needs_evidence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Where the conversation stands. `own_orders` are the numbers this browser placed, newest first."""

    greeted: bool = False
    own_orders: tuple[str, ...] = ()
    tries_left: int = 5
    asked_number: bool = False
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
)
_OVER: Final = {"cancelled", "expired"}
_SHORT_CORRECTION: Final = 24


def next_moves(situation: Situation, heard: Heard | None) -> tuple[Move, ...]:
    """The assistant's next moves, in order. Called again with nothing heard after a move that changed something."""
    moves: list[Move] = [] if situation.greeted else [Greet()]
    answers = _answers(situation, heard)
    moves.extend(answers)
    if situation.blocked:
        return tuple(moves)
    if situation.order is None:
        moves.extend(_towards_an_order(situation, heard))
    else:
        moves.extend(_with_order(situation, situation.order, heard, answered=bool(answers)))
    return tuple(moves)


def _answers(situation: Situation, heard: Heard | None) -> list[Move]:
    if heard is None:
        return []
    if heard.has(Intent.PERSON):
        return [HandOver("asked")]
    topics: list[Move] = [AnswerTopic(topic) for topic in TOPICS if heard.has(topic)]
    order = situation.order
    if order is not None and heard.numbers and order.number not in heard.numbers:
        topics.append(Answer("other_order"))
    if not topics and heard.has(Intent.THANKS):
        topics.append(Answer("thanks"))
    return topics[:2]


def _towards_an_order(situation: Situation, heard: Heard | None) -> list[Move]:
    if situation.tries_left <= 0:
        return [HandOver("tries")] if situation.handed_over != "tries" else []
    if heard is not None and heard.numbers:
        return [TryNumber(heard.numbers[0])]
    if len(situation.own_orders) == 1 and not situation.asked_number:
        return [UseOwnOrder(situation.own_orders[0])]
    if not situation.asked_number:
        return [AskNumber(choices=situation.own_orders[:4])]
    return []


def _with_order(situation: Situation, order: OrderSituation, heard: Heard | None, *, answered: bool) -> list[Move]:
    if order.state in _OVER:
        return [HandOver("order_over")] if situation.handed_over != "order_over" else []
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
    return _towards_money(order, heard, answered=answered)


def _towards_checks(situation: Situation, order: OrderSituation) -> list[Move]:
    if not order.checks_ran:
        return [RunChecks()]
    # A check that fails is never waved through by a machine.
    return [HandOver("checks")] if order.failing and situation.handed_over != "checks" else []


def _towards_acceptance(order: OrderSituation, heard: Heard | None, *, answered: bool) -> list[Move]:
    if not order.confirmation_open:
        return [ShowConfirmation()]
    if heard is None:
        return []
    if order.asked_correction and not heard.has(Intent.ACCEPTS):
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
    if heard is None or answered:
        return []
    return [Answer("transferred" if heard.has(Intent.TRANSFERRED) else "waiting_money")]


def _after_payment(order: OrderSituation, heard: Heard | None, *, answered: bool) -> list[Move]:
    if order.needs_evidence and not order.evidence_asked and not order.evidence_received:
        return [AskEvidence()]
    return [] if heard is None or answered else [Answer("paid")]
