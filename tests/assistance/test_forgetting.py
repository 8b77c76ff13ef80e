"""Conversations are forgotten when their time is over: nothing personal stays, nothing that lives is touched."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from seguripago.foundations.audit.queries import history
from seguripago.foundations.stores.models import Store
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import WayBackOver, forgetting
from seguripago.journey.assistance.models import Conversation, Entry
from seguripago.journey.orders import commands as orders
from tests.assistance.builders import open_shop, place, say, start

pytestmark = pytest.mark.django_db

YEARS = timedelta(days=2 * 366)


def skeleton(talk: int) -> list[tuple[object, ...]]:
    rows = Entry.objects.filter(conversation_id=talk).order_by("seq")
    return list(rows.values_list("seq", "kind", "author_kind", "author_id", "client_id", "visibility", "closes", "at"))


def test_after_its_time_texts_and_personal_data_are_gone_and_the_bones_stay(at: datetime) -> None:
    shop = open_shop()
    talk = start(shop, at=at, phone="55 5012 8846", question="Soy Lucía y vivo en Orizaba 127")
    chat.take(talk, shop.beto, at=at)
    chat.reply(talk, shop.beto, "Hola, Lucía", client_id=uuid.uuid4(), seen_seq=9, at=at)
    before, seq = skeleton(talk), Conversation.objects.get(pk=talk).seq
    assert chat.forget_old(at + timedelta(days=700)) == 0
    assert chat.forget_old(at + YEARS) == 1
    assert chat.forget_old(at + YEARS) == 0
    assert skeleton(talk) == before
    row = Conversation.objects.get(pk=talk)
    assert (row.seq, row.state, row.forgotten_at) == (seq, "resolved", at + YEARS)
    kept = str(row.__dict__) + str(list(Entry.objects.filter(conversation_id=talk).values()))
    for personal in ("Lucía", "lucia", "5012", "Orizaba", "Hola"):
        assert personal not in kept
    assert all(len(entry.body["sha256"]) == 64 for entry in Entry.objects.filter(conversation_id=talk))
    assert reading.conversation_by_token("t1") is None
    assert {entry.text for entry in reading.entries(talk)} == {
        "Este mensaje se borró al terminar su plazo de conservación."
    }
    told = [entry.action for entry in history(shop.store_id, f"conversation:{talk}")]
    assert told.count("conversation.forgotten") == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inv_chat_numbers_have_gaps")
        assert cursor.fetchone() == (0,)


def test_no_way_back_leads_into_a_forgotten_conversation(at: datetime) -> None:
    shop = open_shop()
    talk = start(shop, at=at)
    chat.make_way_back(talk, token="correo-1", at=at)
    chat.come_back(shop.store_id, "correo-1", browser_token="otro-navegador", at=at)
    chat.make_way_back(talk, token="correo-2", at=at + YEARS)
    assert reading.conversation_by_token("otro-navegador") is not None
    assert chat.forget_old(at + YEARS) == 1
    for token in ("t1", "otro-navegador", f"forgotten:{talk}"):
        assert reading.conversation_by_token(token) is None
    with pytest.raises(WayBackOver):
        chat.come_back(shop.store_id, "correo-2", browser_token="tercero", at=at + YEARS)


def test_orders_that_live_on_for_years_keep_nothing_behind_them(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 1)
    shop = open_shop()
    for turn in range(1, 6):
        bought = place(shop, at=at, turn=turn)
        say(start(shop, at=at, own=(bought.access_token,), token=f"living-{turn}"), bought.number, at=at)
    over = start(shop, at=at + timedelta(seconds=1), token="over")
    assert chat.forget_old(at + YEARS) == 1
    assert Conversation.objects.get(pk=over).forgotten_at is not None


def test_a_store_may_keep_less_and_only_its_own_are_forgotten(at: datetime) -> None:
    shop, other = open_shop(), open_shop("otra-tienda")
    Store.objects.filter(pk=shop.store_id).update(chat_months=6)
    mine, theirs = start(shop, at=at), start(other, at=at, token="t2")
    assert chat.forget_old(at + timedelta(days=200)) == 1
    assert Conversation.objects.get(pk=mine).forgotten_at is not None
    assert Conversation.objects.get(pk=theirs).forgotten_at is None


def test_what_belongs_to_a_living_order_waits_for_its_end(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    say(talk, bought.number, at=at)
    assert chat.forget_old(at + YEARS) == 0
    orders.cancel_order(bought.id, by=shop.by_beto, reason="prueba", at=at + YEARS)
    assert chat.forget_old(at + YEARS) == 1


def _sneak(talk: int, change: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('seguripago.forgetting', 'on', true)")
        cursor.execute(f"UPDATE assistance_entry SET {change} WHERE conversation_id = %s", [talk])


@pytest.mark.parametrize(
    "change", ['body = \'{"text": "otra cosa"}\'', "author_name = 'X'", "body = assistance_forgotten(body), seq = 99"]
)
def test_the_switch_for_forgetting_lets_nothing_else_through(at: datetime, change: str) -> None:
    talk = start(open_shop(), at=at)
    with pytest.raises(DatabaseError, match="append-only"):
        _sneak(talk, change)


def test_without_the_switch_nothing_is_forgotten_by_accident(at: datetime) -> None:
    talk = start(open_shop(), at=at)
    rows = Entry.objects.filter(conversation_id=talk)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(author_name="")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.delete()
