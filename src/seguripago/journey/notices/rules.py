"""Which fact deserves which mail, and how often a mail is tried. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final


class MailState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    PARKED = "parked"


WAITING: Final = (MailState.QUEUED.value, MailState.FAILED.value)
OVER: Final = (MailState.SENT.value, MailState.PARKED.value)

TEMPLATES: Final[dict[str, str]] = {
    "OrderPlaced": "order_placed",
    "OrderCancelled": "order_cancelled",
    "TransferDetailsSent": "transfer_details",
    "PaymentLinkSent": "payment_link",
    "PartialReceived": "partial_received",
    "PaymentConfirmed": "payment_confirmed",
    "PaymentReversed": "payment_reversed",
    "RestAsked": "rest_asked",
    "ReturnConfirmed": "return_confirmed",
    "CardRefunded": "card_refunded",
    "RefundApproved": "refund_approved",
    "RefundRejected": "refund_rejected",
    "RefundFailed": "refund_failed",
    "RefundReminded": "refund_account",
    "ShipmentSent": "shipment_sent",
    "ShipmentDelivered": "shipment_delivered",
    "ShipmentLate": "shipment_late",
    "ShipmentReturned": "shipment_returned",
    "ShipmentWithheld": "shipment_unsent",
    "GuaranteeReleased": "guarantee_released",
    "GuaranteeStep": "guarantee_step",
    "PaymentReminded": "payment_reminder",
    "ClaimOpened": "claim_step",
    "ClaimAnswered": "claim_step",
    "OfferMade": "claim_step",
    "ReplacementSent": "claim_step",
    "ClaimEscalated": "claim_step",
    "ClaimReminded": "claim_step",
    "ClaimDecided": "claim_step",
    "ClaimAppealed": "claim_step",
    "ClaimClosed": "claim_step",
}

WITH_PRE_INVOICE: Final = frozenset({"order_placed"})
WITH_GUARANTEE: Final = frozenset({"payment_confirmed", "shipment_delivered", "guarantee_released"})

# Half a minute, two, eight, half an hour, two hours, eight: a provider's bad day is over by then.
PAUSES: Final[tuple[timedelta, ...]] = tuple(timedelta(seconds=30 * 4**step) for step in range(6))

# While a letter is on its way nobody else takes it; a worker that died gives it back after this.
LEASE: Final = timedelta(minutes=3)

NEWS_LASTS: Final = timedelta(days=3)
# As long as the chat waits before it writes to who left.
UNREAD_S: Final = 120


def fact_key(kind: str, body: Mapping[str, Any], template: str) -> str:
    """Answer the same key for the same fact and template, however often the fact is read."""
    whole = json.dumps([kind, body, template], sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(whole.encode()).hexdigest()


def is_news(fact_at: datetime, at: datetime) -> bool:
    """Say whether telling it still helps: a replay of last month's facts must not write to last month's buyers."""
    return at - fact_at <= NEWS_LASTS


def after_failure(attempts: int, *, is_permanent: bool) -> tuple[MailState, timedelta | None]:
    """Answer what becomes of a mail after its `attempts`-th try failed: tried again after a pause, or parked."""
    if is_permanent or attempts > len(PAUSES):
        return MailState.PARKED, None
    return MailState.FAILED, PAUSES[attempts - 1]


def first_name(name: str) -> str:
    """Answer how a mail greets: the first of the names."""
    return (name.split() or [""])[0]


class PushState(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


PUSH_WAITING: Final = (PushState.QUEUED.value, PushState.FAILED.value)
# Whoever is called ten minutes late is called for nothing.
PUSH_LASTS: Final = timedelta(minutes=10)
PUSH_PAUSES: Final[tuple[timedelta, ...]] = tuple(timedelta(seconds=seconds) for seconds in (5, 20, 60, 180))
PUSH_LEASE: Final = timedelta(seconds=45)
MOST_BROWSERS: Final = 10


def after_push_failure(attempts: int, *, is_permanent: bool) -> tuple[PushState, timedelta]:
    """Answer what becomes of a push after its `attempts`-th try failed: tried again after a pause, or dropped."""
    if is_permanent or attempts > len(PUSH_PAUSES):
        return PushState.DROPPED, timedelta()
    return PushState.FAILED, PUSH_PAUSES[attempts - 1]
