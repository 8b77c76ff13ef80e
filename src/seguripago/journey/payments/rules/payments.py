"""The states of a payment, its two clocks, and what an arriving amount does to it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from seguripago.values.money import Money


class State(StrEnum):
    AWAITING = "awaiting"
    MONITORED = "monitored"
    PARTLY_PAID = "partly_paid"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    PARTLY_REFUNDED = "partly_refunded"
    CHARGED_BACK = "charged_back"
    REVERSED = "reversed"


class Event(StrEnum):
    SEND_DETAILS = "send_details"
    RECEIVE_PART = "receive_part"
    CONFIRM = "confirm"
    EXPIRE = "expire"
    RETIRE = "retire"
    LOSE_PART = "lose_part"
    REVERSE = "reverse"
    REFUND = "refund"
    REFUND_PART = "refund_part"
    TAKE_REFUND_BACK = "take_refund_back"
    TAKE_PART_BACK = "take_part_back"
    CHARGE_BACK = "charge_back"
    WIN_BACK = "win_back"
    WIN_PART_BACK = "win_part_back"
    WIN_REFUNDED_BACK = "win_refunded_back"
    TAKE_UP = "take_up"
    TAKE_UP_PART = "take_up_part"
    GIVE_UP_PART = "give_up_part"


MOVES: Final[dict[tuple[State, Event], State]] = {
    (State.AWAITING, Event.SEND_DETAILS): State.MONITORED,
    (State.AWAITING, Event.CONFIRM): State.CONFIRMED,
    (State.AWAITING, Event.EXPIRE): State.EXPIRED,
    (State.AWAITING, Event.RETIRE): State.CANCELLED,
    (State.MONITORED, Event.SEND_DETAILS): State.MONITORED,
    (State.MONITORED, Event.RECEIVE_PART): State.PARTLY_PAID,
    (State.MONITORED, Event.CONFIRM): State.CONFIRMED,
    (State.MONITORED, Event.EXPIRE): State.EXPIRED,
    (State.MONITORED, Event.RETIRE): State.CANCELLED,
    (State.PARTLY_PAID, Event.SEND_DETAILS): State.PARTLY_PAID,
    (State.PARTLY_PAID, Event.RECEIVE_PART): State.PARTLY_PAID,
    (State.PARTLY_PAID, Event.CONFIRM): State.CONFIRMED,
    (State.PARTLY_PAID, Event.RETIRE): State.CANCELLED,
    # A transfer sent in time may land late: SPEI does not recall money.
    (State.EXPIRED, Event.RECEIVE_PART): State.PARTLY_PAID,
    (State.EXPIRED, Event.CONFIRM): State.CONFIRMED,
    (State.EXPIRED, Event.SEND_DETAILS): State.MONITORED,
    (State.CANCELLED, Event.SEND_DETAILS): State.MONITORED,
    # The bank took back money that it had brought; what is left of it still counts.
    (State.CONFIRMED, Event.LOSE_PART): State.PARTLY_PAID,
    (State.PARTLY_PAID, Event.LOSE_PART): State.PARTLY_PAID,
    (State.CANCELLED, Event.LOSE_PART): State.CANCELLED,
    (State.CONFIRMED, Event.REVERSE): State.REVERSED,
    (State.PARTLY_PAID, Event.REVERSE): State.REVERSED,
    (State.CANCELLED, Event.REVERSE): State.CANCELLED,
    # The return was heard of before the deposit, or again: the end is the same.
    (State.AWAITING, Event.REVERSE): State.REVERSED,
    (State.MONITORED, Event.REVERSE): State.REVERSED,
    (State.EXPIRED, Event.REVERSE): State.REVERSED,
    (State.REVERSED, Event.REVERSE): State.REVERSED,
    # The buyer pays again, to the same CLABE.
    (State.REVERSED, Event.SEND_DETAILS): State.MONITORED,
    (State.REVERSED, Event.RECEIVE_PART): State.PARTLY_PAID,
    (State.REVERSED, Event.RETIRE): State.CANCELLED,
    (State.REVERSED, Event.CONFIRM): State.CONFIRMED,
    (State.CONFIRMED, Event.REFUND): State.REFUNDED,
    (State.CONFIRMED, Event.REFUND_PART): State.PARTLY_REFUNDED,
    (State.PARTLY_REFUNDED, Event.REFUND): State.REFUNDED,
    (State.PARTLY_REFUNDED, Event.REFUND_PART): State.PARTLY_REFUNDED,
    # The gateway said that it was done, and the cardholder's bank did not take it.
    (State.REFUNDED, Event.TAKE_REFUND_BACK): State.CONFIRMED,
    (State.REFUNDED, Event.TAKE_PART_BACK): State.PARTLY_REFUNDED,
    (State.PARTLY_REFUNDED, Event.TAKE_REFUND_BACK): State.CONFIRMED,
    (State.PARTLY_REFUNDED, Event.TAKE_PART_BACK): State.PARTLY_REFUNDED,
    (State.CONFIRMED, Event.CHARGE_BACK): State.CHARGED_BACK,
    # A bank takes money back without asking whether the store has given it back already.
    (State.REFUNDED, Event.CHARGE_BACK): State.CHARGED_BACK,
    (State.PARTLY_REFUNDED, Event.CHARGE_BACK): State.CHARGED_BACK,
    (State.CHARGED_BACK, Event.CHARGE_BACK): State.CHARGED_BACK,
    # A refund that was on its way when the chargeback was opened.
    (State.CHARGED_BACK, Event.REFUND): State.CHARGED_BACK,
    (State.CHARGED_BACK, Event.REFUND_PART): State.CHARGED_BACK,
    (State.CHARGED_BACK, Event.TAKE_REFUND_BACK): State.CHARGED_BACK,
    (State.CHARGED_BACK, Event.TAKE_PART_BACK): State.CHARGED_BACK,
    (State.CHARGED_BACK, Event.WIN_BACK): State.CONFIRMED,
    (State.CHARGED_BACK, Event.WIN_PART_BACK): State.PARTLY_REFUNDED,
    (State.CHARGED_BACK, Event.WIN_REFUNDED_BACK): State.REFUNDED,
    # Two people decided to honour the order after all.
    (State.CANCELLED, Event.TAKE_UP): State.MONITORED,
    (State.CANCELLED, Event.TAKE_UP_PART): State.PARTLY_PAID,
    # Two people decided to return what never became the whole amount.
    (State.PARTLY_PAID, Event.GIVE_UP_PART): State.EXPIRED,
    (State.CANCELLED, Event.GIVE_UP_PART): State.CANCELLED,
}

OPEN: Final = frozenset({State.AWAITING, State.MONITORED, State.PARTLY_PAID})
SETTLED: Final = frozenset({State.CONFIRMED, State.REFUNDED, State.PARTLY_REFUNDED, State.CHARGED_BACK})
MTU: Final = Money(12_800_00)
"""Above about 1,500 UDIS many banks ask for more before a single transfer (FLOW, rules of the road)."""

LINK_HOURS: Final = 24
CARD_MINUTES: Final = 30


class WrongMove(Exception):
    """The payment's state does not allow the event."""


def move(state: State, event: Event) -> State:
    try:
        return MOVES[state, event]
    except KeyError:
        raise WrongMove(f"{state}: {event}") from None


@dataclass(frozen=True, slots=True)
class Clocks:
    """`expires_at` ends the buyer's time; `watch_until` is how long late money is still expected."""

    expires_at: datetime
    watch_until: datetime


def clocks(at: datetime, *, hours: int, watch_days: int) -> Clocks:
    expires_at = at + timedelta(hours=hours)
    return Clocks(expires_at, expires_at + timedelta(days=watch_days))


@dataclass(frozen=True, slots=True)
class Standing:
    """What matters of a payment when money arrives for it."""

    payment_id: int
    state: State
    amount: Money
    received: Money

    @property
    def missing(self) -> Money:
        return self.amount - self.received


@dataclass(frozen=True, slots=True)
class Effect:
    """`applied` goes to the payment; when `completes`, it is confirmed."""

    applied: Money
    completes: bool
    after: Standing


def receive(standing: Standing, arriving: Money) -> Effect:
    """Apply an amount of at most what is missing. Raises WrongMove when the payment takes no money."""
    if arriving.centavos <= 0 or arriving > standing.missing:
        raise WrongMove(f"{arriving} on {standing}")
    completes = arriving == standing.missing
    state = move(standing.state, Event.CONFIRM if completes else Event.RECEIVE_PART)
    return Effect(arriving, completes, replace(standing, state=state, received=standing.received + arriving))


@dataclass(frozen=True, slots=True)
class Loss:
    """Money that the bank took back. `unconfirms`: the payment had been whole and is so no longer."""

    unconfirms: bool
    after: Standing


def lose(standing: Standing, leaving: Money) -> Loss:
    """Take back an amount of at most what was received; zero when it never was applied.

    What is left decides: nothing is reversed, something is partly paid. Raises WrongMove.
    """
    if leaving.centavos < 0 or leaving > standing.received:
        raise WrongMove(f"-{leaving} on {standing}")
    left = standing.received - leaving
    if left and not leaving:
        return Loss(False, standing)
    state = move(standing.state, Event.LOSE_PART if left else Event.REVERSE)
    return Loss(standing.state is State.CONFIRMED, replace(standing, state=state, received=left))


def can_lose(state: State) -> bool:
    """Whether money can be taken back from a payment by itself; what was refunded is for a person."""
    return (state, Event.REVERSE) in MOVES


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of some money, by which payments are looked up. `key` is the asker's own.

    `numbers` and `clabes` are every spelling that it may mean; `names` the words of whoever paid, empty for not asking;
    `payments` are payments whose buyer's other orders are looked at too.
    """

    key: int
    store_id: int
    amount: Money
    numbers: tuple[str, ...] = ()
    reference: str = ""
    clabes: tuple[str, ...] = ()
    tracking_key: str = ""
    names: tuple[str, ...] = ()
    payments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """«Ya transferí»: what the buyer said of a transfer."""

    bank: str
    date: date
    tracking_key: str


@dataclass(frozen=True, slots=True)
class Lead:
    """A transfer payment that some money may be for, with what its order and its buyer are known by."""

    payment_id: int
    order_number: str
    order_state: str
    state: State
    missing: Money
    buyer_name: str
    buyer_email: str
    clabe: str
    reference: str
    monitored_at: datetime | None
    expires_at: datetime
    claims: tuple[Claim, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state in OPEN
