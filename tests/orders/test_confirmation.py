from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.models import FactRow
from seguripago.journey.catalogue.commands import set_price
from seguripago.journey.orders import commands, queries
from seguripago.journey.orders.models import Order
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem
from tests.orders.builders import (
    BETO,
    BUYER,
    COATEPEC,
    INVOICE,
    LUCIA,
    ROMA,
    make_product,
    make_store,
    placed,
    verified,
)

pytestmark = pytest.mark.django_db
ALL = list(CheckItem)


def facts(order_id: int) -> list[str]:
    rows = FactRow.objects.filter(subject=f"order:{order_id}").order_by("pk")
    return list(rows.values_list("kind", flat=True))


def says(order_id: int) -> dict[CheckItem, str]:
    return {check.item: check.says for check in queries.order(order_id).checks}


def test_the_six_checks_are_prefilled_with_real_data(at: datetime) -> None:
    store = make_store(shipping_centavos=14_500)
    machine = make_product(store, "Máquina Lumbre", price=Money(649_600), warranty_days=730)
    mill = make_product(store, "Molino Xico", price=Money(191_400), warranty_days=365)
    cup = make_product(store, "Taza", price=Money(29_000), warranty_days=90)
    order_id = placed(at, store_id=store, lines=((machine, 1), (mill, 1), (cup, 2)), billing=INVOICE)
    commands.prefill_checks(order_id, at=at)
    assert says(order_id) == {
        CheckItem.STOCK: "4 de 4 listas",
        CheckItem.DATA: "Lucía Hernández Robles · HERL890412K82",
        CheckItem.ADDRESSES: "06700 Cuauhtémoc",
        CheckItem.DELIVERY: "13 al 18 de mar.",
        CheckItem.WARRANTY: "24 m · 12 m · 90 d",
        CheckItem.AMOUNT: "$9,135.00",
    }
    order = queries.order(order_id)
    assert [check.label for check in order.checks][:2] == ["Existencias", "Datos"]
    assert all(check.ok and check.confirmed_at is None for check in order.checks)
    addresses = next(check for check in order.checks if check.item is CheckItem.ADDRESSES)
    assert "Envío: Orizaba 127-4B, Roma Norte, 06700 Cuauhtémoc, Ciudad de México" in addresses.detail
    assert "Facturación: Orizaba 127-4B" in addresses.detail


def test_all_six_confirmed_in_one_click_are_announced_once(at: datetime) -> None:
    order_id = placed(at)
    commands.prefill_checks(order_id, at=at)
    commands.confirm_checks(order_id, ALL, by=BETO, at=at)
    commands.confirm_checks(order_id, ALL, by=BETO, at=at)
    order = queries.order(order_id)
    assert order.all_checked
    assert {check.confirmed_by for check in order.checks} == {"Beto Nava"}
    assert facts(order_id) == ["OrderPlaced", "OrderChecked", "ChecksConfirmed"]


def test_looking_again_and_finding_the_same_announces_nothing(at: datetime) -> None:
    order_id = placed(at)
    for _ in range(3):
        commands.prefill_checks(order_id, at=at)
    assert facts(order_id) == ["OrderPlaced", "OrderChecked"]


def test_checks_can_be_confirmed_one_by_one(at: datetime) -> None:
    order_id = placed(at)
    for item in ALL:
        assert not queries.order(order_id).all_checked
        commands.confirm_checks(order_id, [item], by=BETO, at=at)
    assert queries.order(order_id).all_checked
    assert facts(order_id) == ["OrderPlaced", *["ChecksTicked"] * 5, "ChecksConfirmed"]


def test_confirming_all_leaves_a_doubtful_check_open_until_a_person_confirms_it_by_name(at: datetime) -> None:
    order_id = placed(at, shipping=dataclasses.replace(ROMA, state="Jalisco"))
    commands.confirm_checks(order_id, ALL, by=BETO, at=at)
    [doubt] = [check for check in queries.order(order_id).checks if not check.confirmed_at]
    assert (doubt.item, doubt.says) == (CheckItem.ADDRESSES, "El C.P. 06700 es de Ciudad de México, no de Jalisco")
    with pytest.raises(commands.CheckFailed):
        commands.confirm_checks(order_id, [CheckItem.ADDRESSES], by=Actor.assistant(), at=at)
    commands.confirm_checks(order_id, [CheckItem.ADDRESSES], by=BETO, at=at)
    assert queries.order(order_id).all_checked


def test_an_rfc_that_fails_its_check_digit_is_a_doubt_and_not_a_wall(at: datetime) -> None:
    order_id = placed(at, billing=dataclasses.replace(INVOICE, rfc="HERL890412K81"))
    commands.confirm_checks(order_id, ALL, by=Actor.assistant(), at=at)
    assert says(order_id)[CheckItem.DATA] == "El RFC no pasa su dígito verificador"
    assert not queries.order(order_id).all_checked


def test_a_sum_that_does_not_add_up_is_confirmed_by_nobody(at: datetime) -> None:
    order_id = placed(at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_order_line SET unit_centavos = 1, subtotal_centavos = 1, iva_centavos = 0")
    with pytest.raises(commands.CheckFailed):
        commands.confirm_checks(order_id, [CheckItem.AMOUNT], by=BETO, at=at)


def test_the_acceptance_needs_all_six(at: datetime) -> None:
    order_id = placed(at)
    commands.confirm_checks(order_id, ALL[:5], by=BETO, at=at)
    with pytest.raises(commands.ChecksMissing) as refused:
        commands.accept_confirmation(order_id, by=LUCIA, at=at)
    assert refused.value.missing == (CheckItem.AMOUNT,)
    assert queries.order(order_id).state == "placed"


def test_the_buyers_yes_verifies_the_order_and_a_second_yes_changes_nothing(at: datetime) -> None:
    order_id = verified(at)
    commands.accept_confirmation(order_id, by=LUCIA, at=at + timedelta(minutes=1))
    order = queries.order(order_id)
    assert (order.state, order.accepted_at) == ("verified", at)
    assert facts(order_id).count("ConfirmationAccepted") == 1
    assert [entry.action for entry in history(order.store_id, f"order:{order_id}")] == [
        "order.placed",
        "order.checked",
        "order.checks_confirmed",
        "order.accepted",
    ]


def test_the_database_refuses_a_verified_order_that_nobody_accepted(at: datetime) -> None:
    order_id = placed(at)
    with pytest.raises(IntegrityError, match="order_accepted_before_paid"), transaction.atomic():
        Order.objects.filter(pk=order_id).update(state="verified")


def test_a_correction_unticks_data_and_addresses_and_keeps_the_buyers_words(at: datetime) -> None:
    order_id = placed(at)
    commands.confirm_checks(order_id, ALL, by=BETO, at=at)
    commands.ask_correction(order_id, "El número interior es 5C", by=LUCIA, at=at)
    order = queries.order(order_id)
    open_items = {check.item for check in order.checks if not check.confirmed_at}
    assert (order.correction, open_items) == ("El número interior es 5C", {CheckItem.DATA, CheckItem.ADDRESSES})
    with pytest.raises(commands.ChecksMissing):
        commands.accept_confirmation(order_id, by=LUCIA, at=at)
    with pytest.raises(commands.NothingAsked):
        commands.ask_correction(order_id, "  ", by=LUCIA, at=at)


def test_what_the_buyer_calls_wrong_is_confirmed_again_by_a_person_or_after_it_was_corrected(at: datetime) -> None:
    by_person, corrected = placed(at), placed(at)
    for order_id in (by_person, corrected):
        commands.confirm_checks(order_id, ALL, by=Actor.assistant(), at=at)
        commands.ask_correction(order_id, "Mi calle es otra", by=LUCIA, at=at)
        commands.confirm_checks(order_id, ALL, by=Actor.assistant(), at=at)
        assert not queries.order(order_id).all_checked
    commands.confirm_checks(by_person, ALL, by=BETO, at=at)
    commands.correct_details(corrected, BUYER, INVOICE, COATEPEC, by=LUCIA, at=at)
    commands.confirm_checks(corrected, ALL, by=Actor.assistant(), at=at)
    assert queries.order(by_person).all_checked
    assert queries.order(corrected).all_checked
    said = history(queries.order(corrected).store_id, f"order:{corrected}")[-2].said
    assert said == {"changed": ["billing", "shipping"], "version": 2}


def test_corrected_details_make_a_new_version_and_the_old_one_can_still_be_read(at: datetime) -> None:
    order_id = placed(at)
    commands.confirm_checks(order_id, ALL, by=BETO, at=at)
    commands.correct_details(order_id, BUYER, INVOICE, COATEPEC, by=BETO, at=at)
    order = queries.order(order_id)
    assert (order.pre_invoice_version, order.shipping, order.billing) == (2, COATEPEC, INVOICE)
    assert queries.pre_invoice(order_id, 1).shipping.lines[1] == "Roma Norte"
    assert queries.pre_invoice(order_id).billing.rfc == "HERL890412K82"
    assert says(order_id)[CheckItem.ADDRESSES] == "Envío 91500 · Factura 06700"
    # Coatepec is in the store's own state: what is promised of the delivery is another thing too.
    to_confirm = {CheckItem.DATA, CheckItem.ADDRESSES, CheckItem.DELIVERY}
    assert {check.item for check in order.checks if not check.confirmed_at} == to_confirm
    assert facts(order_id)[-1] == "OrderCorrected"
    commands.confirm_checks(order_id, ALL, by=BETO, at=at)
    commands.accept_confirmation(order_id, by=LUCIA, at=at)
    assert queries.order(order_id).state == "verified"


def test_what_changed_since_it_was_confirmed_is_to_be_confirmed_again(at: datetime) -> None:
    order_id = placed(at)
    commands.confirm_checks(order_id, ALL, by=BETO, at=at)
    tomorrow = at + timedelta(days=1)
    commands.prefill_checks(order_id, at=tomorrow)
    open_items = {check.item for check in queries.order(order_id).checks if not check.confirmed_at}
    assert open_items == {CheckItem.DELIVERY}
    assert says(order_id)[CheckItem.DELIVERY] == "17 al 19 de mar."


def test_a_new_price_on_the_shelf_does_not_touch_the_promised_one(at: datetime) -> None:
    store = make_store()
    product = make_product(store, price=Money(100_000))
    order_id = placed(at, store_id=store, lines=((product, 1),))
    set_price(store, product, Money(120_000), by=BETO, at=at)
    commands.prefill_checks(order_id, at=at)
    amount = queries.order(order_id).checks[-1]
    assert amount.ok
    assert "hoy cuesta $1,200.00; se respeta $1,000.00" in amount.detail


def test_after_the_yes_neither_checks_nor_details_move(at: datetime) -> None:
    order_id = verified(at)
    before = queries.order(order_id)
    commands.prefill_checks(order_id, at=at + timedelta(days=3))
    assert queries.order(order_id) == before
    with pytest.raises(commands.WrongState):
        commands.correct_details(order_id, BUYER, INVOICE, COATEPEC, by=BETO, at=at)
    with pytest.raises(commands.WrongState):
        commands.ask_correction(order_id, "Otra cosa", by=LUCIA, at=at)
