"""A crowd: hundreds of thousands of orders that wait for their transfer, or whose deposit was applied, in seconds.

    made = crowd(store_id, open_payments=1_000_000, deposits=100_000)
    made.open_orders, made.paid_orders, made.deposits     # ranges of ids
    waiting(made, 200)                                    # (order id, CLABE, amount), evenly from all of them

One order is sold by the rooms' own commands, one is paid through the bank's own door; the others are copies of their
rows with other ids, numbers, CLABEs, amounts and moments, written by SQL. So every table, constraint and `inv_*` view
is respected, whatever columns it has. The store must know its sandbox bank's secret when deposits are asked for. Nobody
else may write meanwhile; afterwards everybody may, the CLABEs are really given out.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from bench import world
from bench.crowd_rows import TABLES, Model, bare, copy_deposit, copy_order, forget_facts, members
from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, signed_notice
from seguripago.config import wiring
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.stores.queries import feed_secrets, store_by_id
from seguripago.journey.bank.commands import keep_notice, read_notices
from seguripago.journey.catalogue.commands import add_product
from seguripago.journey.catalogue.queries import products_by_id
from seguripago.journey.payments.queries import payment_of
from seguripago.values.money import Money

A_DAY: timedelta = timedelta(days=1)
MANY = 20_000
"""From here on it pays to make indexes and foreign keys again instead of keeping them row by row."""
MONEY_LANES = ("reconciliation", "reconciliation_alarms")


@dataclass(frozen=True, slots=True)
class Crowd:
    """What was made, as ranges of ids: orders that wait, orders that were paid, and their deposits."""

    store_id: int
    open_orders: range
    paid_orders: range
    deposits: range


def crowd(
    store_id: int,
    *,
    open_payments: int = 0,
    deposits: int = 0,
    spacing: timedelta = A_DAY / 100_000,
    facts: bool = False,
) -> Crowd:
    """Add so many orders that wait for their transfer and so many that were paid by one, and analyse the tables.

    Deposits lie `spacing` apart, the newest now. With `facts`, each order brings the facts of its model, numbered, as
    if every listener had read them; no worker may run then.
    """
    card = products_by_id(store_id, [_product(store_id, open_payments + deposits + 2)])
    (product,) = card.values()
    waiting_model = _sold(store_id, product) if open_payments else None
    paid_model = _paid(store_id, product) if deposits else None
    if facts:
        _hear_everything()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        with bare(cursor, TABLES if open_payments + deposits >= MANY else ()):
            waits, pays, settled = range(0), range(0), range(0)
            if waiting_model:
                waits = members(cursor, store_id, open_payments, timedelta(0))
                copy_order(cursor, waiting_model, facts=facts)
            if paid_model:
                pays = members(cursor, store_id, deposits, spacing)
                copy_order(cursor, paid_model, facts=facts)
                settled = copy_deposit(cursor, paid_model)
        cursor.execute(
            "UPDATE product SET reserved = reserved + %s, sold = sold + %s WHERE id = %s",
            [open_payments, deposits, product.id],
        )
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename = ANY(%s)", [TABLES])
        cursor.execute("ANALYZE " + ", ".join(name for (name,) in cursor.fetchall()))
        if facts:
            forget_facts(cursor)
    return Crowd(store_id, waits, pays, settled)


def waiting(made: Crowd, count: int) -> tuple[tuple[int, str, str], ...]:
    """`count` orders that wait, evenly from the whole crowd: (order id, CLABE, amount)."""
    step = max(1, len(made.open_orders) // count)
    chosen = list(made.open_orders[::step][:count])
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.order_id, i.clabe, p.amount_centavos
            FROM payment p JOIN transfer_instructions i ON i.payment_id = p.id
            WHERE p.order_id = ANY(%s) ORDER BY p.order_id
            """,
            [chosen],
        )
        return tuple((order_id, clabe, Money(centavos).plain) for order_id, clabe, centavos in cursor.fetchall())


def _product(store_id: int, stock: int) -> int:
    mark = secrets.token_hex(4)
    return add_product(
        store_id,
        sku=f"CROWD-{mark}",
        slug=f"multitud-{mark}",
        name="Café de la multitud",
        kind="Café",
        price=Money(120_000),
        stock=stock,
        warranty_days=90,
        lead_days_min=2,
        lead_days_max=4,
        sat_product_key="50201706",
    )


def _sold(store_id: int, product: world.ProductCard) -> Model:
    (sold,) = world.awaited(store_id, (product,), 1)
    payment = payment_of(sold.order_id)
    assert payment is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM shop_order WHERE id = %s", [sold.order_id])
        return Model(sold.order_id, payment.id, cursor.fetchone()[0])


def _paid(store_id: int, product: world.ProductCard) -> Model:
    """Sell one more and pay it through the bank's own door; the worker's money lane is turned here if nobody does."""
    sold = _sold(store_id, product)
    payment, at = payment_of(sold.order_id), datetime.now(UTC)
    assert payment is not None
    assert payment.instructions is not None
    key = f"CROWD{secrets.token_hex(8).upper()}"
    transfer = SandboxTransfer(
        bank_id=sold.order_id,
        clabe=payment.instructions.clabe,
        amount_text=payment.amount.plain,
        tracking_key=key,
        operation_date=at.date(),
        settled_at=at,
    )
    sent = signed_notice(transfer, feed_secrets(store_id)["sandbox"], message_id=f"msg_{key}", at=at)
    hook_key = store_by_id(store_id).hook_key
    answer = keep_notice(
        "sandbox", hook_key, body=sent.body, headers=sent.headers, remote_address="127.0.0.1", at=datetime.now(UTC)
    )
    assert answer is not None
    assert answer[0] == 200
    while (seen := payment_of(sold.order_id)) is not None and not seen.is_confirmed:
        read_notices(at=datetime.now(UTC))
        number_facts()
        for listener in wiring.listeners():
            if listener.name in MONEY_LANES:
                listen_once(listener, at=datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT d.id, a.notice_id FROM deposit d JOIN deposit_attestation a ON a.deposit_id = d.id
            WHERE d.store_id = %s AND d.tracking_key = %s
            """,
            [store_id, key],
        )
        deposit_id, notice_id = cursor.fetchone()
    return Model(sold.order_id, sold.payment_id, sold.number, deposit_id, notice_id)


def _hear_everything() -> None:
    """Let every listener read what there is, so that its cursor may be moved."""
    while number_facts() or sum(listen_once(listener, at=datetime.now(UTC)) for listener in wiring.listeners()):
        pass
