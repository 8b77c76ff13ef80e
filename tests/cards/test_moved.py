"""Card charges and links of the version before come along: nothing is lost, and what is new of them is filled in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.cards.commands import charges_in_doubt
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.cards.queries import charges_of_order
from seguripago.journey.payments.commands import ask_card
from seguripago.journey.payments.commands.confirm import Settlement, confirm_payments
from seguripago.journey.payments.models import Link, Payment
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.payments.rules import phrase
from seguripago.ports.store_secrets import store_secret
from seguripago.values.money import Money
from tests.cases.world import broken_truths
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db
BEFORE = [("cards", None), ("payments", "0006_lighter_indexes")]
PAGE = "https://pasarela.example/pagar/1"


def go(*targets: tuple[str, str | None]) -> MigrationExecutor:
    """Migrate to these; everything of the test happens in its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate(list(targets))
    return MigrationExecutor(connection)


def rows(table: str, columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id")
        return cursor.fetchall()


def by_card(at: datetime, store_id: int) -> tuple[int, int]:
    """An order whose buyer pays by card: (order, payment)."""
    order_id = builders.verified(at, store_id=store_id)
    return order_id, ask_card(order_id, at=at).payment_id


def by_transfer(at: datetime, store_id: int) -> int:
    """The payment of an order that is paid by transfer or link."""
    payment = payment_of(bank.sale(at, store_id=store_id).order_id)
    assert payment is not None
    return payment.id


def receive(payment_id: int, source: str, account: Account, *, at: datetime) -> None:
    """All of the payment's money, as its source brings it."""
    amount = Money(Payment.objects.values_list("amount_centavos", flat=True).get(pk=payment_id))
    confirm_payments([Settlement(payment_id, source, amount, at, account)], by=bank.ANALYST, at=at)


def test_charges_and_links_of_the_version_before_come_along(now: datetime) -> None:
    store_id, other = bank.bank_store(), bank.bank_store()
    paid_order, paid = by_card(now, store_id)
    flying_order, flying = by_card(now, other)
    receive(paid, "charge:901", Account.CARD_GATEWAY, at=now)
    live, changed, linked = by_transfer(now, store_id), by_transfer(now, other), by_transfer(now, store_id)
    receive(linked, "deposit:1", Account.BANK, at=now)
    order_id = Payment.objects.values_list("order_id", flat=True).get(pk=changed)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_order SET pre_invoice_version = 3 WHERE id = %s", [order_id])
    known = broken_truths()
    leaves = MigrationExecutor(connection).loader.graph.leaf_nodes()
    older = go(*BEFORE).loader.project_state([(app, name) for app, name in BEFORE if name]).apps

    charge, link = older.get_model("payments", "CardCharge"), older.get_model("payments", "Link")
    amounts = dict(older.get_model("payments", "Payment").objects.values_list("pk", "amount_centavos"))
    for pk, payment, state, ref, page in (
        (901, paid, "paid", "ch_1", PAGE),
        (902, flying, "declined", "ch_2", PAGE),
        (903, flying, "requires_action", "ch_3", PAGE),
    ):
        charge.objects.create(
            pk=pk, payment_id=payment, gateway="sandbox", key=f"llave-{pk}", ref=ref, state=state,
            amount_centavos=amounts[payment], redirect_url=page, card_label="Visa •••• 4242",
            decline="insufficient_funds" if state == "declined" else "", made_at=now, changed_at=now,
        )  # fmt: skip
    seen = now + timedelta(minutes=5)
    for payment, state, opened in (
        (live, "superseded", None),
        (live, "expired", seen),
        (live, "active", None),
        (changed, "revoked", None),
        (changed, "opened", seen),
        (linked, "paid", seen),
    ):
        store = other if payment == changed else store_id
        link.objects.create(
            payment_id=payment, store_id=store, handle=f"{state}-{payment}", state=state, made_at=now,
            expires_at=now + timedelta(hours=24), first_opened_at=opened,
        )  # fmt: skip
    kept = {
        "card_charge": "id, payment_id, gateway, key, ref, state, amount_centavos, currency, decline, card_label,"
        ' "authorization", made_at, changed_at',
        "payment_link": "id, payment_id, store_id, handle, state, made_at, expires_at, first_opened_at",
        "payment": "id, state, received_centavos, amount_centavos, channel, confirmed_at",
    }
    before = {table: rows(table, columns) for table, columns in kept.items()}

    go(*leaves)

    assert {table: rows(table, columns) for table, columns in kept.items()} == before
    assert [
        (each.store_id, each.captured_centavos, each.installments, each.link_id, each.ask_at, each.next_action)
        for each in CardCharge.objects.order_by("pk")
    ] == [
        (store_id, amounts[paid], 1, None, None, None),
        (other, 0, 1, None, None, None),
        (other, 0, 1, None, now, {"kind": "redirect", "url": PAGE}),
    ]
    assert charges_of_order(paid_order)[0].is_paid
    (action,) = (each.next_action for each in charges_of_order(flying_order) if each.next_action)
    assert action.url == PAGE
    assert charges_in_doubt(at=seen) == ["llave-903"]

    for each in Link.objects.select_related("payment"):
        assert each.amount_centavos == each.target_centavos == each.payment.amount_centavos, each.state
        assert each.order_version == (3 if each.payment_id == changed else 1), each.state
        assert (each.purpose, each.ended_at is None) == ("whole", each.state in ("active", "opened"))
        seed = store_secret(settings.SEGURIPAGO.main_key, "link:phrase", store_by_id(each.store_id).hook_key)
        assert each.phrase == phrase(seed.encode(), each.handle)
        assert len(each.phrase.split()) == 3
    assert broken_truths() == known
