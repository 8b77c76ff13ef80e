"""Amounts, days, hours, accounts and keys, as Mexican banks write them and as they are seen."""

from __future__ import annotations

from decimal import Decimal

import pytest

from seguripago.ports.receipt_values import (
    amount_in,
    clabe_in,
    days_in,
    doubts_of,
    key_in,
    key_variants,
    links_in,
    tail_in,
    times_in,
)
from seguripago.ports.receipt_words import bank_named, meaning_of


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("$9,135.00 MXN", "9135.00"),
        ("$ 9 135.00", "9135.00"),
        ("$9,135", "9135.00"),
        ("9,135.00", "9135.00"),
        ("9135.50", "9135.50"),
        ("MXN 1,250,000.00", "1250000.00"),
        ("$631.00 M.N.", "631.00"),
        ("$ 660 . 50", "660.50"),
        ("1250.00 pesos", "1250.00"),
        ("$0.01", "0.01"),
    ],
)
def test_an_amount_is_read_in_every_form(text: str, amount: str) -> None:
    said = amount_in(text)
    assert said is not None
    assert said[0] == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["9135", "9.135,00", "$9,13500", "$1,250.00 y $1,300.00", "Pedido 1042", "646180157000000017", "", "$", "12:08",
     "22/11/2026", "1,2,3", "$91,35.00"],
)  # fmt: skip
def test_what_is_not_certainly_an_amount_is_none(text: str) -> None:
    assert amount_in(text) is None


@pytest.mark.parametrize(
    "text",
    ["22 nov. 2026", "22/11/2026", "2026-11-22", "lunes 22 de noviembre de 2026, 12:08 h", "22 NOV 2026 - 12:08:31",
     "22/Nov/2026", "22-11-2026", "22 de noviembre del 2026", "domingo, 22 de noviembre 2026 a las 12:08 hrs",
     "22/11/202612:08:31", "Fecha: 22 noviembre 2026", "11/22/2026", "22 / 11 / 2026"],
)  # fmt: skip
def test_a_day_is_read_in_every_form(text: str) -> None:
    assert [(day.iso, day.is_sure) for day in days_in(text)] == [("2026-11-22", True)]


def test_a_month_that_was_seen_with_a_zero_is_october() -> None:
    assert [day.iso for day in days_in("13/0ct/2026")] == ["2026-10-13"]


@pytest.mark.parametrize(("text", "iso"), [("05/06/2026", "2026-06-05"), ("22/11/26", "2026-11-22")])
def test_a_day_that_could_be_another_one_is_not_sure(text: str, iso: str) -> None:
    assert [(day.iso, day.is_sure) for day in days_in(text)] == [(iso, False)]


@pytest.mark.parametrize(
    "text", ["31/02/2026", "22 de 2026", "00/00/2026", "22 nov, 12:08", "1998-01-01", "20261122", "22 pesos 2026", ""]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert days_in(text) == []


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("12:08 h", ["12:08"]),
        ("12:08:31", ["12:08:31"]),
        ("1:36 p. m.", ["13:36"]),
        ("12:05 a.m.", ["00:05"]),
        ("12:05 PM", ["12:05"]),
        ("a las 07:03 hrs", ["07:03"]),
        ("22/11/202614:41:00", ["14:41:00"]),
        ("25:00", []),
        ("14:41 p.m.", []),
        ("10:4", []),
    ],
)
def test_an_hour_is_read_in_every_form(text: str, times: list[str]) -> None:
    assert times_in(text) == times


@pytest.mark.parametrize(
    ("text", "found", "is_wrong"),
    [
        ("646180157045407222", "646180157045407222", False),
        ("646 180 15704540722 2", "646180157045407222", False),
        ("CLABE 646180157045407222.", "646180157045407222", False),
        ("6461801570454O7222", "646180157045407222", False),
        ("646180157045407223", "", True),
        ("64618015704540722", "", False),
        ("A646180157045407222", "", False),
        ("•••• 7222", "", False),
    ],
)
def test_an_account_is_eighteen_digits_with_the_right_last_one(text: str, found: str, is_wrong: bool) -> None:
    assert clabe_in(text) == (found, is_wrong)


@pytest.mark.parametrize(
    ("text", "tail"),
    [("•••• 1234", "1234"), ("***0017", "0017"), ("XXXXXXXXXXXXXX0017", "0017"), ("Perfiles ***5518", "5518"),
     ("*1234", "1234"), ("1234", "1234"), ("12345", ""), ("****12", ""), ("Calle 1234", "")],
)  # fmt: skip
def test_of_a_masked_account_only_the_tail_is_told(text: str, tail: str) -> None:
    assert tail_in(text) == tail


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("MBAN01002611220012345678", "MBAN01002611220012345678"),
        (" NU39TTCPV540A8VSX7 AHFG3JDJF1 ", "NU39TTCPV540A8VSX7AHFG3JDJF1"),
        ("HSBC654176:", "HSBC654176"),
        ("MBANo1002611220012", "MBANO1002611220012"),
        ("085495101360491956", "085495101360491956"),
        ("1234567890123456789012345678901", ""),
        ("No disponible", ""),
        ("SPEI", ""),
        ("AB-12345", ""),
        ("Clave 123 de rastreo", ""),
    ],
)
def test_a_tracking_key_is_letters_and_digits(text: str, key: str) -> None:
    assert key_in(text) == key


def test_letters_that_may_be_digits_are_doubtful() -> None:
    assert doubts_of("MBAN01002611220012345678") == ()
    assert doubts_of("8846CAP1202611221234567890") == ()
    assert doubts_of("2RHYKO0MVY6G4B158FY") == (5, 6, 13, 14, 16)
    assert doubts_of("17J6KCX5VEAVJY30SUWHW9KHKF") == (0, 15)
    assert "GZ87E0W61O5NE7WSSNS0O8X1WD" in list(key_variants("GZ87E0W6105NE7WSSNS008X1WD"))
    assert list(key_variants("XY0ZW")) == ["XY0ZW", "XYOZW"]
    assert "A1B2C3O4" in list(key_variants("A1B2C304"))
    assert len(list(key_variants("0I0I0I0I0I0I0I0I"))) == 128


@pytest.mark.parametrize(
    ("text", "link", "is_look_alike"),
    [
        (
            "https://www.banxico.org.mx/cep/go?i=40012&s=20210302&d=abc%3D",
            "https://www.banxico.org.mx/cep/go?i=40012&s=20210302&d=abc%3D",
            False,
        ),
        ("Consulta tu CEP en www.banxico.org.mx/cep", "", False),
        ("Consulta en banxico.org.mx.", "", False),
        ("wwwbanxico.orgmx/cep", "", False),
        ("https://www.banxico.org.mx.cep-valida.com/cep/go?i=1", "", True),
        ("https://www.banxico-cep.org.mx/cep/go?i=1", "", True),
        ("https://banxico.com.mx/cep/go?i=1", "", True),
        ("https://cep.banxico.org.mx/cep/go?i=1", "", True),
        ("https://www.banxico.org.mx@malo.example/cep/go?i=1", "", True),
        ("http://www.banxico.org.mx/cep/go?i=1", "", False),
        ("Banxico informa", "", False),
        ("https://www.banxico.org.mx:99999/cep/go?i=1", "", True),
    ],
)
def test_only_a_link_of_banxico_itself_is_kept(text: str, link: str, is_look_alike: bool) -> None:
    assert links_in(text) == (link, is_look_alike)


@pytest.mark.parametrize(
    ("text", "code"),
    [("BBVA México, S.A.", "40012"), ("citibanamex", "40002"), ("nu", "40638"), ("Mercado Pago W", "90722"),
     ("Banco Mercantil del Norte", "40072"), ("STP", "90646"), ("Número", ""), ("de BBVA a Banorte", ""), ("", "")],
)  # fmt: skip
def test_a_bank_is_known_by_its_names(text: str, code: str) -> None:
    assert bank_named(text) == code


def test_a_label_is_known_with_a_letter_seen_wrong_and_not_by_its_beginning() -> None:
    for label in ("Clave de rastreo", "CLAVE DE RASTREO:", "Clave de rastre0", "Glave de rastreo"):
        meaning = meaning_of(label)
        assert meaning is not None
        assert meaning.field == "tracking_key"
    assert meaning_of("Clave") is None
    assert meaning_of("Transferencia realizada") is None
