"""«Oficina» → Tarjetas: secrets typed once and never shown, one gateway that charges, a try that charges nothing."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.cards.accounts import account
from seguripago.journey.cards.queries import gateway_cards, gateway_of, hook_code
from seguripago.values.money import Money
from tests.adapters.gateway_openpay import OpenpayStand
from tests.adapters.gateway_stand import message, reply
from tests.cards.conftest import Till
from tests.cards.conftest import site as site
from tests.cards.conftest import till as till
from tests.money.bank import bank_store
from tests.office.test_office import enter

pytestmark = pytest.mark.django_db
GIVEN = {"public_key": "pk_live_publica", "secret_key": "sk_live_muy_secreta", "webhook_secret": "whsec_muy_secreto"}


@pytest.fixture
def store_id() -> int:
    return bank_store()


@pytest.fixture
def ana(store_id: int) -> Client:
    return enter(store_id, "ana", "owner")


def shown(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_the_list_shows_every_gateway_and_which_one_charges(ana: Client) -> None:
    page = shown(ana.get("/oficina/tarjetas/"))
    for title in ("Pasarela de pruebas", "Stripe"):
        assert title in page
    assert page.count("Cobra</span>") == 1


def test_an_account_is_kept_sealed_and_its_secrets_are_never_shown_again(ana: Client, store_id: int) -> None:
    kept = shown(ana.post("/oficina/tarjetas/stripe/cuenta/", GIVEN, follow=True))
    assert "Guardado." in kept
    assert "pk_live_publica" in kept
    assert f"/hooks/card/stripe/{store_by_id(store_id).hook_key}/" in kept
    for secret in ("sk_live_muy_secreta", "whsec_muy_secreto"):
        assert secret not in kept
    assert account(store_id, "stripe").secret_key == "sk_live_muy_secreta"

    ana.post("/oficina/tarjetas/stripe/cuenta/", {"public_key": "pk_live_otra"})
    now = account(store_id, "stripe")
    assert (now.public_key, now.secret_key) == ("pk_live_otra", "sk_live_muy_secreta")
    ana.post("/oficina/tarjetas/stripe/cuenta/", {"public_key": "pk_live_otra", "secret_key": "-"})
    assert account(store_id, "stripe").secret_key == ""


def test_another_gateway_charges_once_it_is_ready(ana: Client, store_id: int) -> None:
    unready = ana.post("/oficina/tarjetas/elegir/", {"gateway": "stripe"})
    assert unready.status_code == 422
    assert "Falta:" in shown(unready)
    ana.post("/oficina/tarjetas/stripe/cuenta/", GIVEN)
    assert ana.post("/oficina/tarjetas/elegir/", {"gateway": "stripe"}).status_code == 302
    assert gateway_of(store_id) == "stripe"
    ana.post("/oficina/tarjetas/elegir/", {"gateway": ""})
    assert gateway_of(store_id) == ""
    assert ana.post("/oficina/tarjetas/elegir/", {"gateway": "ninguna"}).status_code == 404


def test_months_are_offered_from_an_amount_on(ana: Client, store_id: int) -> None:
    typed = {"offers_3": "on", "least_3": "300", "offers_6": "on", "least_6": "$1,200.50", "least_9": "mucho"}
    assert ana.post("/oficina/tarjetas/sandbox/meses/", typed).status_code == 302
    (card,) = (each for each in gateway_cards(store_id) if each.slug == "sandbox")
    assert dict(card.months) == {3: Money(300_00), 6: Money(1_200_50)}

    wrong = ana.post("/oficina/tarjetas/sandbox/meses/", {**typed, "offers_9": "on"})
    assert wrong.status_code == 422
    assert "Escribe un monto como 1,250.00." in shown(wrong)
    assert 'value="mucho"' in shown(wrong)


def test_the_button_asks_the_gateway_and_says_what_it_answered(ana: Client, till: Till) -> None:
    answer = shown(ana.post("/oficina/tarjetas/sandbox/probar/", follow=True))
    assert "No se cobró nada." in answer
    assert till.charges() == 0


def test_a_supervisor_looks_and_changes_nothing(store_id: int) -> None:
    sofia = enter(store_id, "sofia", "supervisor")
    assert sofia.get("/oficina/tarjetas/stripe/").status_code == 200
    for path in ("elegir/", "stripe/cuenta/", "stripe/meses/", "stripe/probar/"):
        assert sofia.post(f"/oficina/tarjetas/{path}").status_code == 404
    assert sofia.get("/oficina/tarjetas/ninguna/").status_code == 404


def test_the_code_that_verifies_our_address_is_shown_to_the_owner_with_what_to_do(ana: Client, store_id: int) -> None:
    there, page = OpenpayStand(), "/oficina/tarjetas/openpay/"
    assert "aparece aquí" in shown(ana.get(page))
    ana.post(f"{page}cuenta/", {need.name: getattr(there.account, need.name) for need in there.gateway.needs})
    hook = f"/hooks/card/openpay/{store_by_id(store_id).hook_key}/"
    for code in ("primero1", "3vWQ1x6I"):
        body = reply(message("openpay", "verification") | {"verification_code": code}).body
        said = {"content_type": "application/json", "headers": there.notice("tr1").headers}
        assert [Client().post(hook, body, **said).status_code for _ in range(2)] == [200, 200]
        assert (
            Client().post(hook, body.replace(b"3vWQ1x6I", b"falso"), content_type="application/json").status_code == 404
        )

    told = shown(ana.get(page))
    assert '<dd class="code b" id="codigo-de-avisos">3vWQ1x6I</dd>' in told
    assert "pulsa «Verificar» y escribe el código" in told
    assert "primero1" not in told
    sofia = enter(store_id, "sofia", "supervisor")
    assert "3vWQ1x6I" not in shown(sofia.get(page))
    assert hook_code(bank_store(), "openpay") is None
