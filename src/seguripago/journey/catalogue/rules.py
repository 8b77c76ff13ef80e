"""Pure decisions about products: what a search means, what may be typed as a product, what falls short."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from seguripago.values.refusal import Refusal

LEAST_WARRANTY_DAYS: Final = 90  # LFPC art. 77: no warranty may be shorter, counted from the delivery.
MOST_PIECES: Final = 9_999
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many pieces of a product."""

    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Short:
    """A product of which fewer pieces are left than wanted. `name` is empty for a product that is not sold here."""

    product_id: int
    name: str
    wanted: int
    available: int


class OutOfStock(Refusal):
    """There are fewer pieces left than wanted; `lines` names every short product and what is left of it."""

    code: ClassVar[str] = "SP-101"

    def __init__(self, lines: Sequence[Short]) -> None:
        self.lines = tuple(lines)
        super().__init__("; ".join(f"{line.name or line.product_id}: {line.available}/{line.wanted}" for line in lines))


class QuantityNotPossible(Refusal):
    """A quantity is not a whole number from 1 to 9,999."""

    code: ClassVar[str] = "SP-102"

    def __init__(self, quantity: int) -> None:
        self.quantity = quantity
        super().__init__(str(quantity))


class ProductNotPossible(Refusal):
    """What was typed cannot be a product; `reason` says why."""

    code: ClassVar[str] = "SP-103"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class StockBelowPromises(Refusal):
    """The stock cannot be counted lower than what is promised to orders already."""

    code: ClassVar[str] = "SP-104"

    def __init__(self, promised: int) -> None:
        self.promised = promised
        super().__init__(str(promised))


def fold(text: str) -> str:
    """Bring text to plain lower-case words without accents: «Café de Olla, 1 kg» → "cafe de olla 1 kg"."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(each))
    return _SEPARATORS.sub(" ", plain).strip()


def prefix_query(text: str) -> str:
    """Turn what a person typed into a tsquery of beginnings of words: "moli xi" → "moli:* & xi:*"."""
    return " & ".join(f"{word}:*" for word in fold(text).split()[:8])


def gathered(wanted: Iterable[Wanted]) -> tuple[Wanted, ...]:
    """Add up repeated products and sort by product, the order in which rows are locked. Raises QuantityNotPossible."""
    pieces: dict[int, int] = {}
    for each in wanted:
        if not 1 <= each.quantity <= MOST_PIECES:
            raise QuantityNotPossible(each.quantity)
        pieces[each.product_id] = pieces.get(each.product_id, 0) + each.quantity
    return tuple(Wanted(product_id, pieces[product_id]) for product_id in sorted(pieces))


def require_sellable(*, price_centavos: int, warranty_days: int, lead_days_min: int, lead_days_max: int) -> None:
    """Raise ProductNotPossible unless the terms of a product can be promised to a buyer."""
    if price_centavos <= 0:
        raise ProductNotPossible("El precio debe ser mayor que cero.")
    if warranty_days < LEAST_WARRANTY_DAYS:
        raise ProductNotPossible("La garantía no puede ser menor a 90 días.")
    if not 0 <= lead_days_min <= lead_days_max:
        raise ProductNotPossible("El tiempo de entrega va de menos a más días.")
