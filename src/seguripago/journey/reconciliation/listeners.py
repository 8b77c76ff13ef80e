"""What reconciliation hears of the bank's side."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from seguripago.foundations.approvals.facts import ProposalRejected, ProposalVoided
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.bank.facts import (
    AnnouncementUnconfirmed,
    CepAnswered,
    DepositArrived,
    DepositContradicted,
    DepositReturned,
    NoticeUnreadable,
)
from seguripago.journey.bank.queries import account_asked
from seguripago.journey.bank.statement_facts import DebitSeen, StatementLineDoubtful, StatementLineSettled
from seguripago.journey.cards.facts import (
    CardChargebackDecided,
    CardChargedBack,
    CardMoneyUnplaced,
    CardRefunded,
    CardRefundFailed,
)
from seguripago.journey.evidence.facts import EvidenceCleared, EvidenceKept, EvidenceRead, EvidenceRejected
from seguripago.journey.payments.facts import (
    PartialReceived,
    PartLeftOver,
    PaymentConfirmed,
    PaymentReversed,
    TransferDetailsSent,
)
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from .commands import (
    close_settled_lines,
    close_settled_parts,
    judge_arrived,
    open_alarms,
    release_case,
    undo_returned,
)
from .commands.card_returns import note_card_returns
from .commands.chargebacks import note_decided, note_refunds, open_chargebacks
from .commands.comprobantes import judge_again, judge_papers
from .commands.returning import Debit, confirm_by_debits
from .facts import CaseDecided, CaseOpened, ReturnApproved

CARRY_JOB: Final = "returns.carry"


def judge_arrivals(facts: Sequence[Fact], at: datetime) -> None:
    """Judge what has arrived, undo what the bank took back, doubt what is contradicted: in one lane, in this order."""
    judge_arrived([fact.deposit_id for fact in facts if isinstance(fact, DepositArrived)], at=at)
    undo_returned({fact.deposit_id: fact.reason for fact in facts if isinstance(fact, DepositReturned)}, at=at)
    open_alarms([fact for fact in facts if isinstance(fact, DepositContradicted)], at=at)


def raise_alarms(facts: Sequence[Fact], at: datetime) -> None:
    """Open a case for what cannot be read or nobody confirms, and for a card that was charged in vain.

    A line that a person settled closes its own, in the same lane: never before it was opened.
    """
    open_alarms(facts, at=at)
    close_settled_lines([fact for fact in facts if isinstance(fact, StatementLineSettled)], at=at)


def open_again(facts: Sequence[Fact], at: datetime) -> None:
    """Open the cases again whose proposal ended without anything being done."""
    for fact in facts:
        if isinstance(fact, ProposalRejected | ProposalVoided) and fact.about.startswith("case:"):
            release_case(fact.about, at=at)


def close_parts(facts: Sequence[Fact], at: datetime) -> None:
    """Close the cases of parts that became whole after all."""
    close_settled_parts({fact.payment_id for fact in facts if isinstance(fact, PaymentConfirmed)}, at=at)


def confirm_returns(facts: Sequence[Fact], at: datetime) -> None:
    """Confirm our returns by the debits that a statement shows."""
    debits: dict[int, list[Debit]] = {}
    for fact in facts:
        if isinstance(fact, DebitSeen) and fact.tracking_key:
            says = f"statement_row:{fact.row_id}"
            debit = Debit(fact.tracking_key, Money(fact.centavos, fact.currency), says, fact.operation_date)
            debits.setdefault(fact.store_id, []).append(debit)
    for store_id, some in debits.items():
        confirm_by_debits(store_id, some, by=Actor.system("Estado de cuenta"), at=at)


def carry_returns(facts: Sequence[Fact], at: datetime) -> None:
    """Have the returns that were decided sent, where a store sends them as orders."""
    # One that waits already carries these too.
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(CARRY_JOB, queue="returns", lock=CARRY_JOB, queueing_lock=CARRY_JOB).defer()


def follow_cards(facts: Sequence[Fact], at: datetime) -> None:
    """A bank contested a charge, or decided about it; a refund to a card has an end: in one lane, in this order."""
    # Heard here too: what went back to a card follows what opened its case. Each opens once, whoever is first.
    open_alarms([fact for fact in facts if isinstance(fact, CardMoneyUnplaced)], at=at)
    open_chargebacks([fact for fact in facts if isinstance(fact, CardChargedBack)], at=at)
    note_decided([fact for fact in facts if isinstance(fact, CardChargebackDecided)], at=at)
    ended = [fact for fact in facts if isinstance(fact, CardRefunded | CardRefundFailed)]
    note_refunds(ended, at=at)
    note_card_returns(ended, at=at)


def judge_comprobantes(facts: Sequence[Fact], at: datetime) -> None:
    """Give comprobantes their verdict, and again whatever the bank or a person's decision says of the order's money."""
    shown = {fact.evidence_id for fact in facts if isinstance(fact, _SHOWN)}
    moved = {fact.deposit_id for fact in facts if isinstance(fact, DepositArrived | DepositReturned)}
    orders = {fact.order_id for fact in facts if isinstance(fact, _MOVED) and fact.order_id}
    if shown:
        judge_papers(shown, at=at)
    asked = [
        account_asked(fact.question_id) for fact in facts if isinstance(fact, CepAnswered) and fact.state == "found"
    ]
    if moved or orders or asked:
        judge_again(deposit_ids=moved, order_ids=orders, clabes=asked, at=at)


_SHOWN: Final = (EvidenceKept, EvidenceCleared, EvidenceRejected, EvidenceRead)
_MOVED: Final = (TransferDetailsSent, PartialReceived, PaymentConfirmed, PaymentReversed, CaseOpened, CaseDecided)

LISTENERS = (
    Listener("reconciliation", (DepositArrived, DepositReturned, DepositContradicted), judge_arrivals),
    Listener(
        "reconciliation_alarms",
        (
            NoticeUnreadable,
            AnnouncementUnconfirmed,
            CardMoneyUnplaced,
            PartLeftOver,
            StatementLineDoubtful,
            StatementLineSettled,
        ),
        raise_alarms,
    ),
    Listener("reconciliation.returns", (DebitSeen,), confirm_returns),
    Listener(
        "reconciliation.cards",
        (CardMoneyUnplaced, CardChargedBack, CardChargebackDecided, CardRefunded, CardRefundFailed),
        follow_cards,
    ),
    Listener("reconciliation.open_again", (ProposalRejected, ProposalVoided), open_again),
    Listener("reconciliation.close_parts", (PaymentConfirmed,), close_parts),
    Listener("reconciliation.carry_returns", (CaseDecided, ReturnApproved), carry_returns),
    # Beside the lane of the money, which never waits for it.
    Listener(
        "reconciliation.comprobantes",
        (*_SHOWN, DepositArrived, DepositReturned, CepAnswered, *_MOVED),
        judge_comprobantes,
    ),
)
