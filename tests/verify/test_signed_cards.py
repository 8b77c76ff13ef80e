"""The bank-details card is signed: anybody compares it at /verificar/, and one changed byte is seen."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.models import Entry
from seguripago.journey.assistance.queries.seals import sealed_cards
from seguripago.journey.orders import commands as orders
from seguripago.values.steps import Preference
from seguripago.web.verify.lookup import Altered, Genuine, NotFound, Row, look_up
from tests.assistance.builders import ALL, Shop, hear, open_shop, pay, place, say, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def details_sent(shop: Shop, at: datetime, *, turn: int = 1, token: str = "t1") -> tuple[int, Entry]:
    """A conversation of Beto's in which bank details went out, and their entry."""
    chat_id = start(shop, at=at, token=token)
    bought = place(shop, at=at, turn=turn)
    chat.take(chat_id, shop.beto, at=at)
    say(chat_id, bought.number, at=at)
    chat.confirm_all(chat_id, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(chat_id, at=at)
    chat.send_bank_details(chat_id, by=shop.by_beto, at=at)
    return chat_id, Entry.objects.get(conversation_id=chat_id, kind="card", body__card="bank_details")


def code_of(chat_id: int) -> str:
    view = reading.conversation(chat_id)
    assert view is not None
    return view.code


def tamper(entry: Entry, **changed: Any) -> None:
    """Change a kept card behind everybody's back, as only somebody inside the database could."""
    body = entry.body | changed
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE assistance_entry DISABLE TRIGGER assistance_entry_is_append_only")
        cursor.execute("UPDATE assistance_entry SET body = %s WHERE id = %s", [json.dumps(body), entry.pk])
        cursor.execute("ALTER TABLE assistance_entry ENABLE TRIGGER assistance_entry_is_append_only")


def rows_of(found: object) -> dict[str, object]:
    assert isinstance(found, Genuine)
    return {row.name: row.value for row in found.rows if isinstance(row, Row)}


def test_the_card_is_known_by_both_codes_and_by_its_clabe(now: datetime) -> None:
    shop = open_shop()
    talk, entry = details_sent(shop, now)
    code, check, clabe = code_of(talk), entry.body["check_code"], entry.body["clabe"]
    for typed in (f"{code} {check}", f"{code.lower()} {check.lower()}", f"{check} {code}", f"{code} {clabe}"):
        said = rows_of(look_up(typed))
        assert said["Tienda"] == "Sierra Alta Café"
        assert said["Te atiende"] == "Beto · A-" + str(shop.store_id) + "1"
        assert said["Estado"] == "Vigente"
        assert str(said["Monto"]) == "$9,135.00"
        assert clabe not in str(said)
        assert "Lucía" not in str(said)


def test_codes_of_nobody_or_of_another_conversation_are_simply_not_ours(now: datetime) -> None:
    shop = open_shop()
    talk, entry = details_sent(shop, now)
    other, other_entry = details_sent(shop, now, turn=2, token="t2")
    assert code_of(talk) != code_of(other)
    for typed in (
        code_of(talk),
        f"{code_of(talk)} {other_entry.body['check_code']}",
        f"{code_of(talk)} {other_entry.body['clabe']}",
        f"{code_of(talk)} 646180115700294217",
        f"AAA-AAA {entry.body['check_code']}",
        entry.body["check_code"],
        f"{code_of(talk)} A-999",
    ):
        assert isinstance(look_up(typed), NotFound), typed


@pytest.mark.parametrize(
    "field", ["clabe", "bank", "beneficiary", "amount_centavos", "concept", "number", "expires_at", "reference"]
)
def test_one_changed_byte_of_what_was_said_breaks_the_signature(now: datetime, field: str) -> None:
    shop = open_shop()
    talk, entry = details_sent(shop, now)
    value = entry.body[field]
    changed: Any = value + 1 if isinstance(value, int) else value[:-1] + ("1" if value[-1:] != "1" else "2")
    if field == "expires_at":
        changed = (datetime.fromisoformat(value) + timedelta(seconds=1)).isoformat()
    tamper(entry, **{field: changed})
    assert isinstance(look_up(f"{code_of(talk)} {entry.body['check_code']}"), Altered)


def test_one_changed_byte_of_the_signature_is_seen(now: datetime) -> None:
    shop = open_shop()
    talk, entry = details_sent(shop, now)
    raw = base64.b64decode(entry.body["signature"])
    for place_ in range(0, len(raw), 7):
        forged = bytes([*raw[:place_], raw[place_] ^ 1, *raw[place_ + 1 :]])
        tamper(entry, signature=base64.b64encode(forged).decode())
        found = sealed_cards(code_of(talk), check_code=entry.body["check_code"], at=now)
        assert [card.is_genuine for card in found] == [False]
    tamper(entry, signature="not base64 at all")
    assert isinstance(look_up(f"{code_of(talk)} {entry.body['check_code']}"), Altered)


def test_a_card_cannot_be_moved_into_another_conversation(now: datetime) -> None:
    shop = open_shop()
    _talk, entry = details_sent(shop, now)
    other, other_entry = details_sent(shop, now, turn=2, token="t2")
    tamper(other_entry, **entry.body)
    assert isinstance(look_up(f"{code_of(other)} {entry.body['check_code']}"), Altered)


def test_details_that_were_retired_are_said_to_be(client: Client, now: datetime) -> None:
    shop = open_shop()
    talk, entry = details_sent(shop, now)
    order_id = entry.body["order_id"]
    orders.change_preference(order_id, Preference.LINK, by=shop.by_beto, at=now)
    chat.send_link(talk, token="x" * 43, by=shop.by_beto, at=now)
    found = look_up(f"{code_of(talk)} {entry.body['check_code']}")
    assert rows_of(found)["Estado"] == "Retirados"
    page = client.get("/verificar/", {"q": f"{code_of(talk)} {entry.body['check_code']}"}).content.decode()
    assert "ya se retiraron: no transfieras" in page
    assert entry.body["clabe"] not in page


def test_details_that_were_paid_say_so(now: datetime) -> None:
    shop = open_shop()
    talk, entry = details_sent(shop, now)
    pay(entry.body["order_id"], at=now)
    hear(at=now)
    assert rows_of(look_up(f"{code_of(talk)} {entry.body['check_code']}"))["Estado"] == "Transferencia recibida"


def test_an_analyst_and_a_conversation_belong_together_or_not(now: datetime) -> None:
    shop = open_shop()
    talk, _entry = details_sent(shop, now)
    beto, sofia = f"A-{shop.store_id}1", f"A-{shop.store_id}2"
    said = look_up(f"{beto} {code_of(talk)}")
    assert rows_of(said)["Nombre"] == "Beto"
    assert isinstance(look_up(f"{sofia} {code_of(talk)}"), NotFound)
    chat.transfer(talk, shop.sofia, "", by=shop.by_beto, at=now)
    assert rows_of(look_up(f"{sofia} {code_of(talk)}"))["Nombre"] == "Sofía"
    before = look_up(f"{beto} {code_of(talk)}")
    assert isinstance(before, Genuine)
    assert before.tone == "warn"
