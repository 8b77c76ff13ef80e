"""The verbs of a cart: put in, set how many, empty it, keep what was typed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from seguripago.journey.catalogue import queries as catalogue
from seguripago.journey.catalogue.rules import MOST_PIECES, QuantityNotPossible
from seguripago.values.card_numbers import holds_card_number

from .models import Cart, CartLine
from .rules import MOST_LINES, CartFull, NotForSale, require_left
from .rules import NotEnoughLeft as NotEnoughLeft


def put_in_cart(store_id: int, token: str, product_id: int, quantity: int, *, at: datetime) -> None:
    """Add pieces of a product to the cart. Raises NotEnoughLeft (nothing changes), NotForSale, CartFull."""
    with transaction.atomic():
        cart = _cart(store_id, token, at=at)
        held = CartLine.objects.filter(cart=cart, product_id=product_id).values_list("quantity", flat=True).first() or 0
        _put(cart, product_id, held + quantity if quantity > 0 else quantity)


def set_quantity(store_id: int, token: str, product_id: int, quantity: int, *, at: datetime) -> None:
    """Say how many pieces of a product the cart holds; 0 takes it out. Raises like put_in_cart."""
    with transaction.atomic():
        cart = _cart(store_id, token, at=at)
        if quantity == 0:
            CartLine.objects.filter(cart=cart, product_id=product_id).delete()
        else:
            _put(cart, product_id, quantity)


def take_what_is_left(store_id: int, token: str, *, at: datetime) -> None:
    """Lower every line to what is left of its product, and take out those of which nothing is."""
    with transaction.atomic():
        cart = _cart(store_id, token, at=at)
        lines = list(CartLine.objects.filter(cart=cart))
        cards = catalogue.products_by_id(store_id, [line.product_id for line in lines])
        for line in lines:
            left = cards[line.product_id].available
            if left == 0:
                line.delete()
            elif left < line.quantity:
                CartLine.objects.filter(pk=line.pk).update(quantity=left)


def empty_cart(store_id: int, token: str, *, at: datetime, details: Mapping[str, Any] | None = None) -> None:
    """Take everything out and begin the next purchase; what was typed stays for it, or `details` in its place.

    One statement: it runs after every order that is placed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH emptied AS (
                UPDATE cart SET cycle = cycle + 1, updated_at = %s, details = coalesce(%s::jsonb, details)
                WHERE store_id = %s AND token = %s RETURNING id
            )
            DELETE FROM cart_line USING emptied WHERE cart_line.cart_id = emptied.id
            """,
            [at, None if details is None else json.dumps(_without_cards(details)), store_id, token],
        )


def keep_details(store_id: int, token: str, details: Mapping[str, Any], *, at: datetime) -> None:
    """Keep what the buyer typed so far, so that a closed tab loses nothing."""
    with transaction.atomic():
        cart = _cart(store_id, token, at=at)
        Cart.objects.filter(pk=cart.pk).update(details=_without_cards(details))


def forget_old_carts(at: datetime, *, days: int = 90) -> int:
    """Delete carts that nobody touched for so many days, with what was typed in them. Returns how many."""
    with transaction.atomic():
        old = list(Cart.objects.filter(updated_at__lt=at - timedelta(days=days)).values_list("pk", flat=True)[:1000])
        CartLine.objects.filter(cart_id__in=old).delete()
        Cart.objects.filter(pk__in=old).delete()
    return len(old)


def forget_details(cart_ids: Collection[int]) -> int:
    """Blank what was typed in these carts; the pieces in them stay. Returns how many were blanked."""
    return Cart.objects.filter(pk__in=list(cart_ids)).exclude(details={}).update(details={})


def _cart(store_id: int, token: str, *, at: datetime) -> Cart:
    """Lock the cart of this browser, making it when it is new."""
    [cart] = Cart.objects.bulk_create(
        [Cart(store_id=store_id, token=token, updated_at=at)],
        update_conflicts=True,
        unique_fields=["token", "store"],
        update_fields=["updated_at"],
    )
    return cart


def _put(cart: Cart, product_id: int, quantity: int) -> None:
    if not 1 <= quantity <= MOST_PIECES:
        raise QuantityNotPossible(quantity)
    card = catalogue.products_by_id(cart.store_id, [product_id]).get(product_id)
    if card is None or not card.is_listed:
        raise NotForSale(product_id)
    require_left(product_id, card.name, wanted=quantity, available=card.available)
    if CartLine.objects.filter(cart=cart).exclude(product_id=product_id).count() >= MOST_LINES:
        raise CartFull
    CartLine.objects.update_or_create(cart=cart, product_id=product_id, defaults={"quantity": quantity})


def _without_cards(details: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without the fields that hold a card number: it is kept nowhere."""
    return {name: "" if isinstance(said, str) and holds_card_number(said) else said for name, said in details.items()}
