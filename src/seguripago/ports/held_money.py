"""What payment providers tell alike: money that lies with them in the store's name (Conekta, Openpay, Stripe).

Adapters do not know one another, so what they share lives with what we ask of them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from seguripago.ports.bank_feeds import INSTITUTION_UNSAID, PAYMENT_TYPE_UNSAID, ReadDeposit, Unreadable
from seguripago.ports.bank_notice import LARGEST
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money

CURRENCIES: Final = frozenset({"MXN", "USD"})
"""Currencies with cents; another one is not read with a guess about its decimals."""


def held_deposit(
    provider: str,
    found: str,
    amount: Money,
    settled_at: datetime,
    *,
    clabe: str,
    concept: str,
    reference: str = "",
    payer_name: str = "",
    payer_account: str = "",
    payer_rfc: str = "",
    beneficiary_name: str = "",
) -> ReadDeposit:
    """Put together a movement that lies with a provider: its id there (`found`) is all that decides its identity."""
    return ReadDeposit(
        bank_id=found,
        operation_date=settled_at.astimezone(MEXICO).date(),
        sending_institution=INSTITUTION_UNSAID,
        receiving_institution=INSTITUTION_UNSAID,
        tracking_key=found,
        amount=amount,
        payer_name=payer_name,
        payer_account=payer_account,
        payer_rfc=payer_rfc,
        beneficiary_clabe=clabe,
        beneficiary_name=beneficiary_name,
        concept=concept,
        reference=reference[:20],
        settled_at=settled_at,
        payment_type=PAYMENT_TYPE_UNSAID,
        held_by=provider,
    )


def smallest_units(value: object, currency: str) -> Money:
    """Read an amount above zero in its currency's smallest unit."""
    code = currency.upper()
    if type(value) is not int or code not in CURRENCIES or not 0 < value <= LARGEST.centavos:
        raise Unreadable("amount")
    return Money(value, code)


def seconds(value: object, name: str) -> datetime:
    """Read seconds since 1970, from SPEI's first day on; `name` is what is unreadable otherwise."""
    if type(value) is not int or not 1_092_000_000 < value < 7_258_000_000:
        raise Unreadable(name)
    return datetime.fromtimestamp(value, UTC)


def clabe_or_empty(digits: str) -> str:
    """Give 18 digits as they are, and anything else as an empty text."""
    return digits if re.fullmatch(r"\d{18}", digits, re.ASCII) else ""
