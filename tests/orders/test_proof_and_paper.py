from __future__ import annotations

import dataclasses
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.journey.orders import commands, queries
from seguripago.journey.orders.models import Order
from seguripago.journey.orders.rules import pre_invoice_key, proves
from seguripago.journey.orders.shapes import Buyer
from seguripago.values.money import Money
from tests.orders.builders import BETO, BUYER, INVOICE, ROMA, make_product, make_store, placed, placing

db = pytest.mark.django_db


@db
@pytest.mark.parametrize(
    "proof",
    [
        {"email": " LUCIA.Hernandez@correo.example "},
        {"phone": "+52 1 (55) 5012-8846"},
        {"phone": "5550128846", "email": "otra@correo.example"},
    ],
)
def test_the_number_with_the_buyers_mail_or_telephone_opens_the_order(at: datetime, proof: dict[str, str]) -> None:
    store = make_store()
    order = queries.order(placed(at, store_id=store))
    assert queries.second_proof(store, order.number.lower().replace("-", " "), **proof) == order.id


@db
def test_the_key_of_the_pre_invoice_is_a_second_proof_also_after_a_correction(at: datetime) -> None:
    store = make_store()
    order = queries.order(placed(at, store_id=store))
    key = queries.pre_invoice(order.id).verification_key
    commands.correct_details(order.id, BUYER, INVOICE, ROMA, by=BETO, at=at)
    assert queries.second_proof(store, order.number, pre_invoice_key=key.lower()) == order.id
    assert key == order.pre_invoice_key == pre_invoice_key(order.access_token, order.number)
    assert order.access_token not in key


@db
def test_a_wrong_proof_an_unknown_number_and_another_store_answer_alike(at: datetime) -> None:
    ana, carla = make_store(), make_store()
    order = queries.order(placed(at, store_id=ana))
    right = {"email": order.buyer.email, "phone": order.buyer.phone, "pre_invoice_key": order.pre_invoice_key}
    answers = {
        queries.second_proof(ana, order.number),
        queries.second_proof(ana, order.number, email="carla@correo.example", phone="5500000000"),
        queries.second_proof(ana, order.number, phone="8846"),
        queries.second_proof(ana, order.number, pre_invoice_key="A" * 16),
        queries.second_proof(ana, "CM-0000-0000", **right),
        queries.second_proof(ana, "no es un número", **right),
        queries.second_proof(carla, order.number, **right),
    }
    assert answers == {None}


@db
def test_proving_takes_one_statement_whether_the_order_exists_or_not(
    at: datetime, django_assert_num_queries: object
) -> None:
    store = make_store()
    order = queries.order(placed(at, store_id=store))
    for number in (order.number, "CM-0000-0000"):
        with django_assert_num_queries(1):  # type: ignore[operator]
            queries.second_proof(store, number, email="carla@correo.example")


@db
def test_the_pre_invoice_carries_what_a_cfdi_needs_and_its_cents_add_up(at: datetime) -> None:
    store = make_store(shipping_centavos=14_500)
    machine = make_product(store, "Máquina Lumbre", price=Money(649_600), warranty_days=730)
    cup = make_product(store, "Taza", price=Money(33_333))
    coffee = make_product(store, "Café", price=Money(42_000), iva_bp=0)
    order_id = placed(at, store_id=store, lines=((machine, 1), (cup, 3), (coffee, 2)), billing=INVOICE)
    paper = queries.pre_invoice(order_id)
    assert paper.subtotal + paper.shipping_fee + paper.iva == paper.total == queries.order(order_id).total
    assert paper.subtotal == Money.sum(line.amount for line in paper.lines)
    assert [(line.iva_bp, str(line.amount), str(line.iva_amount)) for line in paper.lines] == [
        (1600, "$5,600.00", "$896.00"),
        (1600, "$862.06", "$137.93"),
        (0, "$840.00", "$0.00"),
    ]
    assert (paper.billing.rfc, paper.billing.tax_regime, paper.billing.cfdi_use) == ("HERL890412K82", "612", "G03")
    assert (paper.store.rfc, paper.store.postal_code, paper.payment_form) == ("SAC180612QX1", "91500", "03")
    assert paper.payment_label == "Transferencia electrónica SPEI"
    assert paper.order_url.endswith(f"/pedido/{queries.order(order_id).access_token}/")
    assert paper.shipping.lines == ("Orizaba 127, Int. 4B", "Roma Norte", "06700 Cuauhtémoc, Ciudad de México")
    assert (paper.version, paper.spei) == (1, None)


@db
def test_without_an_invoice_the_paper_names_the_general_public(at: datetime) -> None:
    paper = queries.pre_invoice(placed(at))
    assert (paper.billing.rfc, paper.billing.legal_name) == ("XAXX010101000", "PUBLICO EN GENERAL")
    assert (paper.billing.cfdi_use, paper.billing.tax_postal_code) == ("S01", "91500")


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_proves_an_order_that_is_not_there(email: str, phone: str) -> None:
    assert not proves(Buyer("", "", ""), "", email=email, phone=phone, pre_invoice_key="")


@db
def test_orders_are_found_by_number_name_mail_and_telephone(at: datetime) -> None:
    store = make_store()
    order = queries.order(placed(at, store_id=store, buyer=dataclasses.replace(BUYER, name="Íñigo Peña")))
    placed(
        at, store_id=store, buyer=dataclasses.replace(BUYER, name="Otra", email="otra@x.example", phone="5511112222")
    )
    for typed in (order.number, order.number.lower(), "inigo PEN", "lucia.hernandez@correo.example", "55 5012"):
        assert [row.id for row in queries.orders_of_store(store, search=typed)] == [order.id], typed
    assert queries.orders_of_store(make_store(), search=order.number) == ()
    assert queries.orders_of_store(store, search="¡!") == ()


@db
def test_a_list_of_orders_takes_two_statements_and_goes_from_new_to_old(
    at: datetime, django_assert_num_queries: object
) -> None:
    store = make_store()
    ids = [placed(at, store_id=store) for _ in range(4)]
    with django_assert_num_queries(2):  # type: ignore[operator]
        rows = queries.orders_of_store(store, limit=3)
    assert [row.id for row in rows] == ids[:0:-1]
    assert [row.id for row in queries.orders_of_store(store, before=ids[1])] == [ids[0]]
    assert queries.orders_of_store(store, state="paid") == ()
    assert {state: count for state, count in queries.orders_by_state(store).items() if count} == {"placed": 4}


@db
def test_a_whole_order_takes_three_statements(at: datetime, django_assert_num_queries: object) -> None:
    order_id = placed(at)
    token = queries.order(order_id).access_token
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.order_by_token(token)
    with django_assert_num_queries(3):  # type: ignore[operator]
        queries.orders_by_id([order_id, order_id + 1])


@db
def test_a_stranger_finds_no_order(at: datetime) -> None:
    ana, carla = make_store(), make_store()
    order = queries.order(placed(at, store_id=ana))
    assert queries.order_by_token("") is None
    assert queries.order_by_token("not-a-token") is None
    assert queries.order_by_token("\x00") is None
    assert queries.find_order(carla, order.number) is None
    assert queries.find_order(ana, order.number.replace("-", "").lower()) == order
    assert queries.orders_by_tokens(carla, [order.access_token]) == ()
    assert [row.id for row in queries.orders_by_tokens(ana, [order.access_token])] == [order.id]
    with pytest.raises(commands.OrderUnknown):
        queries.order(10**12)


@db
def test_the_checkout_finds_the_order_it_placed(at: datetime) -> None:
    store = make_store()
    asked = placing((make_product(store), 1))
    assert queries.order_placed_by(store, asked.checkout_key) is None
    order_id = commands.place_order(store, asked, at=at)
    found = queries.order_placed_by(store, asked.checkout_key)
    assert found is not None
    assert found.id == order_id
    assert Order.objects.get(pk=order_id).request_hash
