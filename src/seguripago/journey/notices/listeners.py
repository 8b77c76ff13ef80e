"""What mails hear: the buyer's journey, from the order to the end of the guarantee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from procrastinate.contrib.django import app

from seguripago.foundations.approvals.facts import ProposalMade
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.foundations.people.facts import MemberDismissed
from seguripago.journey.assistance.facts import ConversationResolved, PaymentReminded, TranscriptAsked
from seguripago.journey.bank.facts import AccountsRunLow, FeedSilent, HookToVerify
from seguripago.journey.cards.facts import CardRefunded
from seguripago.journey.claims.facts import (
    ClaimAnswered,
    ClaimAppealed,
    ClaimClosed,
    ClaimDecided,
    ClaimEscalated,
    ClaimOpened,
    ClaimReminded,
    GoodsSentBack,
    OfferAccepted,
    OfferMade,
    OfferRefused,
    ReplacementSent,
)
from seguripago.journey.delivery.facts import (
    ShipmentDelivered,
    ShipmentLate,
    ShipmentReturned,
    ShipmentSent,
    ShipmentWithheld,
)
from seguripago.journey.guarantee.facts import GuaranteeReleased, GuaranteeStep
from seguripago.journey.orders.facts import OrderCancelled, OrderPlaced
from seguripago.journey.payments.facts import (
    PartialReceived,
    PaymentConfirmed,
    PaymentLinkSent,
    PaymentReversed,
    TransferDetailsSent,
)
from seguripago.journey.reconciliation.facts import EvidenceJudged, RestAsked, ReturnConfirmed
from seguripago.journey.refunds.facts import RefundApproved, RefundFailed, RefundOverdue, RefundRejected, RefundReminded

from .commands import ask_after_papers, forget_browsers, tell_stores, write_mails, write_transcripts

SEND_JOB: Final = "mail.send_due"
QUEUE: Final = "mail"


def write_and_send(facts: Sequence[Fact], at: datetime) -> None:
    """Write the mails and enqueue one job for the batch, in the batch's own transaction."""
    write_mails(facts, at=at)
    # One after another: a job sends until nothing is due, and a second one beside it would only send faster in a rush.
    app.configure_task(SEND_JOB, queue=QUEUE, lock=SEND_JOB).defer()


def tell_and_send(facts: Sequence[Fact], at: datetime) -> None:
    """Write to the stores what they must hear of, and enqueue one job for the batch."""
    tell_stores(facts, at=at)
    # One after another: a job sends until nothing is due, and a second one beside it would only send faster in a rush.
    app.configure_task(SEND_JOB, queue=QUEUE, lock=SEND_JOB).defer()


def tell_conversations(facts: Sequence[Fact], at: datetime) -> None:
    """Write the transcripts that were asked for, and enqueue one job for the batch."""
    write_transcripts(facts, at=at)
    app.configure_task(SEND_JOB, queue=QUEUE, lock=SEND_JOB).defer()


def look_after_papers(facts: Sequence[Fact], at: datetime) -> None:
    """Have the doubtful comprobantes of the batch told by mail to buyers who do not read it on their screens."""
    ask_after_papers(facts, at=at)


def forget_dismissed(facts: Sequence[Fact], at: datetime) -> None:
    """Wake no browser of whoever works there no more."""
    forget_browsers([fact.user_id for fact in facts if isinstance(fact, MemberDismissed)], at=at)


LISTENERS: tuple[Listener, ...] = (
    Listener("notices.chat", (TranscriptAsked, ConversationResolved), tell_conversations),
    Listener(
        "notices.mail",
        (
            OrderPlaced,
            OrderCancelled,
            TransferDetailsSent,
            PaymentLinkSent,
            PartialReceived,
            PaymentConfirmed,
            PaymentReversed,
            RestAsked,
            ReturnConfirmed,
            CardRefunded,
            RefundApproved,
            RefundRejected,
            RefundFailed,
            RefundReminded,
            ShipmentSent,
            ShipmentDelivered,
            ShipmentLate,
            ShipmentReturned,
            ShipmentWithheld,
            GuaranteeReleased,
            GuaranteeStep,
            PaymentReminded,
            ClaimOpened,
            ClaimAnswered,
            OfferMade,
            ReplacementSent,
            ClaimEscalated,
            ClaimReminded,
            ClaimDecided,
            ClaimAppealed,
            ClaimClosed,
        ),
        write_and_send,
    ),
    Listener("notices.papers", (EvidenceJudged,), look_after_papers),
    Listener("notices.people", (MemberDismissed,), forget_dismissed),
    Listener(
        "notices.stores",
        (
            AccountsRunLow,
            FeedSilent,
            HookToVerify,
            ProposalMade,
            ShipmentLate,
            ShipmentReturned,
            GuaranteeStep,
            RefundReminded,
            RefundOverdue,
            ClaimOpened,
            OfferAccepted,
            OfferRefused,
            GoodsSentBack,
            ClaimEscalated,
            ClaimReminded,
            ClaimAppealed,
        ),
        tell_and_send,
    ),
)
