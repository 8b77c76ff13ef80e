from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.journey.orders.postal import STATES, disagree, state_named, state_of
from seguripago.journey.orders.rules import Sending, faults_in, pre_invoice_key, promised_dates, request_hash
from seguripago.journey.orders.rules.checks import days_between, warranty_span
from seguripago.journey.orders.rules.details import doubts_about
from seguripago.journey.orders.rules.keys import phone_digits
from seguripago.journey.orders.sat import REGIMES, USES, regime_fits_rfc, use_fits_regime
from seguripago.journey.orders.shapes import Billing, PlaceOrder
from seguripago.values.address import Address
from tests.orders.builders import BUYER, INVOICE, NO_INVOICE, ROMA, placing


def test_complete_details_have_no_fault() -> None:
    assert faults_in(BUYER, INVOICE, ROMA) == ()
    assert faults_in(BUYER, NO_INVOICE, ROMA) == ()


def test_without_an_invoice_the_fiscal_fields_may_be_anything() -> None:
    assert faults_in(BUYER, dataclasses.replace(NO_INVOICE, rfc="x", tax_postal_code="1"), ROMA) == ()


@pytest.mark.parametrize("email", ["", "lucia", "lucia@", "lucia@correo", "a b@c.mx", "lucia@@c.mx"])
def test_an_address_that_no_mail_reaches_is_refused(email: str) -> None:
    faults = faults_in(dataclasses.replace(BUYER, email=email), NO_INVOICE, ROMA)
    assert [fault.field for fault in faults] == ["buyer.email"]


def test_what_cannot_be_kept_is_named_and_never_breaks_the_database() -> None:
    faults = faults_in(
        dataclasses.replace(BUYER, phone="5" * 41),
        dataclasses.replace(NO_INVOICE, rfc="\x00"),
        dataclasses.replace(ROMA, references="a\x00", street="x" * 161),
    )
    assert [fault.field for fault in faults] == ["buyer.phone", "billing.rfc", "shipping.street", "shipping.references"]


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=20))
def test_no_text_breaks_the_reading_of_details(name: str, street: str, rfc: str) -> None:
    billing = dataclasses.replace(INVOICE, rfc=rfc, legal_name=name)
    faults_in(dataclasses.replace(BUYER, name=name), billing, dataclasses.replace(ROMA, street=street))
    doubts_about(billing)


@pytest.mark.parametrize("typed", ["5550128846", "55 5012 8846", "+52 55 5012 8846", "+52 1 55-5012-8846"])
def test_a_telephone_is_its_last_ten_digits(typed: str) -> None:
    assert phone_digits(typed) == "5550128846"


@pytest.mark.parametrize(
    ("change", "doubt"),
    [
        ({"rfc": "HERL890412K81"}, "El RFC no pasa su dígito verificador"),
        ({"tax_regime": "601"}, "El régimen no corresponde al RFC"),
        ({"tax_regime": "605"}, "El uso de CFDI no corresponde al régimen"),
        (
            {"rfc": "SAC180612QX1", "tax_regime": "601", "legal_name": "SIERRA ALTA CAFE SA DE CV"},
            "El nombre fiscal va sin régimen de capital (SA de CV)",
        ),
    ],
)
def test_what_sat_would_not_stamp_is_a_doubt(change: dict[str, str], doubt: str) -> None:
    billing = dataclasses.replace(INVOICE, **change)  # type: ignore[arg-type]
    assert doubts_about(billing) == (doubt,)
    assert doubts_about(INVOICE) == ()


def test_every_regime_that_a_form_offers_takes_a_company_or_a_person() -> None:
    for regime in REGIMES:
        assert regime_fits_rfc(regime, "A" * 12) or regime_fits_rfc(regime, "A" * 13)
        assert use_fits_regime("S01", regime)
    assert all(use_fits_regime(use, "601") for use in USES)
    assert not use_fits_regime("G03", "616")


def test_every_state_has_postal_codes_and_is_recognised_by_its_name() -> None:
    assert len(STATES) == 32
    assert {state_of(f"{prefix:02d}100") for prefix in range(100)} - {None} == set(STATES)
    assert all(state_named(name.upper()) == name for name in STATES)


def test_only_a_certain_disagreement_is_one() -> None:
    assert disagree("06700", "Jalisco")
    assert not disagree("06700", "cdmx")
    assert not disagree("06700", "Distrito Federal")
    assert not disagree("50000", "México")
    assert not disagree("06700", "un estado que nadie conoce")
    assert not disagree("18999", "Jalisco")


@pytest.mark.parametrize(
    ("days", "span"), [(90, "90 d"), (180, "6 m"), (365, "12 m"), (730, "24 m"), (120, "4 m"), (100, "100 d")]
)
def test_a_warranty_is_written_as_shops_do(days: int, span: str) -> None:
    assert warranty_span(days) == span


def test_a_span_of_days_is_written_short() -> None:
    assert days_between(date(2026, 11, 25), date(2026, 11, 27)) == "25 al 27 de nov."
    assert days_between(date(2026, 11, 30), date(2026, 12, 2)) == "30 de nov. al 2 de dic."
    assert days_between(date(2026, 11, 25), date(2026, 11, 25)) == "25 de nov."


def test_the_promise_counts_working_days_of_mexico_from_the_day_it_is_there() -> None:
    sunday_in_mexico = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    near: Any = {"sending": Sending("91000", 14, 0, 0, 2), "destination": "91500"}
    assert promised_dates([(2, 4), (1, 3)], sunday_in_mexico, **near) == (date(2026, 11, 25), date(2026, 11, 27))
    # 16 November is a holiday: the slowest line decides, everything leaves together.
    friday = datetime(2026, 11, 13, 18, 0, tzinfo=UTC)
    assert promised_dates([(1, 1), (2, 5)], friday, **near) == (date(2026, 11, 18), date(2026, 11, 23))


def test_the_same_request_has_the_same_hash_whatever_was_drawn_for_it() -> None:
    asked = placing((1, 2), (3, 1))
    drawn_again = dataclasses.replace(asked, number="CM-0000-0000", access_token="x", lines=asked.lines[::-1])
    assert request_hash(asked) == request_hash(drawn_again)


@pytest.mark.parametrize(
    "other",
    [
        lambda asked: dataclasses.replace(asked, shipping=dataclasses.replace(ROMA, int_number="5C")),
        lambda asked: dataclasses.replace(asked, billing=INVOICE),
        lambda asked: dataclasses.replace(asked, buyer=dataclasses.replace(BUYER, phone="5511112222")),
        lambda asked: dataclasses.replace(asked, marketing_opt_in=True),
        lambda asked: dataclasses.replace(asked, lines=asked.lines[:1]),
    ],
)
def test_another_request_has_another_hash(other: object) -> None:
    asked: PlaceOrder = placing((1, 2), (3, 1))
    assert request_hash(other(asked)) != request_hash(asked)  # type: ignore[operator]


def test_the_key_of_the_paper_depends_on_token_and_number_and_shows_neither() -> None:
    key = pre_invoice_key("token-a", "CM-7K3F-92QX")
    assert len(key) == 16
    assert key.isalnum()
    assert key == key.upper()
    assert len({key, pre_invoice_key("token-b", "CM-7K3F-92QX"), pre_invoice_key("token-a", "CM-7K3F-92QY")}) == 3


@given(st.builds(Address, *[st.text(max_size=20)] * 7), st.booleans(), st.text(max_size=20))
def test_what_is_frozen_as_json_is_read_back_the_same(address: Address, wants_invoice: bool, text: str) -> None:
    billing = Billing(wants_invoice, text, text, text, text, text, address)
    assert Billing.from_json(billing.to_json()) == billing
