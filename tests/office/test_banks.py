"""«Oficina» → Bancos: secrets shown once, credentials never, and what moves money only by two people."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from seguripago.foundations.audit.queries import history
from seguripago.foundations.stores.feed_commands import set_feed_credentials
from seguripago.foundations.stores.queries import feed_cards, feed_secrets, feed_settings, prefixes, store_by_id
from seguripago.ports.store_secrets import secret_path
from tests.feeds.bank_desk import ANA, post
from tests.money.bank import bank_store
from tests.office.test_office import enter

pytestmark = pytest.mark.django_db
NEW = {"institution": "90646", "bank_label": "STP", "digits": "646180 9999999"}


@pytest.fixture
def store_id() -> int:
    return bank_store()


@pytest.fixture
def ana(store_id: int) -> Client:
    return enter(store_id, "ana", "owner")


@pytest.fixture
def sofia(store_id: int) -> Client:
    return enter(store_id, "sofia", "supervisor")


@pytest.fixture
def shown() -> Callable[[Any], str]:
    def read(answer: Any) -> str:
        return html.unescape(answer.content.decode())

    return read


def test_the_page_shows_every_feed_of_the_folder_and_no_secret(ana: Client, store_id: int, shown: Any) -> None:
    page = shown(ana.get("/oficina/bancos/"))
    for title in ("STP", "Conekta", "Stripe", "Openpay", "Banco de pruebas"):
        assert title in page
    one = shown(ana.get("/oficina/bancos/stp/"))
    assert f"/hooks/bank/stp/{store_by_id(store_id).hook_key}/" in one
    assert "No van firmados" in one
    for secret in feed_secrets(store_id).values():
        assert secret not in page + one
        assert secret_path(secret) not in page + one


def test_the_bank_that_only_plays_is_not_offered_in_production(ana: Client, settings: Any, shown: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    assert "Banco de pruebas" not in shown(ana.get("/oficina/bancos/"))
    assert ana.get("/oficina/bancos/sandbox/").status_code == 404


def test_a_new_secret_is_shown_once_and_the_one_before_serves_a_while(ana: Client, store_id: int, shown: Any) -> None:
    older = feed_secrets(store_id)["stp"]
    answer = ana.post("/oficina/bancos/stp/secreto/", {"secret": ""})
    page = shown(answer)
    newer = feed_secrets(store_id)["stp"]
    assert newer != older
    assert newer in page
    assert f"/hooks/bank/stp/{store_by_id(store_id).hook_key}/{secret_path(newer)}/" in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert newer not in shown(ana.get("/oficina/bancos/stp/")), "once"
    assert post(store_id, b"{}", timezone.now(), secret=secret_path(older)) == 200
    ana.post("/oficina/bancos/stp/secreto/", {"secret": "", "ends_now": "on"})
    assert feed_settings(store_id)["stp"].secrets[1:] == ()


def test_a_providers_own_secret_is_kept_and_not_echoed(ana: Client, store_id: int, shown: Any) -> None:
    secret = "whsec_del_panel_de_stripe"
    answer = ana.post("/oficina/bancos/stripe_mx/secreto/", {"secret": secret}, follow=True)
    assert secret not in shown(answer)
    assert feed_secrets(store_id)["stripe_mx"] == secret
    short = ana.post("/oficina/bancos/stripe_mx/secreto/", {"secret": "corto"})
    assert short.status_code == 422
    assert feed_secrets(store_id)["stripe_mx"] == secret


def test_credentials_are_kept_sealed_and_never_shown_again(ana: Client, store_id: int, shown: Any) -> None:
    given = {"merchant": "mzdtln0bmtms", "secret_key": "sk_muy_secreta", "address": "https://api.openpay.mx"}
    answer = ana.post("/oficina/bancos/openpay/credenciales/", given, follow=True)
    assert "Guardado." in shown(answer)
    assert "sk_muy_secreta" not in shown(answer)
    assert feed_settings(store_id)["openpay"].credentials == given
    ana.post("/oficina/bancos/openpay/credenciales/", {"merchant": "otro", "secret_key": "", "address": ""})
    assert feed_settings(store_id)["openpay"].credentials == {**given, "merchant": "otro"}
    ana.post("/oficina/bancos/openpay/credenciales/", {"secret_key": "-"})
    assert "secret_key" not in feed_cards(store_id)["openpay"].given


@pytest.mark.parametrize(
    "address",
    [
        "https://api.openpay.mx.ladron.example",
        "http://api.openpay.mx",
        "https://10.0.0.1",
        "https://169.254.169.254/x",
        "nada",
    ],
)
def test_a_key_is_never_sent_to_anybody_but_its_provider(
    ana: Client, store_id: int, address: str, settings: Any
) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    answer = ana.post("/oficina/bancos/openpay/credenciales/", {"address": address})
    assert answer.status_code == 422
    assert "openpay" not in feed_settings(store_id)
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, feed_hosts=("10.0.0.1",))
    if address == "https://10.0.0.1":
        assert ana.post("/oficina/bancos/openpay/credenciales/", {"address": address}).status_code == 302


def test_test_credentials_are_refused_in_production(ana: Client, store_id: int, settings: Any, shown: Any) -> None:
    wish = {"secret_key": "sk_test_1", "address": "https://api.stripe.com"}
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    answer = ana.post("/oficina/bancos/stripe_mx/credenciales/", wish)
    assert answer.status_code == 422
    assert "credenciales de prueba" in shown(answer)
    assert "stripe_mx" not in feed_settings(store_id)


def test_the_addresses_that_may_call_are_checked_and_kept(ana: Client, store_id: int) -> None:
    assert ana.post("/oficina/bancos/stp/direcciones/", {"addresses": "10.8.0.0/24\n10.9.0.1"}).status_code == 302
    assert feed_cards(store_id)["stp"].allowed_addresses == ("10.8.0.0/24", "10.9.0.1")
    assert ana.post("/oficina/bancos/stp/direcciones/", {"addresses": "stp.example"}).status_code == 422
    assert feed_cards(store_id)["stp"].allowed_addresses == ("10.8.0.0/24", "10.9.0.1")


def test_only_the_owner_changes_and_others_find_nothing(sofia: Client, store_id: int, shown: Any) -> None:
    assert "Cambiar secreto" not in shown(sofia.get("/oficina/bancos/stp/"))
    for what in ("credenciales", "direcciones", "secreto"):
        assert sofia.post(f"/oficina/bancos/stp/{what}/", {}).status_code == 404
    eva = enter(store_id, "eva", "analyst")
    for path in ("/oficina/bancos/", "/oficina/bancos/stp/"):
        assert eva.get(path).status_code == 404
        assert Client().get(path).status_code == 302
    assert eva.post("/oficina/bancos/avisos-sin-firma/").status_code == 404


def waiting_of(page: str) -> tuple[str, str]:
    path = re.search(r'action="(/oficina/bancos/propuestas/\d+/)"', page)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert path and seen  # noqa: PT018
    return path[1], seen[1]


def test_unsigned_notices_move_money_only_after_a_second_person(
    ana: Client, sofia: Client, store_id: int, shown: Any
) -> None:
    assert ana.post("/oficina/bancos/avisos-sin-firma/").status_code == 302
    assert "lo decide otra persona" in shown(ana.get("/oficina/bancos/"))
    path, seen = waiting_of(shown(sofia.get("/oficina/bancos/")))
    assert ana.post(path, {"seen": seen, "decision": "approve"}).status_code == 422, "not the maker"
    assert sofia.post(path, {"seen": "0" * 64, "decision": "approve"}).status_code == 422, "not what was seen"
    assert not store_by_id(store_id).accepts_unsigned_notices
    assert sofia.post(path, {"seen": seen, "decision": "approve"}).status_code == 302
    assert store_by_id(store_id).accepts_unsigned_notices
    assert sofia.post(path, {"seen": seen, "decision": "approve"}).status_code == 422, "once"
    assert "store.policy_changed" in [entry.action for entry in history(store_id, f"store:{store_id}")]


def test_another_account_is_proposed_checked_and_approved(
    ana: Client, sofia: Client, store_id: int, shown: Any
) -> None:
    wrong = ana.post("/oficina/bancos/cuentas/", {**NEW, "institution": "40012"})
    assert wrong.status_code == 422
    assert "otro banco" in shown(wrong)
    assert ana.post("/oficina/bancos/cuentas/", NEW).status_code == 302
    path, seen = waiting_of(shown(sofia.get("/oficina/bancos/")))
    assert sofia.post(path, {"seen": seen, "decision": "approve"}).status_code == 302
    assert [each.prefix for each in prefixes(store_id)][1:] == ["6461809999999"]


def test_a_rejected_account_is_not_added(ana: Client, sofia: Client, store_id: int, shown: Any) -> None:
    ana.post("/oficina/bancos/cuentas/", NEW)
    path, seen = waiting_of(shown(sofia.get("/oficina/bancos/")))
    assert sofia.post(path, {"seen": seen, "decision": "reject"}).status_code == 302
    assert len(prefixes(store_id)) == 1


def test_a_strangers_proposal_is_not_found(ana: Client, store_id: int, shown: Any) -> None:
    other = bank_store()
    carla = enter(other, "carla", "owner")
    ana.post("/oficina/bancos/cuentas/", NEW)
    path, seen = waiting_of(shown(enter(store_id, "luis", "supervisor").get("/oficina/bancos/")))
    assert carla.post(path, {"seen": seen, "decision": "approve"}).status_code == 404
    assert len(prefixes(store_id)) == 1


def test_every_change_is_in_the_audit_with_who_made_it(ana: Client, store_id: int) -> None:
    ana.post("/oficina/bancos/stp/secreto/", {"secret": ""})
    ana.post("/oficina/bancos/stp/direcciones/", {"addresses": "10.8.0.1"})
    entries = history(store_id, "feed:stp")
    assert [entry.action for entry in entries] == ["feed.secret_rotated", "feed.addresses_changed"]
    assert {entry.actor_name for entry in entries} == {"Ana Prueba"}


def test_the_pages_ask_the_database_as_often_for_one_feed_as_for_many(ana: Client, store_id: int, at: datetime) -> None:
    with CaptureQueriesContext(connection) as few:
        ana.get("/oficina/bancos/")
    for feed in ("conekta", "openpay", "stripe_mx"):
        set_feed_credentials(store_id, feed, {"secret_key": "x" * 20}, by=ANA, at=at)
    with CaptureQueriesContext(connection) as many:
        ana.get("/oficina/bancos/")
    assert len(many) == len(few) <= 18
