"""«Asistente en tu sitio»: the owner names the sites, everybody else only reads, and every change is in the audit."""

from __future__ import annotations

import pytest
from django.test import Client

from seguripago.foundations.audit.queries import history
from seguripago.foundations.people.commands import hire
from seguripago.foundations.stores.origins import MOST_SITES, site_origin
from seguripago.foundations.stores.queries import sites, store_by_id
from tests.assistance import builders

PAGE = "/oficina/asistente/"
ADD, REMOVE, SWITCH = f"{PAGE}sitios/", f"{PAGE}sitios/quitar/", f"{PAGE}estado/"


@pytest.fixture
def shop(db: None) -> builders.Shop:
    return builders.open_shop()


def person(shop: builders.Shop, role: str) -> Client:
    from django.contrib.auth import get_user_model

    email, number = f"{role}-{shop.store_id}@tienda.test", f"{role[:5]}-{shop.store_id}"
    hire(shop.store_id, email=email, name="Ana Ruiz", role=role, analyst_number=number, password=builders.PASSWORD)
    client = Client()
    client.force_login(get_user_model().objects.get(email=email))
    return client


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("www.mitienda.mx", "https://www.mitienda.mx"),
        (" HTTPS://WWW.MiTienda.MX/catalogo?x=1#y ", "https://www.mitienda.mx"),
        ("https://mitienda.mx:443", "https://mitienda.mx"),
        ("https://mitienda.mx:8443/", "https://mitienda.mx:8443"),
        ("https://peñafiel.mx", "https://xn--peafiel-5za.mx"),
        ("http://localhost:8080/prueba", "http://localhost:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://mitienda.mx", None),
        ("https://*.mitienda.mx", None),
        ("https://10.0.0.7", None),
        ("https://ana:clave@mitienda.mx", None),
        ("https://mitienda.mx; script-src *", None),
        ("https://mitienda.mx\nx.mx", None),
        ("javascript:alert(1)", None),
        ("https://tienda", None),
        ("https://mitienda.mx:0", None),
        ("https://mitienda.mx:99999", None),
        ("'self'", None),
        ("", None),
    ],
)
def test_a_site_is_its_origin_or_nothing(typed: str, origin: str | None) -> None:
    assert site_origin(typed) == origin


def test_the_owner_adds_and_removes_sites_and_the_audit_says_so(shop: builders.Shop) -> None:
    ana = person(shop, "owner")
    page = ana.get(PAGE).text
    assert "data-store=&quot;sierra-alta&quot; async" in page
    assert ana.post(ADD, {"site": "www.cafe.example/tienda"}).status_code == 302
    assert ana.post(ADD, {"site": "https://www.cafe.example"}).status_code == 302, "a known site stays"
    assert sites(shop.store_id) == ("https://www.cafe.example",)
    assert "https://www.cafe.example" in ana.get(PAGE).text
    ana.post(REMOVE, {"site": "https://www.cafe.example"})
    ana.post(REMOVE, {"site": "https://www.cafe.example"})
    assert sites(shop.store_id) == ()
    ana.post(SWITCH, {"on": "0"})
    assert not store_by_id(shop.store_id).assistant_is_on
    ana.post(SWITCH, {"on": "1"})
    done = [entry.action for entry in history(shop.store_id, f"store:{shop.store_id}")]
    expected = ["assistant.site_added", "assistant.site_removed", "assistant.switched_off", "assistant.switched_on"]
    assert [action for action in done if action.startswith("assistant.")] == expected


def test_a_site_that_is_none_stays_as_typed_with_what_is_wrong(shop: builders.Shop) -> None:
    page = person(shop, "owner").post(ADD, {"site": "http://mitienda.mx"})
    assert page.status_code == 422
    assert 'value="http://mitienda.mx"' in page.text
    assert "Sin comodines" in page.text
    assert sites(shop.store_id) == ()


def test_twenty_sites_are_the_most(shop: builders.Shop) -> None:
    ana = person(shop, "owner")
    for number in range(MOST_SITES):
        ana.post(ADD, {"site": f"tienda{number}.example"})
    assert len(sites(shop.store_id)) == MOST_SITES
    assert ana.post(ADD, {"site": "una-mas.example"}).status_code == 422
    assert "quita uno para agregar otro" in ana.get(PAGE).text


def test_who_is_not_the_owner_only_reads_and_a_stranger_finds_nothing(shop: builders.Shop) -> None:
    supervisor, analyst = person(shop, "supervisor"), person(shop, "analyst")
    assert "Solo el dueño" in supervisor.get(PAGE).text
    for address in (ADD, REMOVE, SWITCH):
        assert supervisor.post(address, {"site": "x.example"}).status_code == 404
        assert analyst.post(address, {}).status_code == 404
        assert Client().post(address, {}).status_code == 302
    assert analyst.get(PAGE).status_code == 404
    carla = person(builders.open_shop("otra-tienda"), "owner")
    carla.post(ADD, {"site": "carla.example"})
    assert sites(shop.store_id) == ()
