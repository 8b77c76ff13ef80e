"""«Banco de pruebas», the site's own page: it plays through the real sandbox, and only in the demo."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from seguripago.foundations.stores.commands import OpenStore, assign_clabe, open_store
from seguripago.foundations.stores.queries import store
from tests.money.bank import sale

from .conftest import FEED_SECRET, MAIN_KEY, STORE_KEY, Running, Site, Stopper

pytestmark = pytest.mark.django_db
PAGE = "/banco-de-pruebas/"


@pytest.fixture
def clabe(settings: Any, stopper: Stopper) -> str:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, sandbox_url=stopper.url, main_key=MAIN_KEY, demo=True)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    store_id = open_store(
        OpenStore(
            slug="sierra-alta",
            name="Sierra Alta Café",
            legal_name="SIERRA ALTA CAFE SA DE CV",
            rfc="SAC010101AAA",
            tax_regime="601",
            email="hola@sierra.example",
            phone="5555555555",
            street_address="Calle 1",
            postal_code="06700",
            claims_email="hola@sierra.example",
            hook_key=STORE_KEY,
            signing_seed=b"s" * 32,
            feed_secrets={"sandbox": FEED_SECRET, "stp": "usuario:secreto"},
            prefixes=(("90646", "STP", "6461801157"),),
            is_demo=True,
        )
    )
    return assign_clabe(store_id).clabe


def typed(clabe: str, /, **changes: Any) -> dict[str, Any]:
    usual = {
        "clabe": clabe,
        "amount": "9,135.00",
        "institution": "40012",
        "payer_name": "MARÍA PEÑA",
        "concept": "CM7K3F92QX",
        "tracking_key": "",
        "times": 1,
        "delay_s": 0,
        "burst": 1,
        "behaviour": "normal",
        "operation_date": "",
        "back": "/pedido/abc/",
    }
    return {**usual, **changes}


def test_the_form_is_prefilled_from_the_order_page(client: Client, clabe: str) -> None:
    page = client.get(PAGE, {"clabe": clabe, "monto": "9135.00", "concepto": "CM7K3F92QX", "volver": "/pedido/abc/"})
    text = page.content.decode()
    assert f'value="{clabe}"' in text
    assert 'value="9135.00"' in text
    assert 'href="/pedido/abc/"' in text
    assert "Transferir" in text
    assert "BBVA" in text


def test_a_transfer_leaves_for_the_hook_and_the_page_says_so(
    client: Client, clabe: str, sandbox: Running, site: Site
) -> None:
    page = client.post(PAGE, typed(clabe, tracking_key="CLAVE9"))
    assert page.status_code == 200
    assert "CLAVE9" in page.content.decode()
    assert "La tienda lo recibió" in page.content.decode()
    assert 'href="/pedido/abc/"' in page.content.decode()
    assert site.heard[0][0] == f"/hooks/bank/sandbox/{STORE_KEY}/"


def test_a_refused_notice_is_said(client: Client, clabe: str, sandbox: Running, site: Site) -> None:
    site.answers = [401]
    page = client.post(PAGE, typed(clabe, behaviour="bad_signature"))
    assert "La tienda lo rechazó" in page.content.decode()


@pytest.mark.parametrize(
    "changes",
    [{"clabe": "646180115700294210"}, {"amount": "10,00"}, {"amount": "0"}, {"times": 0}, {"tracking_key": "ñ"}],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_stays(
    client: Client, clabe: str, changes: dict[str, Any]
) -> None:
    page = client.post(PAGE, typed(clabe, **changes))
    assert page.status_code == 422
    assert page.content.decode().count('class="err"') == 1
    assert "MARÍA PEÑA" in page.content.decode()


def test_what_the_bank_did_is_shown_notice_by_notice(client: Client, clabe: str, sandbox: Running, site: Site) -> None:
    page = client.post(PAGE, typed(clabe, behaviour="contradiction", times=2)).content.decode()
    for said in ("Aviso que se contradice", "9136.00", "El mismo aviso, vez 2"):
        assert said in page
    site.wait_for(3)
    assert len({body for _, body, _ in site.heard}) == 2


def test_an_unsigned_notice_goes_to_the_door_that_takes_them(
    client: Client, clabe: str, sandbox: Running, site: Site
) -> None:
    page = client.post(PAGE, typed(clabe, behaviour="unsigned")).content.decode()
    path, _, headers = site.heard[0]
    assert path == f"/hooks/bank/stp/{STORE_KEY}/"
    assert headers["authorization"].startswith("Basic ")
    assert "webhook-signature" not in headers
    assert "sin firma" in page


def test_a_transfer_to_everyone_who_waits_needs_somebody(client: Client, clabe: str, sandbox: Running) -> None:
    page = client.post(PAGE, typed("", amount="", to_everyone="on"))
    assert page.status_code == 422
    assert "Ningún pedido espera" in page.content.decode()


def test_a_transfer_to_everyone_who_waits_brings_each_what_it_lacks(
    client: Client, clabe: str, sandbox: Running, site: Site
) -> None:
    shop = store("sierra-alta")
    assert shop is not None
    sold = [sale(datetime.now(UTC), store_id=shop.id) for _ in range(3)]
    page = client.post(PAGE, typed("", amount="", to_everyone="on", shuffled="on")).content.decode()
    site.wait_for(3)
    heard = {json.loads(body)["cuentaBeneficiario"]: json.loads(body)["monto"] for _, body, _ in site.heard}
    assert heard == {each.clabe: each.total.plain for each in sold}
    assert all(each.clabe in page for each in sold)


def test_a_sandbox_that_sleeps_is_said(client: Client, clabe: str) -> None:
    page = client.post(PAGE, typed(clabe))
    assert page.status_code == 503
    assert "no responde" in page.content.decode()


def test_the_way_back_leads_nowhere_else(client: Client, clabe: str) -> None:
    for address in ("https://evil.example/", "//evil.example/", "javascript:alert(1)"):
        page = client.get(PAGE, {"volver": address}, headers={"referer": address}).content.decode()
        assert f'"{address}"' not in page


def test_who_comes_from_an_order_is_led_back_to_it(client: Client, clabe: str) -> None:
    page = client.get(PAGE, headers={"referer": "http://testserver/pedido/abc/?x=1"}).content.decode()
    assert 'href="/pedido/abc/"' in page
    assert "Volver al pedido" not in client.get(PAGE, headers={"referer": "http://testserver/mesa/"}).content.decode()


def test_outside_the_demo_there_is_no_such_page(client: Client, clabe: str, settings: Any) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, typed(clabe)).status_code == 404
