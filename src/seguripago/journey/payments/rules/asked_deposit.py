"""A deposit as a person asks for it, an amount or a part of the whole, brought to exact centavos. Pure."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from seguripago.values.money import Money, UnreadableAmount
from seguripago.values.refusal import Refusal

LEAST: Final = Money(100)
_PERCENT: Final = re.compile(r"([0-9]{1,2}(?:[.,][0-9]{1,2})?)\s*(?:%|por ?ciento)", re.IGNORECASE)


class DepositUnreadable(Refusal):
    """What was typed is neither an amount nor a percentage. `least` and `most` say what a deposit may be."""

    code = "SP-227"

    def __init__(self, least: Money, most: Money) -> None:
        super().__init__(f"{least} {most}")
        self.least, self.most = least, most


def deposit_asked(text: str, *, whole: Money, missing: Money) -> Money:
    """Read «30 %» (of the whole amount) or «1,250.00», rounded half-even, once, to a centavo.

    Raises DepositUnreadable for anything else, for less than one peso and for not less than what is missing.
    """
    typed, most = text.strip(), missing - Money(1, missing.currency)
    percent = _PERCENT.fullmatch(typed)
    try:
        asked = _part(whole, percent[1]) if percent else Money.parse(typed, whole.currency)
    except UnreadableAmount:
        raise DepositUnreadable(LEAST, most) from None
    if not LEAST.centavos <= asked.centavos <= most.centavos:
        raise DepositUnreadable(LEAST, most)
    return asked


def _part(whole: Money, percent: str) -> Money:
    exact = Decimal(whole.centavos) * Decimal(percent.replace(",", ".")) / 100
    return Money(int(exact.to_integral_value(ROUND_HALF_EVEN)), whole.currency)
