"""The accounts of a store's ledger. Debits are positive, credits negative; a journal sums to zero per currency."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from seguripago.values.money import Money


class Account(StrEnum):
    """`suspense`: arrived and not yet applied. `due_to_buyer`: the store's obligation until the guarantee ends.

    `differences`: what two people decided that the store bears of a payment (debit) or keeps of a surplus (credit).
    """

    BANK = "bank"
    CARD_GATEWAY = "card_gateway"
    SUSPENSE = "suspense"
    DUE_TO_BUYER = "due_to_buyer"
    DUE_TO_STORE = "due_to_store"
    REFUNDS = "refunds"
    FEES = "fees"
    DIFFERENCES = "differences"


def sums_to_zero(legs: Sequence[tuple[Account, Money]]) -> bool:
    """Whether there are legs, and they cancel one another in every currency."""
    totals: dict[str, int] = {}
    for _, amount in legs:
        totals[amount.currency] = totals.get(amount.currency, 0) + amount.centavos
    return bool(legs) and not any(totals.values())
