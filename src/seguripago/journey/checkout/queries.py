"""What screens read of a cart."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.catalogue.queries import ProductCard, products_by_id
from seguripago.values.contact import Contact
from seguripago.values.money import Money

from .models import Cart, CartLine
from .rules import PricedLine, ShippingPolicy, quote


@dataclass(frozen=True, slots=True)
class CartLineView:
    """A line of the cart. `is_short`: fewer pieces are left now than it holds."""

    product: ProductCard
    quantity: int
    subtotal: Money

    @property
    def is_short(self) -> bool:
        """Say whether the shelf has less than the line."""
        return self.quantity > self.product.available


@dataclass(frozen=True, slots=True)
class CartView:
    """A cart with its quote. All amounts contain IVA; `iva` says how much. `count` counts pieces.

    `checkout_key` is the same for every tab and every press until the cart is emptied; `missing_for_free_shipping` is
    zero when sending is free already or never is.
    """

    lines: tuple[CartLineView, ...]
    subtotal: Money
    shipping: Money
    total: Money
    iva: Money
    count: int
    details: Mapping[str, Any]
    checkout_key: str
    missing_for_free_shipping: Money

    @property
    def is_short(self) -> bool:
        """Say whether some line holds more than is left."""
        return any(line.is_short for line in self.lines)


def cart(store_id: int, token: str) -> CartView:
    """Answer the cart of this browser with its quote; an unknown one is empty."""
    row = Cart.objects.filter(store_id=store_id, token=token).first()
    held = list(CartLine.objects.filter(cart=row).order_by("pk").values_list("product_id", "quantity")) if row else []
    cards = products_by_id(store_id, [product_id for product_id, _ in held])
    lines = tuple(
        CartLineView(cards[product_id], quantity, cards[product_id].price * quantity) for product_id, quantity in held
    )
    policy = shipping_policy(store_id)
    priced = quote([PricedLine(line.quantity, line.product.price, line.product.iva_bp) for line in lines], policy)
    is_paid_shipping = bool(lines) and not policy.free_from.is_zero and not priced.shipping.is_zero
    return CartView(
        lines=lines,
        subtotal=priced.subtotal,
        shipping=priced.shipping,
        total=priced.total,
        iva=priced.iva,
        count=sum(line.quantity for line in lines),
        details=row.details if row else {},
        checkout_key=checkout_key(token, row.cycle if row else 0),
        missing_for_free_shipping=policy.free_from - priced.subtotal if is_paid_shipping else Money.zero(),
    )


def pieces_in_cart(store_id: int, token: str) -> int:
    """Count the pieces in the cart, for the header of every page."""
    return sum(CartLine.objects.filter(cart__store_id=store_id, cart__token=token).values_list("quantity", flat=True))


def shipping_policy(store_id: int) -> ShippingPolicy:
    """Answer what the store asks for sending."""
    store = store_by_id(store_id)
    return ShippingPolicy(store.shipping, store.free_shipping_from)


def checkout_key(token: str, cycle: int) -> str:
    """Name one purchase of one cart without giving the cart's token away."""
    return hashlib.sha256(f"checkout:{token}:{cycle}".encode()).hexdigest()[:40]


def details_of_buyer(store_id: int, contact: Contact) -> tuple[tuple[int, dict[str, Any]], ...]:
    """What one person typed at the checkouts of this store: the cart's id and the fields. It reads every cart."""
    rows = Cart.objects.filter(store_id=store_id).exclude(details={}).order_by("pk").values_list("pk", "details")
    return tuple(
        (pk, typed) for pk, typed in rows if contact.is_of(str(typed.get("email", "")), str(typed.get("phone", "")))
    )
