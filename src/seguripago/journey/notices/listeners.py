"""What mails hear: the buyer's journey, from the order to the end of the guarantee."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from procrastinate.contrib.django import app

from seguripago.foundations.approvals.facts import ProposalMade
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.bank.facts import AccountsRunLow, FeedSilent, HookToVerify
from seguripago.journey.delivery.facts import ShipmentDelivered, ShipmentSent
from seguripago.journey.guarantee.facts import GuaranteeReleased
from seguripago.journey.orders.facts import OrderCancelled, OrderPlaced
from seguripago.journey.payments.facts import (
    PartialReceived,
    PaymentConfirmed,
    PaymentLinkSent,
    PaymentReversed,
    TransferDetailsSent,
)
from seguripago.journey.reconciliation.facts import RestAsked, ReturnConfirmed

from .commands import tell_stores, write_mails

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


LISTENERS: tuple[Listener, ...] = (
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
            ShipmentSent,
            ShipmentDelivered,
            GuaranteeReleased,
        ),
        write_and_send,
    ),
    Listener("notices.stores", (AccountsRunLow, FeedSilent, HookToVerify, ProposalMade), tell_and_send),
)
