"""Conekta's words for states, declines, refunds and charge-backs, and ours for them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from seguripago.ports.card_gateways import DeclineCode, DisputeStatus, PayStatus, RefundStatus

STATES: Final = {
    "paid": PayStatus.PAID,
    # Money that came. What went back of it, the refunds and the dispute say.
    "partially_refunded": PayStatus.PAID,
    "refunded": PayStatus.PAID,
    "charged_back": PayStatus.PAID,
    "pre_authorized": PayStatus.AUTHORIZED,
    "pending_payment": PayStatus.PROCESSING,
    "pending_confirmation": PayStatus.PROCESSING,
    "declined": PayStatus.DECLINED,
    "expired": PayStatus.EXPIRED,
    "canceled": PayStatus.CANCELLED,
    "voided": PayStatus.CANCELLED,
}
TAKEN: Final = frozenset({"paid", "partially_refunded", "refunded", "charged_back"})
DECLINES: Final = {
    "insufficient_funds": DeclineCode.INSUFFICIENT_FUNDS,
    "expired_card": DeclineCode.CARD_EXPIRED,
    "invalid_card": DeclineCode.WRONG_NUMBER,
    "invalid_number": DeclineCode.WRONG_NUMBER,
    "invalid_cvc": DeclineCode.WRONG_CVC,
    "invalid_card_security_code": DeclineCode.WRONG_CVC,
    "stolen_card": DeclineCode.STOLEN_CARD,
    "lost_card": DeclineCode.STOLEN_CARD,
    "restricted_card": DeclineCode.STOLEN_CARD,
    "declined_by_3ds": DeclineCode.AUTHENTICATION_FAILED,
    "card_not_supported": DeclineCode.NOT_SUPPORTED,
    "international_card_not_allowed": DeclineCode.NOT_SUPPORTED,
    "exceeds_card_limit": DeclineCode.LIMIT_EXCEEDED,
    "call_issuer": DeclineCode.CALL_BANK,
    "bank_timeout": DeclineCode.TRY_LATER,
}
DISPUTES: Final[Mapping[str, DisputeStatus]] = {"won": "won", "covered": "won", "lost": "lost"}
REFUNDS: Final[Mapping[str, RefundStatus]] = {
    "": "done",
    "paid": "done",
    "refunded": "done",
    "pending": "pending",
    "expired": "failed",
    "failed": "failed",
    "declined": "failed",
}
