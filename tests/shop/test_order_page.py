"""The order page at every moment, what can be done on it, and strangers before its door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from seguripago.journey.orders import commands as orders
from seguripago.journey.orders import queries as order_queries
from seguripago.journey.payments.queries import payment_of
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem, Preference
from seguripago.web.shop.order_page import Panel, next_of, panel_of, steps_of
from tests.orders.builders import BETO
from tests.shop.buyers import accepted, asked_to_transfer, page_of, placed

pytestmark = pytest.mark.django_db


def test_a_new_order_waits_for_its_verification(client: Client) -> None:
    order = placed(timezone.now())
    body = client.get(page_of(order)).content.decode()
    assert order.number in body
    assert "Descargar PRE-FACTURA" in body
    assert "Tus datos bancarios aparecerán aquí" in body
    assert f'data-live="order:{order.access_token}"' in body


def test_nothing_of_the_bank_is_shown_before_the_buyer_accepts(client: Client) -> None:
    body = client.get(page_of(placed(timezone.now()))).content.decode()
    assert "Copiar CLABE" not in body
    assert "Beneficiario" not in body


def test_without_a_chat_the_buyer_gets_from_checks_to_bank_details(client: Client) -> None:
    order = placed(timezone.now())
    client.post(f"{page_of(order)}revisar/")
    body = client.get(page_of(order)).content.decode()
    for words in ("Confirmación de tu pedido", "Todo correcto", "Corregir", *(item.label for item in CheckItem)):
        assert words in body
    client.post(f"{page_of(order)}todo-correcto/")
    payment = payment_of(order.id)
    assert payment is not None
    assert payment.instructions is not None
    body = client.get(page_of(order)).content.decode()
    assert payment.instructions.clabe_pretty in body
    assert f'data-copy="{payment.instructions.clabe}"' in body
    assert f'data-copy="{order.total.plain}"' in body
    assert f'data-copy="{order.number.replace("-", "")}"' in body


def test_accepting_twice_asks_for_the_money_once(client: Client) -> None:
    at = timezone.now()
    order = accepted(at, preference=Preference.LINK)
    client.post(f"{page_of(order)}todo-correcto/")
    first = payment_of(order.id)
    client.post(f"{page_of(order)}todo-correcto/")
    second = payment_of(order.id)
    assert first is not None
    assert second is not None
    assert first.link_token is not None
    assert first.link_expires_at == second.link_expires_at


def test_a_correction_needs_words_and_is_kept(client: Client) -> None:
    at = timezone.now()
    order = placed(at)
    orders.prefill_checks(order.id, at=at)
    orders.confirm_checks(order.id, tuple(CheckItem), by=BETO, at=at)
    answer = client.post(f"{page_of(order)}corregir/", {"text": " "})
    assert answer.status_code == 422
    assert "Escribe qué hay que corregir" in answer.content.decode()
    client.post(f"{page_of(order)}corregir/", {"text": "Mi calle es Tabasco"})
    assert "Mi calle es Tabasco" in client.get(page_of(order)).content.decode()


def test_the_buyer_corrects_the_data_and_a_new_version_exists(client: Client) -> None:
    order = placed(timezone.now())
    page = client.get(f"{page_of(order)}mis-datos/").content.decode()
    assert 'value="Orizaba"' in page
    typed = {
        **order.shipping.to_json(),
        "first_name": "Lucía",
        "last_name": "Hernández",
        "email": order.buyer.email,
        "phone": order.buyer.phone,
        "same_address": "on",
        "street": "Tabasco",
    }
    assert client.post(f"{page_of(order)}mis-datos/", typed).status_code == 302
    changed = order_queries.order(order.id)
    assert changed.shipping.street == "Tabasco"
    assert changed.pre_invoice_version == 2


def test_what_is_accepted_can_no_longer_be_edited(client: Client) -> None:
    order = accepted(timezone.now())
    assert client.get(f"{page_of(order)}mis-datos/").url.endswith("aviso=ya-no")


def test_the_way_to_pay_changes_without_a_new_order(client: Client) -> None:
    order = asked_to_transfer(timezone.now())
    client.post(f"{page_of(order)}forma-de-pago/", {"preference": "link"})
    body = client.get(page_of(order)).content.decode()
    assert "Tu link de pago encriptado está listo" in body
    client.post(f"{page_of(order)}forma-de-pago/", {"preference": "card"})
    assert "con tu tarjeta" in client.get(page_of(order)).content.decode()
    client.post(f"{page_of(order)}forma-de-pago/", {"preference": "spei"})
    assert "Transfiere exactamente" in client.get(page_of(order)).content.decode()
    client.post(f"{page_of(order)}forma-de-pago/", {"preference": "oro"})
    assert order_queries.order(order.id).preference == Preference.SPEI


def test_a_bank_that_asks_to_wait_gets_more_time_up_to_a_limit(client: Client) -> None:
    order = asked_to_transfer(timezone.now())
    before = payment_of(order.id)
    answers = [client.post(f"{page_of(order)}esperar/").url for _ in range(4)]
    after = payment_of(order.id)
    assert before is not None
    assert after is not None
    assert after.expires_at >= before.expires_at + timedelta(hours=24)
    assert after.instructions.clabe == before.instructions.clabe
    assert answers[0].endswith("aviso=espera")
    assert answers[-1].endswith("aviso=espera-no")


def test_a_claim_is_kept_or_its_mistakes_are_said(client: Client) -> None:
    order = asked_to_transfer(timezone.now())
    wrong = client.post(f"{page_of(order)}ya-transferi/", {"bank": "BBVA", "date": "ayer", "tracking_key": "ABC-1"})
    body = wrong.content.decode()
    assert wrong.status_code == 422
    assert "Escribe la fecha" in body
    assert "solo lleva letras y números" in body
    assert 'value="BBVA"' in body
    good = {"bank": "BBVA", "date": "2026-03-11", "tracking_key": "mban 0100"}
    assert client.post(f"{page_of(order)}ya-transferi/", good).url.endswith("aviso=aviso")
    assert payment_of(order.id).claimed_at is not None


def test_a_comprobante_is_kept_and_a_wrong_file_is_explained(client: Client) -> None:
    order = asked_to_transfer(timezone.now())
    address = f"{page_of(order)}comprobante/"
    assert "Elige el archivo" in client.post(address).content.decode()
    wrong = client.post(address, {"file": SimpleUploadedFile("virus.exe", b"MZ\x90\x00 nothing")})
    assert wrong.status_code == 422
    assert "Sube tu comprobante como imagen" in wrong.content.decode()


def test_part_of_the_money_says_what_is_missing() -> None:
    order = asked_to_transfer(timezone.now())
    payment = payment_of(order.id)
    assert payment is not None
    part = replace(payment, received=Money(500_00), missing=payment.amount - Money(500_00))
    assert panel_of(order, part) is Panel.TRANSFER
    assert steps_of(order, part)[2].small == "Recibimos una parte"


def test_every_state_of_an_order_has_a_panel() -> None:
    order = asked_to_transfer(timezone.now())
    payment = payment_of(order.id)
    assert panel_of(replace(order, state="paid"), payment) is Panel.PAID
    assert panel_of(replace(order, state="closed"), payment) is Panel.PAID
    assert panel_of(replace(order, state="cancelled"), payment) is Panel.CANCELLED
    assert panel_of(replace(order, state="expired"), payment) is Panel.EXPIRED
    assert panel_of(order, replace(payment, state="expired")) is Panel.TIME_OVER
    assert panel_of(order, None) is Panel.WAITING_DETAILS
    assert panel_of(replace(order, preference=Preference.CARD), payment) is Panel.CARD


@pytest.mark.parametrize("state", ["cancelled", "expired"])
def test_an_order_that_ended_says_so(client: Client, state: str) -> None:
    at = timezone.now()
    order = placed(at)
    if state == "cancelled":
        orders.cancel_order(order.id, by=BETO, reason="La compradora lo pidió.", at=at)
    else:
        orders.expire_orders(at + timedelta(days=9))
    body = client.get(page_of(order)).content.decode()
    assert ("se canceló" if state == "cancelled" else "venció sin pago") in body
    assert "Cambiar forma de pago" not in body
    assert "Transfiere por SPEI" not in body
    assert "No transfieras ni pagues por este pedido" in body
    assert client.post(f"{page_of(order)}todo-correcto/").url.endswith("aviso=ya-no")


def test_the_tracker_stops_where_the_order_did() -> None:
    order = asked_to_transfer(timezone.now())
    payment = payment_of(order.id)

    def drawn(**how: object) -> list[tuple[str, str]]:
        return [(step.how, step.small) for step in steps_of(replace(order, **how), payment)][2:]

    assert drawn(state="cancelled") == [("now", "Sin pago"), ("", ""), ("", ""), ("", "")]
    assert drawn(state="expired")[0] == ("now", "Sin pago")
    paid = drawn(state="cancelled", paid_at=timezone.now())
    assert [how for how, _ in paid] == ["done", "done", "now", ""]
    assert paid[2:] == [("now", "Cancelado"), ("", "")]
    assert steps_of(replace(order, state="cancelled", accepted_at=None), None)[1].small == "Cancelado"
    assert [one.title for one in next_of(replace(order, state="cancelled", paid_at=timezone.now()))] == [
        "Revisa tu reembolso",
        "Si todavía lo quieres, haz otro pedido",
    ]


def test_the_live_part_is_the_same_as_in_the_page(client: Client) -> None:
    order = asked_to_transfer(timezone.now())
    part = client.get(f"{page_of(order)}estado/").content.decode()
    assert "<html" not in part
    assert "Transferencia monitoreada" in part
    assert 'data-panel="transfer"' in part


def test_the_order_page_needs_few_queries(client: Client, django_assert_num_queries) -> None:
    order = asked_to_transfer(timezone.now())
    # order, lines, checks, payment, seal of the details, doubts, store, comprobantes, refunds
    with django_assert_num_queries(9):
        client.get(page_of(order))
    with django_assert_num_queries(9):
        client.get(f"{page_of(order)}estado/")


def test_the_pre_invoice_is_a_pdf(client: Client) -> None:
    order = placed(timezone.now())
    answer = client.get(f"{page_of(order)}pre-factura.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert order.number in answer["Content-Disposition"]


@pytest.mark.parametrize("paper", ["recibo.pdf", "recibo.json", "certificado.pdf"])
def test_papers_of_a_payment_that_is_not_there_are_missing(client: Client, paper: str) -> None:
    assert client.get(f"{page_of(placed(timezone.now()))}{paper}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "", "estado/", "pre-factura.pdf", "recibo.pdf", "recibo.json", "certificado.pdf", "mis-datos/",
        "todo-correcto/", "corregir/", "forma-de-pago/", "esperar/", "ya-transferi/", "comprobante/", "revisar/",
        "tarjeta/", "tarjeta/1-abc/",
    ],
)  # fmt: skip
def test_carla_the_stranger_finds_nothing(client: Client, path: str) -> None:
    order = placed(timezone.now())
    for guess in ("x" * 32, order.number, order.access_token[:-1], "x" * 300):
        for ask in (client.get, client.post):
            assert ask(f"/pedido/{guess}/{path}").status_code in {404, 405}


def test_a_card_s_key_of_another_order_is_unknown(client: Client) -> None:
    order = placed(timezone.now())
    assert client.get(f"{page_of(order)}tarjeta/{order.id + 1}-abc/").status_code == 404
    assert client.get(f"{page_of(order)}tarjeta/{order.id}-abc/").status_code == 404
