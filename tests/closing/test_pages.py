"""The pages of the close and of the ledger: what a clerk sees, presses and takes away."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from django.test import Client
from pypdfium2 import PdfDocument
from python_calamine import CalamineWorkbook

from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.reconciliation.models import DayClose
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money
from seguripago.web.components.templatetags.sp import moment
from tests.architecture.house import ROOT
from tests.architecture.test_screens import forbidden_in
from tests.web.staff import entered

from .books import bank

pytestmark = pytest.mark.django_db
CLOSES = "/medios-de-pago/cierre/"
LEDGER = "/medios-de-pago/libro/"


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def headings(page: str) -> list[str]:
    return [re.sub(r"<[^>]*>", "", said).strip() for said in re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", page, re.S)]


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def today(now: datetime) -> date:
    return now.astimezone(MEXICO).date()


@pytest.fixture
def store_id(now: datetime, today: date) -> int:
    """A store with two orders paid today, one of them with too much."""
    found = bank.bank_store()
    for more in (0, 1_050):
        sold = bank.sale(now, store_id=found)
        bank.transfer(sold, (sold.total + Money(more)).plain, at=now, operation_date=today, concept="=1+1")
    return found


@pytest.fixture
def clerk(store_id: int) -> Client:
    return entered(store_id, "payments")


def file_of(client: Client, address: str) -> bytes:
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert "attachment" in answer["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    return b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]


def test_the_list_shows_the_day_and_its_page_says_that_the_statement_is_missing(clerk: Client, today: date) -> None:
    assert f"{CLOSES}{today.isoformat()}/" in page_of(clerk, CLOSES)
    page = page_of(clerk, f"{CLOSES}{today.isoformat()}/")
    assert "Sin estado de cuenta: no se puede comprobar" in page
    assert "Cerrar el día" in page
    assert "Excedente" in page
    assert "$0.00 MXN sin explicar" not in page


def test_the_button_closes_the_day_and_it_stays_closed(clerk: Client, store_id: int, today: date) -> None:
    address = f"{CLOSES}{today.isoformat()}/"
    answer = clerk.post(address)
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = page_of(clerk, address)
    assert "Firma comprobada" in page
    assert "Cerrar el día" not in page
    assert DayClose.objects.get().hash in page
    again = clerk.post(address)
    assert again.status_code == 409
    assert "ya está cerrado" in again.content.decode()
    assert DayClose.objects.count() == 1


def test_a_late_deposit_is_shown_apart(clerk: Client, store_id: int, today: date, now: datetime) -> None:
    address = f"{CLOSES}{today.isoformat()}/"
    clerk.post(address)
    sold = bank.sale(now, store_id=store_id)
    bank.transfer(sold, sold.total.plain, at=now, operation_date=today)
    page = page_of(clerk, address)
    assert "Llegó después de este cierre" in page
    assert "Firma comprobada" in page


def test_the_paper_says_what_the_page_says(clerk: Client, today: date) -> None:
    clerk.post(f"{CLOSES}{today.isoformat()}/")
    paper = PdfDocument(file_of(clerk, f"{CLOSES}{today.isoformat()}/pdf/"))
    text = "\n".join(page.get_textpage().get_text_range() for page in paper)
    for said in (
        "Sin estado de cuenta",
        "Cierre núm. 1",
        "Excedente",
        "Cuenta bancaria",
        DayClose.objects.get().hash[:8],
        moment(DayClose.objects.get().at),
    ):
        assert said in text
    assert "hoy," not in text, "a paper that is read next year"
    assert forbidden_in(text) == []


def test_a_stranger_checks_the_signed_file_by_the_words_of_the_guide(
    clerk: Client, store_id: int, today: date, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk.post(f"{CLOSES}{today.isoformat()}/")
    (program,) = re.findall(r"```python\n(.+?)```", (ROOT / "docs" / "bank.md").read_text(), re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("tienda.pem").write_bytes(clerk.get(f"/verificar/llave/{store_by_id(store_id).slug}.pem").content)
    signed = file_of(clerk, f"{CLOSES}{today.isoformat()}/json/")
    Path("cierre.json").write_bytes(signed)
    exec(program, {})
    forged = json.loads(signed)
    forged["body"]["bank"]["closing"] += 1
    Path("cierre.json").write_text(json.dumps(forged))
    with pytest.raises(AssertionError):
        exec(program, {})
    other = json.loads(signed) | {"signature": "A" * 86 + "=="}
    Path("cierre.json").write_text(json.dumps(other))
    with pytest.raises(InvalidSignature):
        exec(program, {})


def test_the_signed_file_is_there_once_closed(clerk: Client, today: date) -> None:
    assert clerk.get(f"{CLOSES}{today.isoformat()}/json/").status_code == 404
    clerk.post(f"{CLOSES}{today.isoformat()}/")
    said = json.loads(file_of(clerk, f"{CLOSES}{today.isoformat()}/json/"))
    assert said["hash"] == DayClose.objects.get().hash


def test_the_workbook_has_a_sheet_for_each_table_and_exact_amounts(clerk: Client, today: date) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(clerk, f"{CLOSES}{today.isoformat()}/xlsx/")))
    assert book.sheet_names == [
        "Comprobación",
        "Diferencias",
        "Ajustes de días cerrados",
        "Casos abiertos",
        "Cuentas del libro",
    ]
    accounts = book.get_sheet_by_name("Cuentas del libro").to_python()[1:]
    assert sum(round(row[1] * 100) for row in accounts) == 0
    assert all(isinstance(row[1], float) for row in accounts)


@pytest.mark.parametrize("what", ["depositos", "casos", "libro"])
@pytest.mark.parametrize("to", ["csv", "xlsx"])
def test_days_are_exported(clerk: Client, today: date, what: str, to: str) -> None:
    yesterday = (today - timedelta(days=1)).isoformat()
    body = file_of(clerk, f"{CLOSES}exportar/?que={what}&desde={yesterday}&hasta={today.isoformat()}&formato={to}")
    if to == "csv":
        rows: list[list[Any]] = list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(body)).get_sheet_by_index(0).to_python()
    assert len(rows) == 1 + {"depositos": 2, "casos": 1, "libro": len(rows) - 1}[what]
    assert len(rows) >= 2
    if what == "depositos" and to == "csv":
        assert {row[6] for row in rows[1:]} == {"'=1+1"}, "a payer's concept is no formula"
        assert all(len(row[4]) == 18 for row in rows[1:])


@pytest.mark.parametrize("query", ["que=otro", "que=libro&desde=2026-02-01&hasta=2026-01-01", "que=libro&formato=exe"])
def test_what_cannot_be_exported_is_not_found(clerk: Client, query: str) -> None:
    assert clerk.get(f"{CLOSES}exportar/?{query}").status_code == 404


def test_the_ledger_shows_the_accounts_now_and_as_they_were(clerk: Client, store_id: int, now: datetime) -> None:
    page = page_of(clerk, LEDGER)
    assert {"Libro", "Cuentas ahora"} <= set(headings(page))
    assert "Cuenta bancaria" in page
    before = page_of(clerk, f"{LEDGER}?momento={(now - timedelta(days=2)).isoformat()[:19]}")
    assert "Nada asentado todavía" in before
    until_yesterday = (now - timedelta(days=3)).date().isoformat()
    assert "Nada asentado todavía" in page_of(clerk, f"{LEDGER}?fecha={until_yesterday}")


def test_the_ledger_is_read_page_by_page(clerk: Client, store_id: int, now: datetime) -> None:
    for place in range(60):
        legs = ((Account.FEES, Money(place + 1)), (Account.BANK, Money(-place - 1)))
        post(Journal(f"fee:{place}", store_id, "x", now, legs))
    seen: list[str] = []
    address = f"{LEDGER}?cuenta=fees"
    while address:
        page = page_of(clerk, address)
        seen += [part.split("<")[0] for part in page.split("<td>fee:")[1:]]
        older = [part.split('"')[0] for part in page.split('href="?') if "antes=" in part.split('"')[0]]
        address = f"{LEDGER}?{older[0].replace('&amp;', '&')}" if older else ""
    assert sorted(map(int, seen)) == list(range(60))
    assert len(seen) == 60


@pytest.mark.parametrize(
    "query", ["antes=x", "antes=1,x", "momento=ayer", "fecha=x", "moneda=%00", "antes=9999999999999999,1"]
)
def test_nonsense_in_the_address_breaks_nothing(clerk: Client, query: str) -> None:
    assert clerk.get(f"{LEDGER}?{query}").status_code == 200
    assert clerk.get(f"{LEDGER}?cuenta=otra").status_code == 404


@pytest.mark.parametrize("day", ["2026-02-31", "0000-01-01", "9999-12-31", "hoy"])
def test_a_day_that_is_none_or_has_not_come_is_not_found(clerk: Client, day: str) -> None:
    assert clerk.get(f"{CLOSES}{day}/").status_code == 404
    assert clerk.get(f"{CLOSES}{day}/pdf/").status_code == 404


def test_a_stranger_and_another_store_see_nothing_of_it(client: Client, store_id: int, today: date) -> None:
    addresses = [CLOSES, LEDGER, f"{CLOSES}{today.isoformat()}/", f"{CLOSES}exportar/?que=depositos"]
    addresses += [f"{CLOSES}{today.isoformat()}/{to}/" for to in ("pdf", "csv", "xlsx", "json")]
    for address in addresses:
        assert client.get(address).status_code == 302
    assert client.post(f"{CLOSES}{today.isoformat()}/").status_code == 302
    for role in ("analyst", "owner"):
        assert {entered(store_id, role).get(address).status_code for address in addresses} == {404}
    entered(store_id, "payments").post(f"{CLOSES}{today.isoformat()}/")
    carla = entered(bank.bank_store(), "supervisor", "carla")
    assert "Todavía no hay días" in page_of(carla, CLOSES)
    assert carla.get(f"{CLOSES}{today.isoformat()}/json/").status_code == 404
    rows = file_of(carla, f"{CLOSES}exportar/?que=depositos").decode().strip().split("\r\n")
    assert len(rows) == 1


def test_no_page_says_a_forbidden_word(clerk: Client, today: date) -> None:
    for address in (CLOSES, LEDGER, f"{CLOSES}{today.isoformat()}/"):
        assert forbidden_in(page_of(clerk, address)) == []


def test_the_pages_ask_the_database_the_same_however_much_arrives(
    clerk: Client, store_id: int, today: date, now: datetime, django_assert_max_num_queries: Any
) -> None:
    """Three say who asks; the proof of a day reads each of its columns once."""
    addresses = {CLOSES: 8, f"{CLOSES}{today.isoformat()}/": 28, LEDGER: 8}
    asked = {}
    for more in (0, 4):
        for _ in range(more):
            sold = bank.sale(now, store_id=store_id)
            bank.transfer(sold, sold.total.plain, at=now, operation_date=today)
        for address, most in addresses.items():
            with django_assert_max_num_queries(most) as counted:
                clerk.get(address)
            assert asked.setdefault(address, len(counted)) == len(counted), address
