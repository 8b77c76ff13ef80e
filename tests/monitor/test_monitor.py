"""Medios de pago: what the payments area sees of its own store, and nobody else does."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from seguripago.journey.bank.models import Deposit
from seguripago.journey.orders.queries import order
from seguripago.values import clabe
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money
from tests.architecture.test_screens import forbidden_in
from tests.money import bank
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
AT = "/medios-de-pago/"
PIECES = (AT, f"{AT}vivo/")
# Once the feeds were read, which are kept for ten seconds: three say who asks, five make figures and chart,
# ten read deposits, announcements, cases, what is expected, the note. In the first hour of Mexico's day the running
# hour is the whole day, and is read once.
QUERIES = 18


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def page_of(client: Client, address: str = AT) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def headings(page: str) -> list[str]:
    return [
        re.sub(r"<[^>]*>", "", said).strip() for said in re.findall(r"<h[1-6][^>]*>(.*?)</h[1-6]>", page, re.DOTALL)
    ]


def row_of(page: str, deposit_id: int) -> str:
    found = re.search(rf'<tr id="d{deposit_id}"[^>]*>.*?</tr>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_an_empty_day_says_so_and_has_its_headings() -> None:
    page = page_of(entered(bank.bank_store(), "payments"))
    assert {"Depósitos en vivo", "Excepciones", "Transferencias esperadas"} <= set(headings(page))
    assert "Aún no hay depósitos" in page
    assert "Nada por aclarar" in page
    assert "No esperamos transferencias" in page


def test_a_confirmed_deposit_with_its_order_and_what_is_still_expected(now: datetime) -> None:
    store_id = bank.bank_store()
    paid, waited = bank.sale(now, store_id=store_id), bank.sale(now, store_id=store_id)
    bank.transfer(paid, paid.total.plain, at=now, tracking_key="RASTREO7788")
    page = page_of(entered(store_id, "payments"))
    row = row_of(page, Deposit.objects.get().pk)
    for said in ("RASTREO7788", str(paid.total), order(paid.order_id).number, "Confirmado", "BBVA"):
        assert said in row
    expected = page[page.index('id="h-expected"') :]
    assert order(waited.order_id).number in expected
    assert str(waited.total) in expected
    assert order(paid.order_id).number not in expected


def test_a_case_says_its_reasons(now: datetime) -> None:
    store_id = bank.bank_store()
    sold = bank.sale(now, store_id=store_id)
    bank.transfer(sold, (sold.total + Money(1_050)).plain, at=now)
    nobodys = clabe.build(sold.clabe[:10], 999_999)
    bank.deliver(store_id, bank.notice(store_id, clabe=nobodys, amount="77.00", at=now), at=now)
    bank.turn(now)
    page = page_of(entered(store_id, "supervisor"))
    cases = page[page.index('id="h-cases"') : page.index('id="h-expected"')]
    for said in ("Excedente", "$10.50", order(sold.order_id).number, "Sin pedido", "$77.00", "Por resolver antes de"):
        assert said in cases
    assert len(re.findall(r'<article class="ex"[^>]*>.*?<p>[^<]{10,}', cases, re.DOTALL)) == 2, (
        "each with a reason in words"
    )


def test_the_story_of_a_deposit_shows_what_the_bank_said_and_what_was_booked(now: datetime) -> None:
    sold = bank.sale(now)
    bank.transfer(sold, sold.total.plain, at=now, concept="<b>Pago</b>")
    deposit = Deposit.objects.get()
    page = page_of(entered(sold.store_id, "payments"), f"{AT}deposito/{deposit.pk}/")
    for said in (deposit.tracking_key, clabe.pretty(sold.clabe), str(sold.total), order(sold.order_id).number):
        assert said in page
    assert "&lt;b&gt;Pago&lt;/b&gt;" in page
    assert "<b>Pago</b>" not in page, "what a payer writes is never taken for the page"
    assert page.count("<tr>") >= 5, "two journals of two legs each, and the head"


@pytest.mark.parametrize("address", PIECES)
def test_carla_is_sent_to_sign_in(client: Client, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer["Location"][:14]) == (302, "/entrar/?next=")


@pytest.mark.parametrize("role", ["analyst", "owner"])
def test_who_has_another_role_finds_nothing_here(now: datetime, role: str) -> None:
    sold = bank.sale(now)
    bank.transfer(sold, sold.total.plain, at=now)
    client = entered(sold.store_id, role)
    for address in (*PIECES, f"{AT}deposito/{Deposit.objects.get().pk}/"):
        assert client.get(address).status_code == 404


def test_another_stores_member_never_sees_this_stores_money(now: datetime) -> None:
    sold = bank.sale(now)
    bank.transfer(sold, (sold.total + Money(5)).plain, at=now, tracking_key="SOLODEANA01")
    waited = bank.sale(now, store_id=sold.store_id)
    carla = entered(bank.bank_store(), "supervisor", "carla")
    for address in PIECES:
        page = page_of(carla, address)
        for said in ("SOLODEANA01", order(sold.order_id).number, order(waited.order_id).number):
            assert said not in page
        assert "Aún no hay depósitos" in page
    deposit_id = Deposit.objects.get().pk
    for unknown in (deposit_id, deposit_id + 1_000_000):
        answer = carla.get(f"{AT}deposito/{unknown}/")
        assert answer.status_code == 404
        assert "No encontramos esta página" in answer.content.decode()


def test_the_page_asks_the_database_the_same_however_much_arrives(now: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    store_id = bank.bank_store()
    client = entered(store_id, "payments")
    for more in (1, 6):
        for _ in range(more):
            # An order that waits, so that each case has something to suggest.
            bank.sale(now, store_id=store_id)
            sold = bank.sale(now, store_id=store_id)
            bank.transfer(sold, (sold.total + Money(100)).plain, at=now)
        client.get(AT)
        with django_assert_num_queries(QUERIES - (datetime.now(MEXICO).hour == 0)):
            client.get(AT)


def test_only_reading_is_possible_here(now: datetime) -> None:
    client = entered(bank.bank_store(), "payments")
    assert [client.post(address).status_code for address in PIECES] == [405, 405]


def test_the_region_is_redrawn_alone_and_no_word_is_forbidden(now: datetime) -> None:
    sold = bank.sale(now)
    bank.transfer(sold, (sold.total + Money(100)).plain, at=now)
    client = entered(sold.store_id, "payments")
    part = page_of(client, f"{AT}vivo/")
    assert part.lstrip().startswith("<div")
    assert "<html" not in part
    for page in (page_of(client), part, page_of(client, f"{AT}deposito/{Deposit.objects.get().pk}/")):
        assert forbidden_in(re.sub(r"<[^>]*>", " ", page)) == []
