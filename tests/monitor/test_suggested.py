"""What a clerk is offered: orders that still take money, parts that were foreseen; and nothing typed is lost."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client

from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation.models import Case
from seguripago.values import clabe
from seguripago.values.money import Money
from tests.judging.movements import Dollars, movement, tell_all
from tests.money import bank
from tests.money.test_announcements import announce
from tests.monitor.people import AT, area
from tests.web.staff import entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def said(client: Client, address: str = "") -> str:
    page = client.get(f"{AT}{address}").content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def field(page: str, name: str) -> str:
    """What stands in a field of the page."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def stray(sold: bank.Sale, amount: Money, at: datetime, **more: object) -> Case:
    """Money to a CLABE that nobody was given."""
    nobody = clabe.build(sold.clabe[:10], 999_999)
    sent = bank.notice(sold.store_id, clabe=nobody, amount=amount.plain, at=at, **more)  # type: ignore[arg-type]
    bank.deliver(sold.store_id, sent, at=at)
    bank.turn(at)
    return Case.objects.get(store_id=sold.store_id)


def test_an_order_that_was_paid_since_is_suggested_no_more(now: datetime) -> None:
    there = area(now)
    assert f"Sugerencia: {there.number}" in said(there.clerk)
    bank.transfer(there.sold, there.sold.total.plain, at=now)
    for address in ("", "excepciones/"):
        assert "Sugerencia:" not in said(there.clerk, address)
        assert f"{there.number}?" not in said(there.clerk, address)
    page = there.clerk.get(f"{AT}caso/{there.case_id}/").content.decode()
    assert "Ya no admite dinero" in page
    assert field(page, "number") == ""


def test_several_that_are_as_likely_are_counted_and_none_is_typed_for_the_clerk(now: datetime) -> None:
    # The reference of these notices is the first order's: it is paid, so nothing tells the others apart.
    first = bank.sale(now)
    bank.transfer(first, first.total.plain, at=now)
    sold, twin = bank.sale(now, store_id=first.store_id), bank.sale(now, store_id=first.store_id)
    assert sold.total == twin.total
    case = stray(sold, sold.total, now)
    clerk = entered(sold.store_id, "payments")
    assert "u otro igual de probable" in said(clerk)
    assert field(clerk.get(f"{AT}caso/{case.pk}/").content.decode(), "number") == ""


def test_the_parts_that_were_foreseen_stand_in_the_form(now: datetime) -> None:
    sold = bank.sale(now)
    other = bank.sale(now, store_id=sold.store_id)
    numbers = [order(each.order_id).number for each in (sold, other)]
    case = stray(sold, sold.total + other.total, now, concept=" ".join(number.replace("-", "") for number in numbers))
    clerk = entered(sold.store_id, "payments")
    assert any(each["shares"] for each in case.suggestions)
    page = clerk.get(f"{AT}caso/{case.pk}/").content.decode()
    assert {field(page, "number_1"), field(page, "number_2")} == set(numbers)
    assert field(page, "amount_1") == sold.total.plain
    assert re.search(r'data-action="split" aria-pressed="true"', page)
    bank.transfer(other, "10.00", at=now)
    page = clerk.get(f"{AT}caso/{case.pk}/").content.decode()
    assert field(page, "number_1") == ""


def test_nothing_that_was_typed_is_lost_when_it_is_refused(now: datetime) -> None:
    there = area(now)
    typed = {
        "split": {
            "number_1": there.number, "amount_1": "1.00", "number_4": "CM-0000-0000", "amount_4": "mil",
            "give_back": "2.50",
        },
        "return": {
            "amount": "mil", "account": "012180015012884670", "holder": "Ana Ruiz", "proof": "Su estado de cuenta",
        },
        "apply": {"number": "CM-0000-0000", "amount": "7.00", "reason": "lo dijo por teléfono"},
    }  # fmt: skip
    for action, fields in typed.items():
        answer = there.clerk.post(f"{AT}caso/{there.case_id}/proponer/", {"action": action, **fields})
        assert answer.status_code == 409
        page = answer.content.decode()
        form = page[page.index(f'data-action-form="{action}"') :]
        for name, text in fields.items():
            assert field(form, name) == text, (action, name)


def test_what_is_only_announced_is_found_too(now: datetime) -> None:
    sold, other = bank.sale(now), bank.sale(now)
    sent = bank.notice(
        sold.store_id, clabe=sold.clabe, amount="77.10", at=now, tracking_key="ANUNCIADA01", concept="Ximena Ordaz"
    )
    announce(sold.store_id, sent, at=now)
    clerk, stranger = entered(sold.store_id, "payments", "beto"), entered(other.store_id, "payments", "carla")
    for text in ("anunciada01", "77.10", sold.clabe[-6:], order(sold.order_id).number, "xímena", ""):
        assert "Solo anunciados" in said(clerk, f"buscar/?q={text}"), text
        assert "Solo anunciados" not in said(stranger, f"buscar/?q={text}")
    for address in ("buscar/?q=otracosa", "buscar/?maximo=5.00", "buscar/?estado=confirmado", "buscar/?banco=40014"):
        assert "Solo anunciados" not in said(clerk, address), address


def test_a_notice_that_nobody_could_read_stands_on_its_case(now: datetime) -> None:
    sold = bank.sale(now)
    bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount="10,00", at=now), at=now)
    bank.turn(now)
    case = Case.objects.get(store_id=sold.store_id)
    clerk, stranger = entered(sold.store_id, "payments", "beto"), entered(bank.bank_store(), "payments", "carla")
    page = said(clerk, f"caso/{case.pk}/")
    assert "no se puede leer con certeza: la cantidad." in page
    assert "10,00" in page
    assert stranger.get(f"{AT}caso/{case.pk}/").status_code == 404


def test_dollars_are_counted_and_never_added_to_pesos(now: datetime) -> None:
    sold = bank.sale(now)
    tell_all([Dollars(movement(sold, "435.00", at=now))], at=now)
    clerk = entered(sold.store_id, "payments")
    page = said(clerk)
    assert "Última hora $0.00 1 depósito" in page
    assert "$0.00 por aclarar" in page
    assert "$435.00 USD" in page
