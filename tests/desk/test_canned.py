"""Saved replies: whose they are, what they may say, how they are filled, who writes them."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.audit.models import AuditEntry
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.rules.canned import SUGGESTED, VARIABLES, fill, variables_of, wrong_in_canned
from tests.assistance.builders import Shop, open_shop, place, say
from tests.desk.test_desk import attended, beto_enters, enter

NOW = timezone.now()
LIST = "/oficina/respuestas/"


def sofia_enters() -> Client:
    return enter("sofia@sierra-alta.test")


def write(shop: Shop, command: str, text: str, at: datetime = NOW) -> int:
    wanted = chat.WriteCannedReply(command, "Título", text)
    return chat.write_canned_reply(shop.store_id, wanted, by=shop.by_sofia, at=at)


def test_a_variable_without_a_value_stays_and_is_named() -> None:
    text, missing = fill("Hola, {nombre}: {PEDIDO} por {monto}", {"nombre": "Lucía", "monto": "$10.00"})
    assert text == "Hola, Lucía: {PEDIDO} por $10.00"
    assert missing == ("pedido",)


@pytest.mark.parametrize(
    ("command", "title", "text", "wrong"),
    [
        ("hola", "Saludo", "Hola, {nombre}", ()),
        ("Ho la", "Saludo", "Hola", ("command",)),
        ("hola", " ", "Hola", ("title",)),
        ("hola", "Saludo", "\u200b ", ("text",)),
        ("hola", "Saludo", "Hola, {nombr}", ("variable",)),
        ("hola", "Saludo", "Hola, {nombre", ("braces",)),
        ("hola", "Saludo", "Paga a 646180115700294217", ("digits",)),
        ("hola", "Saludo", "Paga a 4152 3131 1234 5678", ("digits",)),
        ("hola", "646 180 115700294217", "Hola", ("digits",)),
    ],
)
def test_what_may_be_saved(command: str, title: str, text: str, wrong: tuple[str, ...]) -> None:
    assert wrong_in_canned(command, title, text) == wrong


def test_what_is_suggested_may_be_saved_and_uses_every_variable() -> None:
    assert not [wrong for reply in SUGGESTED if (wrong := wrong_in_canned(*reply))]
    assert {name for reply in SUGGESTED for name in variables_of(reply[2])} == set(VARIABLES)


@pytest.mark.django_db
def test_a_reply_is_filled_from_the_order_and_paused_before_there_is_one() -> None:
    shop, at = open_shop(), timezone.now()
    chat.suggest_canned_replies(shop.store_id, by=shop.by_sofia, at=at)
    beto, talk = beto_enters(shop), attended(shop, at)
    before = beto.get(f"/mesa/{talk}/").content.decode()
    assert "Hola, Lucía. Soy Beto Luna, de Sierra Alta Café." in before
    assert "Falta {pedido}, {monto}: primero verifica el pedido." in before
    bought = place(shop, at=at)
    say(talk, bought.number, at=at)
    after = beto.get(f"/mesa/{talk}/").content.decode()
    assert f"Tu pedido {bought.number} es de {bought.total}, con IVA incluido." in after
    assert f"Tu pedido {bought.number} llega entre el" in after
    assert "primero verifica el pedido" not in after


@pytest.mark.django_db
def test_the_supervisor_writes_changes_orders_and_drops_and_each_is_written_down() -> None:
    shop = open_shop()
    sofia = sofia_enters()
    first = {"command": "/Saludo", "title": "Saludo", "text": "Hola, {nombre}", "is_active": "on"}
    assert sofia.post(f"{LIST}nueva/", first).status_code == 302
    assert sofia.post(f"{LIST}nueva/", first | {"title": "Otra"}).status_code == 422
    write(shop, "adios", "Hasta luego")
    saved = reading.canned_replies(shop.store_id)
    assert [reply.command for reply in saved] == ["saludo", "adios"]
    reply = saved[0]
    off = {"command": "saludo", "title": "Saludo", "text": "Buen día, {nombre}"}
    assert sofia.post(f"{LIST}{reply.id}/", off).status_code == 302
    assert not reading.canned_replies(shop.store_id)[0].is_active
    assert [one.command for one in reading.filled_replies(shop.store_id, {"nombre": "Lucía"})] == ["adios"]
    sofia.post(f"{LIST}{reply.id}/mover/", {"to": "down"})
    assert [one.command for one in reading.canned_replies(shop.store_id)] == ["adios", "saludo"]
    page = sofia.get(LIST).content.decode()
    assert "Buen día, Lucía" in page
    assert 'id="as-read"' in (page := sofia.get(f"{LIST}{reply.id}/").content.decode())
    assert "Buen día, Lucía" in page.split('id="as-read"')[1]
    sofia.post(f"{LIST}{reply.id}/quitar/")
    assert [one.command for one in reading.canned_replies(shop.store_id)] == ["adios"]
    told = AuditEntry.objects.filter(action__startswith="canned.").order_by("pk").values_list("action", flat=True)
    assert list(told) == ["canned.written", "canned.written", "canned.changed", "canned.moved", "canned.dropped"]


@pytest.mark.django_db
def test_bank_digits_and_unknown_variables_are_refused_with_words() -> None:
    open_shop()
    page = sofia_enters().post(f"{LIST}nueva/", {"command": "x", "title": "x", "text": "646180115700294217 {rfc}"})
    assert page.status_code == 422
    assert "los datos bancarios solo van en su tarjeta" in page.content.decode()
    assert "Solo se conocen estas variables: {nombre} {pedido}" in page.content.decode()


@pytest.mark.django_db
def test_an_analyst_a_stranger_and_another_store_write_nothing() -> None:
    shop = open_shop()
    open_shop("otra-tienda")
    reply = write(shop, "hola", "Hola")
    assert enter("beto@sierra-alta.test").get(LIST).status_code == 404
    assert Client().get(LIST).status_code == 302
    other = enter("sofia@otra-tienda.test")
    assert other.get(f"{LIST}{reply}/").status_code == 404
    assert other.post(f"{LIST}{reply}/", {"command": "y", "title": "y", "text": "y"}).status_code == 404
    other.post(f"{LIST}{reply}/quitar/")
    assert len(reading.canned_replies(shop.store_id)) == 1


@pytest.mark.django_db
def test_suggesting_twice_adds_nothing_and_brings_back_only_what_lacks() -> None:
    shop, at = open_shop(), timezone.now()
    assert chat.suggest_canned_replies(shop.store_id, by=shop.by_sofia, at=at) == len(SUGGESTED)
    assert chat.suggest_canned_replies(shop.store_id, by=shop.by_sofia, at=at) == 0
