"""The two pages of captures: what is wrong is said beside what was typed, and everything stays in its own store."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seguripago.foundations.approvals.queries import open_proposals, proposal
from seguripago.journey.bank.commands import answer_next_cep
from tests.architecture.test_screens import forbidden_in
from tests.captures.house import House, deposits, house, strangers_clabe
from tests.captures.portal import OFFERS, Portal, known, portal
from tests.money.bank import turn
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
BY_HAND = "/medios-de-pago/captura/"
CEP = "/medios-de-pago/cep/"


@pytest.fixture
def clerk(shop: House) -> Client:
    return entered(shop.store_id, "payments")


@pytest.fixture
def banxico(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with portal() as played:
        changed = dataclasses.replace(settings.SEGURIPAGO, cep_lookup_url=played.url)
        monkeypatch.setattr(settings, "SEGURIPAGO", changed)
        yield played


def today() -> datetime:
    return datetime.now(UTC)


def typed(shop: House, **more: str) -> dict[str, str]:
    return {
        "account": f"{shop.account[:3]} {shop.account[3:6]} {shop.account[6:]}",
        "bank": "40012",
        "tracking_key": "BBVA260311000012345",
        "operation_date": f"{today():%Y-%m-%d}",
        "settled_at": "",
        "amount": "$9,135.00",
        "payer_name": "LUCIA HERNANDEZ ROBLES",
        "concept": "Pedido",
        "reference": "",
        **more,
    }


def page(answer: object) -> str:
    return unescape(answer.content.decode())  # type: ignore[attr-defined]


def file(body: bytes, name: str = "cep.xml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body)


def test_a_deposit_is_captured_approved_and_there(shop: House, clerk: Client) -> None:
    answer = clerk.post(BY_HAND, typed(shop))
    (waiting,) = open_proposals(shop.store_id)
    assert (answer.status_code, answer["Location"]) == (302, f"/medios-de-pago/propuesta/{waiting.id}/")
    assert waiting.effects["amount_centavos"] == 913500
    assert "Esperan segunda aprobación" in page(clerk.get(BY_HAND))
    assert waiting.says[0] in page(clerk.get(BY_HAND))
    boss = entered(shop.store_id, "supervisor", "dora")
    shown = page(boss.get(f"/medios-de-pago/propuesta/{waiting.id}/"))
    for line in waiting.says:
        assert line in shown
    boss.post(f"/medios-de-pago/propuesta/{waiting.id}/aprobar/", {"seen": waiting.hash})
    turn(today())
    (deposit,) = deposits(shop.store_id)
    assert (deposit.amount_centavos, deposit.clabe) == (913500, shop.account)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"account": "646180115700294218"}, "alguno no cuadra"),
        ({"account": ""}, "Escribe la CLABE"),
        ({"account": strangers_clabe()}, "no es de la tienda"),
        ({"bank": ""}, "Elige el banco que envió"),
        ({"tracking_key": ""}, "Escribe la clave de rastreo"),
        ({"tracking_key": "X" * 31}, "a lo más 30"),
        ({"tracking_key": "ÑANDÚ"}, "sin acentos"),
        ({"operation_date": "2026-02-30"}, "Esa fecha no existe"),
        ({"operation_date": "2040-01-01"}, "La fecha de operación no puede ser"),
        ({"amount": "nueve"}, "Escribe un monto como"),
        ({"amount": "0"}, "mayor que cero"),
        ({"amount": "1.234,50"}, "Escribe un monto como"),
        ({"reference": "12345678"}, "1 a 7 dígitos"),
        ({"settled_at": "ayer"}, "Esa fecha u hora no existe"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    shop: House, clerk: Client, more: dict[str, str], says: str
) -> None:
    answer = clerk.post(BY_HAND, typed(shop, **more))
    shown = page(answer)
    assert answer.status_code == 422
    assert says in shown
    assert "LUCIA HERNANDEZ ROBLES" in shown
    for value in more.values():
        assert value == "" or value in shown
    assert open_proposals(shop.store_id) == ()


def test_the_same_twice_and_an_equal_one_are_explained(shop: House, clerk: Client) -> None:
    clerk.post(BY_HAND, typed(shop))
    assert "Alguien ya propuso ese depósito" in page(clerk.post(BY_HAND, typed(shop)))
    (waiting,) = open_proposals(shop.store_id)
    boss = entered(shop.store_id, "supervisor", "dora")
    boss.post(f"/medios-de-pago/propuesta/{waiting.id}/aprobar/", {"seen": waiting.hash})
    turn(today())
    (deposit,) = deposits(shop.store_id)
    same = page(clerk.post(BY_HAND, typed(shop)))
    assert "ya está registrado" in same
    assert f"/medios-de-pago/deposito/{deposit.pk}/" in same
    alike = page(clerk.post(BY_HAND, typed(shop, tracking_key="OTRA")))
    assert "con otra clave de rastreo" in alike
    assert 'name="is_another"' in alike
    assert clerk.post(BY_HAND, typed(shop, tracking_key="OTRA", is_another="on")).status_code == 302


def test_what_is_expected_may_be_brought_along(shop: House, clerk: Client) -> None:
    shown = page(clerk.get(f"{BY_HAND}?account={shop.account}&amount=145.00"))
    assert f'value="{shop.account}"' in shown
    assert 'value="145.00"' in shown


@pytest.mark.usefixtures("pinned")
def test_a_cep_is_brought_and_proposed(shop: House, clerk: Client) -> None:
    for body, name in ((shop.cep().xml(), "cep.xml"), (shop.cep(amount="145.00").pdf(), "cep.pdf")):
        answer = clerk.post(CEP, {"file": file(body, name)})
        newest = open_proposals(shop.store_id)[0]
        assert answer["Location"] == f"/medios-de-pago/propuesta/{newest.id}/"
        assert newest.kind == "bank.cep"


def test_a_cep_whose_bank_is_unknown_here_is_read_and_refused_in_plain_words(shop: House, clerk: Client) -> None:
    answer = clerk.post(CEP, {"file": file(shop.cep().xml())})
    shown = page(answer)
    assert answer.status_code == 422
    for words in (
        "Sello no verificable",
        "nadie ha registrado el certificado",
        "$9,135.00 MXN",
        "sello verificado puede",
    ):
        assert words in shown


@pytest.mark.usefixtures("pinned")
def test_an_altered_cep_a_picture_and_nothing_are_refused_with_their_reasons(shop: House, clerk: Client) -> None:
    raised = shop.cep().xml().replace(b'MontoPago="9135.00"', b'MontoPago="9935.00"')
    for body, name, words in (
        (raised, "cep.xml", "No coincide con la cadena original: el monto."),
        (shop.cep().pdf(printed={"hour": "11:11:11 horas"}), "cep.pdf", "Lo impreso no coincide"),
        (b"\x89PNG\r\n\x1a\n-captura", "captura.png", "Una captura de pantalla"),
        (b"%PDF-1.7 roto", "roto.pdf", "está dañado o pide contraseña"),
        (b"x" * 600_000, "grande.xml", "pasa de 512 kB"),
    ):
        answer = clerk.post(CEP, {"file": file(body, name)})
        assert answer.status_code == 422
        assert words in page(answer)
    assert "Elige el archivo del CEP" in page(clerk.post(CEP, {}))
    assert "vacío" in page(clerk.post(CEP, {"file": file(b"")}))
    assert open_proposals(shop.store_id) == ()


@pytest.mark.usefixtures("pinned")
def test_a_cep_without_a_sure_sender_asks_and_keeps_its_file(shop: House, clerk: Client) -> None:
    body = shop.cep(payer_bank="BANCO NUEVO", payer_account="NA", payer_type="NA").xml()
    body = body.replace(b'TipoCuenta="NA"', b'TipoCuenta="-1"')
    answer = clerk.post(CEP, {"file": file(body, "nuevo.xml")})
    shown = page(answer)
    assert "elígelo en la lista" in shown
    assert "Seguimos con «nuevo.xml»" in shown
    kept = re.search(r'name="kept" value="([^"]+)"', shown)
    assert kept is not None
    again = clerk.post(CEP, {"kept": kept[1], "kept_name": "nuevo.xml", "sender": "40012"})
    assert again.status_code == 302, page(again)
    assert open_proposals(shop.store_id)[0].effects["sending_institution"] == "40012"


@pytest.mark.usefixtures("pinned")
def test_a_cep_is_looked_up_and_proposed(shop: House, clerk: Client, banxico: Portal) -> None:
    day = today()
    banxico.page = OFFERS
    banxico.cep = shop.cep(day=f"{day:%d%m%Y}", credited=f"{day:%d%m%Y}").xml()
    form = {f"ask-{name}": value for name, value in typed(shop).items()}
    answer = clerk.post(f"{CEP}consultar/", form)
    assert answer.status_code == 302, page(answer)
    waiting = page(clerk.get(answer["Location"]))
    assert "Estamos preguntando" in waiting
    assert "hx-get" in waiting
    assert answer_next_cep(at=today() + timedelta(seconds=1))
    found = page(clerk.get(f"{answer['Location']}vivo/"))
    assert "Banxico entregó el CEP" in found
    assert "Sello verificado" in found
    proposing = clerk.post(answer["Location"])
    assert proposing.status_code == 302, page(proposing)
    assert proposal(shop.store_id, int(proposing["Location"].split("/")[-2])) is not None
    assert clerk.post(answer["Location"]).status_code == 409
    assert "BBVA260311000012345" in page(clerk.get(CEP))


def test_every_end_of_a_question_has_its_words(shop: House, clerk: Client, banxico: Portal) -> None:
    banxico.page = known("Devuelto")
    form = {f"ask-{name}": value for name, value in typed(shop).items()}
    address = clerk.post(f"{CEP}consultar/", form)["Location"]
    assert answer_next_cep(at=today() + timedelta(seconds=1))
    assert "ese dinero no está en la cuenta" in page(clerk.get(address))
    wrong = clerk.post(f"{CEP}consultar/", {**form, "ask-amount": "nada", "ask-account": strangers_clabe()})
    assert wrong.status_code == 422
    assert "Escribe un monto como" in page(wrong)


def test_without_a_configured_look_up_the_page_says_so(
    shop: House, clerk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SEGURIPAGO", dataclasses.replace(settings.SEGURIPAGO, cep_lookup_url=""))
    assert "no está configurada" in page(clerk.get(CEP))
    form = {f"ask-{name}": value for name, value in typed(shop).items()}
    assert clerk.post(f"{CEP}consultar/", form).status_code == 404


def test_carla_of_another_store_finds_nothing_and_analysts_do_not_enter(
    shop: House, clerk: Client, banxico: Portal
) -> None:
    form = {f"ask-{name}": value for name, value in typed(shop).items()}
    address = clerk.post(f"{CEP}consultar/", form)["Location"]
    carla = entered(house().store_id, "payments", "carla")
    for where in (address, f"{address}vivo/"):
        assert carla.get(where).status_code == 404
    assert carla.post(address).status_code == 404
    assert "no es de la tienda" in page(carla.post(BY_HAND, typed(shop)))
    analyst = entered(shop.store_id, "analyst", "ines")
    for where in (BY_HAND, CEP, address):
        assert analyst.get(where).status_code == 404
        assert Client().get(where).status_code == 302


def test_the_pages_cost_few_queries_and_use_no_forbidden_words(shop: House, clerk: Client) -> None:
    for where in (BY_HAND, CEP):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            shown = page(clerk.get(where))
        assert len(asked) <= 7, [each["sql"][:80] for each in asked]
        assert forbidden_in(shown) == []
        assert " style=" not in shown
        assert "onclick" not in shown
