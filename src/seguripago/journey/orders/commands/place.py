"""Place an order: once, however often it is asked for; everything in one transaction."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.catalogue.commands import OutOfStock, ReservedLine, reserve
from seguripago.journey.catalogue.rules import fold
from seguripago.journey.checkout.rules import MOST_LINES, CartFull, PricedLine, Quote, ShippingPolicy, quote
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from ..facts import OrderPlaced
from ..models import Order
from ..rules import DetailsRefused, State, StockState, faults_in, promised_dates, request_hash
from ..sending import sending_of
from ..shapes import PlaceOrder

TRIES: Final = 3
# Order, lines and the first PRE-FACTURA in one statement: this is the hot path. A repeated checkout, number or token
# inserts nothing and returns no row.
_INSERT: Final = """
WITH placed AS (
    INSERT INTO shop_order (
        store_id, number, access_token, checkout_key, request_hash, state, stock_state, preference,
        buyer_name, buyer_email, buyer_phone, billing, shipping, search,
        subtotal_centavos, shipping_centavos, iva_centavos, total_centavos, promised_from, promised_to,
        privacy_version, marketing_opt_in, pre_invoice_version, correction, cancel_reason, shipping_hold,
        placed_at, expires_at
    ) VALUES (
        %(store_id)s, %(number)s, %(access_token)s, %(checkout_key)s, %(request_hash)s, %(state)s, %(stock_state)s,
        %(preference)s, %(buyer_name)s, %(buyer_email)s, %(buyer_phone)s, %(billing)s::jsonb, %(shipping)s::jsonb,
        %(search)s, %(subtotal)s, %(shipping_fee)s, %(iva)s, %(total)s, %(promised_from)s, %(promised_to)s,
        %(privacy_version)s, %(marketing_opt_in)s, 1, '', '', false, %(at)s, %(expires_at)s
    )
    ON CONFLICT DO NOTHING RETURNING id
), lines AS (
    INSERT INTO shop_order_line (
        order_id, position, product_id, sku, name, picture, quantity, unit_centavos, subtotal_centavos, iva_bp,
        iva_centavos, warranty_days, lead_days_min, lead_days_max, sat_product_key, sat_unit_key
    )
    SELECT placed.id, l.* FROM placed, jsonb_to_recordset(%(lines)s::jsonb) AS l(
        position int, product_id bigint, sku text, name text, picture text, quantity int, unit_centavos bigint,
        subtotal_centavos bigint, iva_bp int, iva_centavos bigint, warranty_days int, lead_days_min int,
        lead_days_max int, sat_product_key text, sat_unit_key text
    )
), version AS (
    INSERT INTO pre_invoice (order_id, version, body, issued_at)
    SELECT id, 1, %(body)s::jsonb, %(at)s FROM placed
)
SELECT id FROM placed
"""


class CheckoutAlreadyUsed(Refusal):
    """This checkout placed another order already: the same key came with another request."""

    code: ClassVar[str] = "SP-111"

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id
        super().__init__(str(order_id))


class NumberTaken(Refusal):
    """The number or the token is another order's; draw again."""

    code: ClassVar[str] = "SP-112"

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(number)


class NothingToBuy(Refusal):
    """An order needs at least one line."""

    code: ClassVar[str] = "SP-114"


class PrivacyNoticeMissing(Refusal):
    """An order keeps the version of the privacy notice that its buyer was shown."""

    code: ClassVar[str] = "SP-115"


class _Repeated(Exception):
    """The order was not inserted: something of it exists already."""


def place_order(store_id: int, placing: PlaceOrder, *, at: datetime) -> int:
    """Place the order, hold its stock and announce OrderPlaced; returns its id, the same one for the same request.

    Raises OutOfStock, DetailsRefused, NothingToBuy, CartFull, PrivacyNoticeMissing, CheckoutAlreadyUsed, NumberTaken.
    """
    if not placing.lines:
        raise NothingToBuy
    if len(placing.lines) > MOST_LINES:
        raise CartFull
    if not placing.privacy_version.strip():
        raise PrivacyNoticeMissing
    faults = faults_in(placing.buyer, placing.billing, placing.shipping)
    if faults:
        raise DetailsRefused(faults)
    try:
        return _place_undisturbed(store_id, placing, at)
    except OutOfStock:
        # The last pieces may be this very checkout's, taken by its first request.
        placed = _placed_already(store_id, placing)
        if placed is None:
            raise
        return placed
    except _Repeated:
        placed = _placed_already(store_id, placing)
        if placed is None:
            raise NumberTaken(placing.number) from None
        return placed


def pre_invoice_body(store: StoreView, *, buyer: Any, billing: Any, shipping: Any) -> dict[str, Any]:
    """Freeze what a version of the PRE-FACTURA says besides the lines, which never change."""
    return {
        "buyer": buyer.to_json(),
        "billing": billing.to_json(),
        "shipping": shipping.to_json(),
        "store": {
            "name": store.name,
            "legal_name": store.legal_name,
            "rfc": store.rfc,
            "tax_regime": store.tax_regime,
            "address": store.street_address,
            "postal_code": store.postal_code,
            "phone": store.phone,
            "email": store.email,
        },
    }


def search_text(number: str, *, name: str, email: str, phone: str, concept: str = "") -> str:
    """Write what an order is found by: its number without hyphens, whole and without CM, whose it is, what for."""
    bare = order_number.bare(number)
    return fold(f"{bare} {bare[2:]} {name} {email} {phone} {concept}".rstrip())


def _place_undisturbed(store_id: int, placing: PlaceOrder, at: datetime) -> int:
    """Place the order, again when PostgreSQL ended the transaction to break a circle of locks.

    Placing locks the shelf in one order and cannot begin a circle; a batch that brings several late orders back can.
    """
    for tries_left in reversed(range(TRIES)):
        try:
            with transaction.atomic():
                return _place(store_id, placing, at)
        except OperationalError as error:
            is_in_a_circle = isinstance(error.__cause__, DeadlockDetected)
            if not is_in_a_circle or connection.in_atomic_block or not tries_left:
                raise
    raise AssertionError("the last try returns or raises")


def _place(store_id: int, placing: PlaceOrder, at: datetime) -> int:
    reserved = reserve(store_id, placing.lines)
    store = store_by_id(store_id)
    priced = [PricedLine(line.quantity, line.unit_price, line.iva_bp) for line in reserved]
    price = quote(priced, ShippingPolicy(store.shipping, store.free_shipping_from))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, _parameters(store, placing, reserved, priced, price, at))
        row = cursor.fetchone()
    if row is None:
        raise _Repeated
    order_id = int(row[0])
    publish(OrderPlaced(store_id=store_id, at=at, order_id=order_id, number=placing.number))
    said = {"total": price.total.centavos, "lines": len(reserved), "preference": str(placing.preference)}
    record(store_id, Actor.buyer(placing.buyer.name), "order.placed", f"order:{order_id}", said, at=at)
    return order_id


def _parameters(
    store: StoreView,
    placing: PlaceOrder,
    reserved: Sequence[ReservedLine],
    priced: Sequence[PricedLine],
    price: Quote,
    at: datetime,
) -> dict[str, Any]:
    buyer = placing.buyer
    leads = [(line.lead_days_min, line.lead_days_max) for line in reserved]
    there = placing.shipping.postal_code
    first, last = promised_dates(leads, at, sending=sending_of(store), destination=there)
    body = pre_invoice_body(store, buyer=buyer, billing=placing.billing, shipping=placing.shipping)
    return {
        "store_id": store.id,
        "number": placing.number,
        "access_token": placing.access_token,
        "checkout_key": placing.checkout_key,
        "request_hash": request_hash(placing),
        "state": State.PLACED.value,
        "stock_state": StockState.HELD.value,
        "preference": str(placing.preference),
        "buyer_name": buyer.name.strip(),
        "buyer_email": buyer.email.strip(),
        "buyer_phone": buyer.phone.strip(),
        "billing": json.dumps(body["billing"]),
        "shipping": json.dumps(body["shipping"]),
        "search": search_text(placing.number, name=buyer.name, email=buyer.email, phone=buyer.phone),
        "subtotal": price.subtotal.centavos,
        "shipping_fee": price.shipping.centavos,
        "iva": price.iva.centavos,
        "total": price.total.centavos,
        "promised_from": first,
        "promised_to": last,
        "privacy_version": placing.privacy_version,
        "marketing_opt_in": placing.marketing_opt_in,
        "at": at,
        "expires_at": at + timedelta(hours=store.transfer_hours),
        "lines": json.dumps(_lines(placing, reserved, priced)),
        "body": json.dumps(body),
    }


def _lines(placing: PlaceOrder, reserved: Sequence[ReservedLine], priced: Sequence[PricedLine]) -> list[dict[str, Any]]:
    asked = {wanted.product_id: position for position, wanted in reversed(list(enumerate(placing.lines)))}
    return [
        {
            "position": asked[line.product_id],
            "product_id": line.product_id,
            "sku": line.sku,
            "name": line.name,
            "picture": line.picture,
            "quantity": line.quantity,
            "unit_centavos": line.unit_price.centavos,
            "subtotal_centavos": price.subtotal.centavos,
            "iva_bp": line.iva_bp,
            "iva_centavos": price.iva.centavos,
            "warranty_days": line.warranty_days,
            "lead_days_min": line.lead_days_min,
            "lead_days_max": line.lead_days_max,
            "sat_product_key": line.sat_product_key,
            "sat_unit_key": line.sat_unit_key,
        }
        for line, price in zip(reserved, priced, strict=True)
    ]


def _placed_already(store_id: int, placing: PlaceOrder) -> int | None:
    """Answer the order that this checkout placed, None when it placed none. Raises CheckoutAlreadyUsed."""
    known = Order.objects.filter(store_id=store_id, checkout_key=placing.checkout_key).values_list("pk", "request_hash")
    for order_id, known_hash in known:
        if known_hash != request_hash(placing):
            raise CheckoutAlreadyUsed(order_id)
        return int(order_id)
    return None
