"""The arithmetic of a purchase: every centavo of a quote, with IVA contained."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

SHIPPING_IVA_BP: Final = 1600
MOST_LINES: Final = 60


class NotEnoughLeft(Refusal):
    """The cart cannot hold that many pieces of a product: `available` says how many are left."""

    code: ClassVar[str] = "SP-105"

    def __init__(self, product_id: int, name: str, wanted: int, available: int) -> None:
        self.product_id, self.name, self.wanted, self.available = product_id, name, wanted, available
        super().__init__(f"{name}: {available}/{wanted}")


class NotForSale(Refusal):
    """The product is not on sale in this store."""

    code: ClassVar[str] = "SP-106"

    def __init__(self, product_id: int) -> None:
        self.product_id = product_id
        super().__init__(str(product_id))


class CartFull(Refusal):
    """A cart holds at most 60 different products."""

    code: ClassVar[str] = "SP-107"


@dataclass(frozen=True, slots=True)
class PricedLine:
    """Pieces of one product at one price, IVA contained."""

    quantity: int
    unit_price: Money
    iva_bp: int

    @property
    def subtotal(self) -> Money:
        """Say what the line costs, IVA contained."""
        return self.unit_price * self.quantity

    @property
    def iva(self) -> Money:
        """Say how much of the line is IVA, rounded once a line (Anexo 20: tax is computed per concept)."""
        return self.subtotal.iva_part(self.iva_bp)


@dataclass(frozen=True, slots=True)
class ShippingPolicy:
    """What sending costs, IVA contained; `free_from` zero: it is never free."""

    fee: Money
    free_from: Money


@dataclass(frozen=True, slots=True)
class Quote:
    """What the purchase costs. `subtotal + shipping == total`; `iva` is contained in `total`."""

    subtotal: Money
    shipping: Money
    iva: Money
    total: Money


def quote(lines: Iterable[PricedLine], policy: ShippingPolicy) -> Quote:
    """Add up the lines and the shipping; a purchase of nothing costs nothing."""
    priced = tuple(lines)
    subtotal = Money.sum(line.subtotal for line in priced)
    shipping = shipping_fee(subtotal, policy) if priced else Money.zero()
    iva = Money.sum(line.iva for line in priced) + shipping.iva_part(SHIPPING_IVA_BP)
    return Quote(subtotal, shipping, iva, subtotal + shipping)


def shipping_fee(subtotal: Money, policy: ShippingPolicy) -> Money:
    """Say what sending costs for goods of this price."""
    is_free = not policy.free_from.is_zero and subtotal >= policy.free_from
    return Money.zero() if is_free else policy.fee


def require_left(product_id: int, name: str, *, wanted: int, available: int) -> None:
    """Raise NotEnoughLeft when more is wanted than is left."""
    if wanted > available:
        raise NotEnoughLeft(product_id, name, wanted, available)
