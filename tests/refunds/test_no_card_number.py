"""No card number is kept: not typed in a field, not as a token, not in a notice; nowhere in the database or on disk."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from seguripago.journey.cards.commands import start_card_charge
from seguripago.journey.cards.commands.charging import CardWish
from seguripago.journey.cards.models import CardCharge
from seguripago.journey.cards.refusals import CardNumberRefused
from seguripago.journey.orders.models import Order
from seguripago.values.card_numbers import holds_card_number
from tests.evidence.files import pdf
from tests.orders import builders
from tests.refunds.world import Loopback, charged, decided, hear
from tests.shop.buyers import FISCAL, TYPED, a_product, a_store, buy, page_of, put_in_cart, send, the_form
from tests.web.addresses import table
from tests.web.test_every_address import FIELDS, World, address, now, world

__all__ = ["now", "world"]
pytestmark = pytest.mark.django_db

NUMBERS = ("4242424242424242", "5555-5555-5555-4444", "3782 822463 10005", "4000.0000.0000.9995", "6011000990139424")
SCAN = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'
      AND data_type IN ('text', 'character varying', 'json', 'jsonb', 'bytea', 'ARRAY')
"""
NOT_OURS = {"django_session", "django_migrations"}
LEFT_BY_OTHERS: frozenset[Path] = frozenset()
TYPED_DIGITS = {re.sub(r"\D", "", each) for each in NUMBERS}


def everything_kept() -> Iterator[tuple[str, str]]:
    """Every text of the database, by the name of its column, and the name of every file that was uploaded."""
    with connection.cursor() as cursor:
        cursor.execute(SCAN)
        for table_name, column, kind in cursor.fetchall():
            said = f"""encode("{column}", 'escape')""" if kind == "bytea" else f'"{column}"::text'
            cursor.execute(f'SELECT DISTINCT {said} FROM "{table_name}" WHERE "{column}" IS NOT NULL')
            for (text,) in cursor.fetchall():
                yield f"{table_name}.{column}", text
    for path in uploaded():
        yield path.name, path.name


@pytest.fixture(autouse=True)
def _other_tests_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder of data outlives a test: what others left there is not this one's."""
    monkeypatch.setattr(f"{__name__}.LEFT_BY_OTHERS", frozenset(uploaded()))


def uploaded() -> list[Path]:
    """The files that this test left."""
    there = Path(settings.SEGURIPAGO.data_dir).rglob("*")
    return [path for path in there if path.is_file() and path not in LEFT_BY_OTHERS]


def leaks(*, log: str = "") -> list[str]:
    """Where a number that was typed is kept, in whatever grouping, or another one that is a card's."""
    found = []
    for where, text in [*everything_kept(), ("log", log)]:
        digits = re.sub(r"[\s.\-–—·/_|*+,]", "", text)
        if any(each in digits for each in TYPED_DIGITS) or (where.split(".")[0] not in NOT_OURS and _is_one(text)):
            found.append(f"{where}: {text[:80]}")
    for path in uploaded():
        # In a file any offset can look like a card's number, a CEP's table of contents does: what was typed is sought.
        inside = re.sub(rb"[^0-9]", b"", path.read_bytes())
        if any(each.encode() in inside for each in TYPED_DIGITS):
            found.append(f"{path.name}: its contents")
    return found


def _is_one(text: str) -> bool:
    return len(text) < 20_000 and holds_card_number(text)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("4242424242424242", True),
        ("mi tarjeta es 4242 4242 4242 4242, vence 12/29", True),
        ("5555-5555-5555-4444", True),
        ("3782 822463 10005", True),
        ("tok_4242424242424242", True),
        ("12-4242-4242-4242-4242-abc", True),
        ("\u0664242424242424242", True),
        ("646180115700000006", False),
        ("4242424242424241", False),
        ("tok_1NxAbC9dEfGh2iJkLmNoPq", False),
        ("a4242424242424242b", False),
        ("55 5012 8846 y 55 5012 8847", False),
        ("2026-11-22 10:30:00.123456", False),
    ],
)
def test_what_a_card_number_looks_like(text: str, is_one: bool) -> None:
    assert holds_card_number(text) is is_one


def test_a_token_that_is_a_card_number_charges_nothing_and_is_kept_nowhere(
    at: datetime, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    order_id = builders.verified(at)
    for number in NUMBERS:
        for wish in (
            CardWish(key=f"{order_id}-{'k' * 20}", return_url="", token=number),
            CardWish(key=f"{order_id}-{re.sub(r'[^0-9]', '', number)}", return_url="", token="tok_fine"),
            CardWish(key=f"{order_id}-{'k' * 20}", return_url="", token="tok_fine", device_session_id=number),
        ):
            with pytest.raises(CardNumberRefused):
                start_card_charge(order_id, wish, at=at)
    assert not CardCharge.objects.exists()
    assert leaks(log=caplog.text) == []


def test_typed_in_any_field_of_the_checkout_it_is_refused_and_not_kept(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = a_store()
    product = a_product(store)
    put_in_cart(client, store, product)
    form = the_form(client, store)
    for place, field in enumerate([*TYPED, *FISCAL]):
        answer = send(client, store, **{**TYPED, **FISCAL, **form, field: NUMBERS[place % len(NUMBERS)]})
        if answer.status_code == 302:
            # A box that is ticked by any word: the order is placed, and the next one begins.
            put_in_cart(client, store, product)
            form = the_form(client, store)
    assert leaks(log=caplog.text) == []


def test_typed_on_the_order_page_and_in_the_chat_it_is_not_kept(
    at: datetime, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    store = a_store()
    put_in_cart(client, store, a_product(store))
    page = page_of(buy(client, store))
    for number in NUMBERS:
        client.post(f"{page}corregir/", {"text": f"Mi tarjeta es {number}"})
        client.post(f"{page}tarjeta/", {"token": number, "key": number, "device_session_id": number})
        client.post(f"{page}ya-transferi/", {"bank": number, "date": number, "tracking_key": number})
        paper = SimpleUploadedFile(f"{number}.pdf", pdf(), "application/pdf")
        client.post(f"{page}comprobante/", {"file": paper})
    hear(at)
    assert leaks(log=caplog.text) == []


def test_in_every_field_of_every_address_that_strangers_and_buyers_reach_it_is_not_kept(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    fields = sorted(set(all_fields()))
    assert len(fields) > 40
    for place, route in enumerate(table()):
        number = NUMBERS[place % len(NUMBERS)]
        for name in ("stranger", "buyer"):
            world.browsers[name].post(
                address(route, world.ids), dict.fromkeys(fields, number), headers={"Origin": "http://testserver"}
            )
    assert leaks(log=caplog.text) == []


def test_a_notice_that_carries_one_is_refused_unread(at: datetime, client: Client) -> None:
    there = charged(at)
    for number in NUMBERS:
        for gateway in ("sandbox", "stripe", "mercado_pago", "conekta", "openpay"):
            url = f"/hooks/card/{gateway}/hook-{there.store_id}/"
            body = {"id": number, "type": number, "data": {"object": {"id": number, "number": number}}}
            assert client.post(url, body, content_type="application/json").status_code in {400, 404}
    assert leaks() == []


def test_card_payments_and_refunds_leave_the_last_four_digits_only(
    at: datetime, gateway: Loopback, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    there = charged(at)
    decided(there, at, "10", reason=f"Faltó {uuid4()}")
    hear(at)
    assert CardCharge.objects.get(pk=there.charge_id).card_label == "Visa •••• 4242"
    assert leaks(log=caplog.text) == []


def all_fields() -> Iterator[str]:
    """Every name that a view asks a form for."""
    for path in (Path(__file__).parents[2] / "src/seguripago/web").rglob("*.py"):
        yield from FIELDS.findall(path.read_text())


def test_the_search_finds_what_is_kept(at: datetime) -> None:
    there = charged(at)
    Order.objects.filter(pk=there.order_id).update(buyer_name="Lucía 4242 4242 4242 4242")
    paper = Path(settings.SEGURIPAGO.data_dir) / "a-paper"
    paper.write_bytes(b"%PDF-1.3 5555-5555-5555-4444")
    try:
        assert [each.split(":")[0] for each in leaks()] == ["shop_order.buyer_name", "a-paper"]
    finally:
        paper.unlink()
