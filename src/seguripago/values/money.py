"""Money as whole centavos. Never a float, rounded once, by name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Self

MXN: Final = "MXN"
_AMOUNT = re.compile(r"(?P<sign>-?)\$?(?P<whole>\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(?P<cents>\d{1,2}))?")


class UnreadableAmount(ValueError):
    """The text is not an amount that can be read with certainty."""


class CurrenciesDiffer(ValueError):
    """Two amounts of different currencies were added or compared."""


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An exact amount: `centavos` (may be negative) in an ISO 4217 `currency`."""

    centavos: int
    currency: str = MXN

    def __post_init__(self) -> None:
        if type(self.centavos) is not int:
            raise TypeError(f"centavos must be an int, not {type(self.centavos).__name__}")

    @classmethod
    def zero(cls, currency: str = MXN) -> Self:
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str = MXN) -> Self:
        """Read `1250`, `1250.5`, `1,250.00` or `$1,250.00`; anything else raises UnreadableAmount."""
        match = _AMOUNT.fullmatch(text.strip())
        if match is None:
            raise UnreadableAmount(text)
        centavos = int(match["whole"].replace(",", "")) * 100 + int((match["cents"] or "").ljust(2, "0"))
        return cls(-centavos if match["sign"] else centavos, currency)

    @classmethod
    def from_decimal(cls, amount: Decimal, currency: str = MXN) -> Self:
        """Take an exact decimal; a fraction of a centavo raises UnreadableAmount instead of being rounded."""
        if not amount.is_finite() or amount.adjusted() > 15:
            raise UnreadableAmount(str(amount))
        centavos = amount * 100
        if centavos != centavos.to_integral_value():
            raise UnreadableAmount(str(amount))
        return cls(int(centavos), currency)

    @classmethod
    def sum(cls, amounts: Iterable[Money], currency: str = MXN) -> Self:
        total = cls.zero(currency)
        for amount in amounts:
            total = total + amount
        return total

    def __add__(self, other: Money) -> Self:
        return type(self)(self.centavos + self._same(other).centavos, self.currency)

    def __sub__(self, other: Money) -> Self:
        return type(self)(self.centavos - self._same(other).centavos, self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.centavos, self.currency)

    def __mul__(self, times: int) -> Self:
        if type(times) is not int:
            raise TypeError("Money is multiplied by whole numbers only")
        return type(self)(self.centavos * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.centavos < self._same(other).centavos

    def __le__(self, other: Money) -> bool:
        return self.centavos <= self._same(other).centavos

    def __gt__(self, other: Money) -> bool:
        return self.centavos > self._same(other).centavos

    def __ge__(self, other: Money) -> bool:
        return self.centavos >= self._same(other).centavos

    def __bool__(self) -> bool:
        return self.centavos != 0

    @property
    def is_zero(self) -> bool:
        return self.centavos == 0

    @property
    def decimal(self) -> Decimal:
        return Decimal(self.centavos).scaleb(-2)

    @property
    def plain(self) -> str:
        """`9135.00`: what a bank's form takes when it is pasted."""
        sign = "-" if self.centavos < 0 else ""
        whole, cents = divmod(abs(self.centavos), 100)
        return f"{sign}{whole}.{cents:02d}"

    def __str__(self) -> str:
        sign = "-" if self.centavos < 0 else ""
        whole, cents = divmod(abs(self.centavos), 100)
        return f"{sign}${whole:,}.{cents:02d}"

    def iva_part(self, basis_points: int = 1600) -> Self:
        """The tax contained in a price that includes it, rounded half-even once to a centavo."""
        exact = Decimal(self.centavos) * basis_points / (10_000 + basis_points)
        return type(self)(int(exact.to_integral_value(ROUND_HALF_EVEN)), self.currency)

    def _same(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise CurrenciesDiffer(f"{self.currency} and {other.currency}")
        return other
