"""A card on the page of a link: exactly what the link asks, and only for whoever proved himself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from seguripago.journey.cards.commands import use_gateway
from seguripago.journey.cards.queries import charges_of_order
from seguripago.values.money import Money
from tests.cards.conftest import ASKS_PAGE, POOR, Till
from tests.cards.conftest import now as now
from tests.cards.conftest import site as site
from tests.cards.conftest import till as till
from tests.money import bank
from tests.pay.payers import MEDIOS, Sent, opened, proved, sent

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def deposit(now: datetime) -> Sent:
    return sent(now, store_id=bank.bank_store(), purpose="deposit", amount=Money(50_000))


def send(client: Client, link: Sent, token: str, key: str = "") -> dict[str, Any]:
    """Press «Pagar» as the form's script does."""
    key = key or f"{link.order_id}-{'k' * 24}"
    answer = client.post(f"{link.address}tarjeta/", {"key": key, "token": token, "installments": "1"}, headers=JSON)
    assert answer.status_code == 200, answer.content.decode()[:300]
    said: dict[str, Any] = answer.json()
    return said


def test_a_deposit_is_charged_to_a_card_to_the_centavo(client: Client, till: Till, deposit: Sent) -> None:
    proved(client, deposit)
    answer = client.get(f"{deposit.address}?con=tarjeta")
    body = answer.content.decode()
    assert "Pagar $500.00" in body
    assert deposit.page.instructions is not None
    assert deposit.page.instructions.clabe not in body
    policy = {line.split(" ")[0]: line for line in answer["Content-Security-Policy"].split("; ")}
    assert till.url in policy["frame-src"]
    assert till.url not in policy["script-src"] + policy["connect-src"] + policy["default-src"]
    said = send(client, deposit, till.token(deposit.page.store_id))
    assert (said["state"], said["go"]) == ("paid", f"{deposit.address}?con=tarjeta")
    assert "Recibimos tu anticipo" in client.get(said["go"]).content.decode()
    (charge,) = charges_of_order(deposit.order_id)
    assert (charge.amount, charge.link_id) == (Money(50_000), deposit.page.id)


def test_the_same_form_twice_is_one_charge_and_a_declined_card_leaves_the_link(
    client: Client, till: Till, deposit: Sent
) -> None:
    proved(client, deposit)
    said = send(client, deposit, till.token(deposit.page.store_id, POOR))
    assert said["state"] == "declined"
    assert "No se cobró nada." in said["says"]
    assert deposit.page.is_valid
    token = till.token(deposit.page.store_id)
    first = send(client, deposit, token, said["key"])
    assert first["state"] == "paid"
    assert send(client, deposit, token, said["key"])["state"] in {"paid", "refused"}
    assert [charge.state for charge in charges_of_order(deposit.order_id)] == ["paid", "declined"]
    assert till.charges() == 2


def test_without_scripts_the_gateway_s_own_page_asks_and_leads_back(client: Client, till: Till, deposit: Sent) -> None:
    proved(client, deposit)
    key = f"{deposit.order_id}-{'p' * 24}"
    answer = client.post(f"{deposit.address}tarjeta/", {"key": key, "token": "", "installments": "1"})
    assert answer.status_code == 302
    assert answer.url.startswith(till.url)
    back = client.get(f"{deposit.address}tarjeta/{key}/")
    assert back.url == f"{deposit.address}?con=tarjeta&aviso=tarjeta-espera"
    assert "Tu banco está respondiendo" in client.get(back.url).content.decode()
    waits = client.post(f"{deposit.address}tarjeta/{key}/estado/", headers=JSON).json()
    assert waits["state"] in {"requires_action", "processing"}


def test_a_bank_that_asks_is_answered_and_the_page_turns(client: Client, till: Till, deposit: Sent) -> None:
    proved(client, deposit)
    said = send(client, deposit, till.token(deposit.page.store_id, ASKS_PAGE))
    assert said["state"] == "requires_action"
    till.answer_bank(said["action"]["url"])
    told = client.post(said["status"], headers=JSON).json()
    assert told["state"] == "paid"
    assert deposit.page.state == "paid"


def test_nobody_pays_without_a_proof_nor_without_a_pass(client: Client, till: Till, deposit: Sent) -> None:
    opened(client, deposit)
    token = till.token(deposit.page.store_id)
    said = send(client, deposit, token)
    assert (said["state"], said["key"]) == ("refused", "")
    stranger = Client()
    answer = stranger.post(f"{deposit.address}tarjeta/", {"token": token}, headers=JSON).json()
    assert (answer["state"], answer["says"]) == ("refused", "Abre tu link otra vez: esta página dejó de servir.")
    assert stranger.get(f"{deposit.address}tarjeta/{deposit.order_id}-x/").status_code == 200
    assert client.post(f"{deposit.address}tarjeta/{deposit.order_id}-x/estado/", headers=JSON).json()["key"] == ""
    assert till.charges() == 0


def test_a_charge_of_another_order_is_unknown_here(client: Client, till: Till, deposit: Sent, now: datetime) -> None:
    other = sent(now, store_id=deposit.page.store_id)
    proved(client, deposit)
    assert client.get(f"{deposit.address}tarjeta/{other.order_id}-abc/").status_code == 404
    assert client.post(f"{deposit.address}tarjeta/{other.order_id}-abc/estado/", headers=JSON).status_code == 404


def test_where_the_store_takes_no_cards_there_is_only_the_transfer(client: Client, now: datetime) -> None:
    link = sent(now)
    use_gateway(link.page.store_id, "", by=MEDIOS, at=now)
    body = proved(client, link)
    assert "con=tarjeta" not in body
    assert "Copiar CLABE" in client.get(f"{link.address}?con=tarjeta").content.decode()
