"""Stripe's words for what happened, and ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from seguripago.ports.card_gateways import Decline, DeclineCode, DisputeStatus, RefundStatus

# Stripe's decline codes, and its error codes where no bank gave one.
REASONS: Final[Mapping[DeclineCode, str]] = {
    DeclineCode.INSUFFICIENT_FUNDS: "insufficient_funds",
    DeclineCode.LIMIT_EXCEEDED: "card_velocity_exceeded withdrawal_count_limit_exceeded charge_exceeds_source_limit "
    "charge_exceeds_transaction_limit card_decline_rate_limit_exceeded",
    DeclineCode.CARD_EXPIRED: "expired_card invalid_expiry_month invalid_expiry_year",
    DeclineCode.WRONG_NUMBER: "incorrect_number invalid_number invalid_account new_account_information_available",
    DeclineCode.WRONG_CVC: "incorrect_cvc invalid_cvc",
    DeclineCode.STOLEN_CARD: "lost_card stolen_card pickup_card restricted_card",
    DeclineCode.NOT_SUPPORTED: "card_not_supported currency_not_supported service_not_allowed "
    "transaction_not_allowed testmode_decline live_mode_test_card not_permitted",
    DeclineCode.AUTHENTICATION_FAILED: "authentication_required authentication_failure "
    "payment_intent_authentication_failure authentication_not_handled mobile_device_authentication_required",
    DeclineCode.CALL_BANK: "call_issuer do_not_honor no_action_taken revocation_of_authorization "
    "revocation_of_all_authorizations stop_payment_order security_violation invalid_amount",
    DeclineCode.TRY_LATER: "processing_error issuer_not_available reenter_transaction try_again_later approve_with_id",
}
WORDS: Final = {word: code for code, words in REASONS.items() for word in words.split()}
FINAL_DECLINES: Final = frozenset(
    {DeclineCode.STOLEN_CARD, DeclineCode.CARD_EXPIRED, DeclineCode.WRONG_NUMBER, DeclineCode.NOT_SUPPORTED}
)
BRANDS: Final = {"visa": "Visa", "mastercard": "Mastercard", "amex": "American Express", "carnet": "Carnet"}
REFUNDS: Final[Mapping[str, RefundStatus]] = {
    "succeeded": "done",
    "pending": "pending",
    "requires_action": "pending",
    "failed": "failed",
    "canceled": "failed",
}
# The «warning» states are inquiries: no money is held yet. A prevented one was settled before it became one.
DISPUTES: Final[Mapping[str, DisputeStatus | Literal[""]]] = {
    "needs_response": "open",
    "under_review": "open",
    "won": "won",
    "lost": "lost",
    "warning_needs_response": "",
    "warning_under_review": "",
    "warning_closed": "",
    "prevented": "",
}


def decline_of(word: str) -> Decline:
    code = WORDS.get(word, DeclineCode.DECLINED)
    return Decline(code, can_retry=code not in FINAL_DECLINES)
