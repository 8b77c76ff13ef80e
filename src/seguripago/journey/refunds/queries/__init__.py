"""What screens and later rooms read of refunds."""

from .refunds import (
    AccountView,
    LegView,
    RefundView,
    account_file,
    accounts_of,
    all_goes_back,
    asked_of_charge,
    has_road,
    names_differ,
    orders_with_refunds,
    proof_shown_before,
    refund,
    refundable,
    refunds_of,
    refunds_of_charge,
    refunds_of_store,
)

__all__ = [
    "AccountView",
    "LegView",
    "RefundView",
    "account_file",
    "accounts_of",
    "all_goes_back",
    "asked_of_charge",
    "has_road",
    "names_differ",
    "orders_with_refunds",
    "proof_shown_before",
    "refund",
    "refundable",
    "refunds_of",
    "refunds_of_charge",
    "refunds_of_store",
]
