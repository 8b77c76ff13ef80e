"""What is typed into the search box, and what it finds; figures that are kept; days of the bank; notes of a shift."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction

from seguripago.foundations.audit.queries import history
from seguripago.journey.bank.models import Deposit
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation.models import ShiftNote
from seguripago.journey.reconciliation.queries import slices
from seguripago.journey.reconciliation.rules.searching import meanings
from seguripago.values.calendar import bank_holidays, is_banking_day
from seguripago.values.money import Money
from seguripago.web.monitor import bank_days, places
from seguripago.web.monitor.figures import Kept
from tests.money import bank
from tests.web.staff import entered

AT = "/medios-de-pago/"


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("text", "amount"), [("1,250.00", 125_000), ("1250", 125_000), ("$1,250.5", 125_050), ("1250 pesos", 125_000)]
)
def test_an_amount_is_read_however_it_is_written(text: str, amount: int) -> None:
    assert meanings(text).amount == Money(amount)


@pytest.mark.parametrize("text", ["", "   ", "···", "0", "-5"])
def test_what_means_nothing_finds_nothing(text: str) -> None:
    assert meanings(text).amount is None
    assert not meanings(text).numbers


def test_digits_may_be_an_amount_the_end_of_a_clabe_or_a_key() -> None:
    read = meanings("0294217")
    assert (read.amount, read.clabe_end, read.key_start) == (Money(29_421_700), "0294217", "0294217")


def test_names_are_folded_and_formulas_are_only_words() -> None:
    assert meanings("Lucía HERNÁNDEZ-Robles").words == ("lucia", "hernandez", "robles")
    assert meanings("'); DROP TABLE deposit; --").words == ("drop", "table", "deposit")


@pytest.mark.django_db
def test_a_deposit_is_found_by_everything_that_is_known_of_it(now: datetime) -> None:
    store_id = bank.bank_store()
    sold, other = bank.sale(now, store_id=store_id), bank.sale(now, store_id=store_id)
    bank.transfer(sold, sold.total.plain, at=now, tracking_key="RASTREO7788", concept="Café de Ximena Ordaz")
    bank.transfer(other, "1.00", at=now, tracking_key="OTRACLAVE99", concept="De Rogelio")
    client, number = entered(store_id, "payments"), order(sold.order_id).number
    found = Deposit.objects.get(tracking_key="RASTREO7788")
    typed = (
        number, number.lower().replace("-", " "), number.replace("0", "O"), "RASTREO7788", "rastreo", sold.clabe,
        sold.clabe[-6:], sold.total.plain, f"${sold.total.plain}", "cafe ximena", "XÍMENA", "orda",
    )  # fmt: skip
    for text in typed:
        page = client.get(f"{AT}buscar/", {"q": text}).content.decode()
        assert f'id="d{found.pk}"' in page, text
        assert "OTRACLAVE99" not in page, text
    assert "Nada con eso" in client.get(f"{AT}buscar/", {"q": "zzz no existe"}).content.decode()


@pytest.mark.django_db
def test_filters_stay_in_the_address_and_what_cannot_be_read_is_told(now: datetime) -> None:
    sold = bank.sale(now)
    bank.transfer(sold, sold.total.plain, at=now)
    client = entered(sold.store_id, "payments")
    shown = f'id="d{Deposit.objects.get().pk}"'
    for address, is_found in (
        ("estado=confirmado", True), ("estado=parcial", False), ("banco=40012", True), ("banco=40014", False),
        (f"minimo={sold.total.plain}&maximo={sold.total.plain}", True), ("minimo=9,999,999.00", False),
        ("tipo=unknown", False), ("desde=2020-01-01&hasta=2020-01-31", False), ("estado=nada&banco=x", True),
    ):  # fmt: skip
        assert (shown in client.get(f"{AT}buscar/?{address}").content.decode()) is is_found, address
    page = client.get(f"{AT}buscar/?minimo=mil&desde=ayer&antes=%00x").content.decode()
    assert "no es un monto" in page
    assert "no es una fecha" in page


@pytest.mark.django_db
def test_a_file_of_what_was_found_and_a_search_by_name(now: datetime) -> None:
    sold = bank.sale(now)
    bank.transfer(sold, sold.total.plain, at=now, tracking_key="RASTREO7788", concept="=1+1")
    client = entered(sold.store_id, "payments")
    answer = client.get(f"{AT}buscar/archivo/?q=rastreo7788&formato=csv")
    assert "RASTREO7788" in b"".join(answer).decode("utf-8-sig")
    assert client.get(f"{AT}buscar/archivo/?formato=exe").status_code == 404
    kept = client.post(f"{AT}buscar/guardar/", {"name": "Los míos", "q": "rastreo7788", "estado": "confirmado"})
    assert kept["Location"] == f"{AT}buscar/?q=rastreo7788&estado=confirmado"
    assert "Los míos" in client.get(f"{AT}buscar/").content.decode()
    nameless = client.post(f"{AT}buscar/guardar/", {"name": " "})
    assert (nameless.status_code, "Ponle nombre" in nameless.content.decode()) == (409, True)


@pytest.mark.django_db
def test_a_note_is_on_the_board_with_its_author_audited_and_for_ever(now: datetime) -> None:
    store_id = bank.bank_store()
    client = entered(store_id, "payments")
    client.post(f"{AT}notas/", {"text": "Banorte va lento; <b>ojo</b>"})
    page = client.get(AT).content.decode()
    assert "Banorte va lento; &lt;b&gt;ojo&lt;/b&gt;" in page
    assert "Beto Prueba" in page
    empty = client.post(f"{AT}notas/", {"text": "  "})
    assert (empty.status_code, "Escribe la nota." in empty.content.decode()) == (409, True)
    assert [entry.action for entry in history(store_id, f"store:{store_id}")][-1] == "shift.note_left"
    with pytest.raises(DatabaseError), transaction.atomic():
        ShiftNote.objects.update(text="otra cosa")
    with pytest.raises(DatabaseError), transaction.atomic():
        ShiftNote.objects.all().delete()


@pytest.mark.django_db
def test_slices_hold_every_centavo_once(now: datetime) -> None:
    sold = bank.sale(now)
    bank.transfer(sold, (sold.total + Money(1_000)).plain, at=now)
    whole = slices(sold.store_id, since=now - timedelta(minutes=10), until=now + timedelta(minutes=10), minutes=5)
    assert len(whole) == 4
    assert sum(part.received.centavos for part in whole) == sold.total.centavos + 1_000
    assert sum(part.applied.centavos for part in whole) == sold.total.centavos
    assert sum(part.in_case.centavos for part in whole) == 1_000
    assert [part.deposits for part in whole] == [0, 0, 1, 0]


def test_what_took_long_is_kept_for_twenty_times_as_long_and_an_instant_never() -> None:
    moment, asked = 0.0, 0

    def ask(took: float) -> int:
        nonlocal moment, asked
        moment, asked = moment + took, asked + 1
        return asked

    kept = Kept(lambda: moment)
    assert [kept.read("fast", lambda: ask(0.01)) for _ in range(2)] == [1, 2]
    assert [kept.read("slow", lambda: ask(0.5)) for _ in range(2)] == [3, 3]
    moment += 9.9
    assert kept.read("slow", lambda: ask(0.5)) == 3
    moment += 0.2
    assert kept.read("slow", lambda: ask(0.5)) == 4


def test_a_place_is_read_back_and_an_altered_one_is_the_beginning(now: datetime) -> None:
    assert places.read(places.write(now, 42)) == (now, 42)
    for text in ("", "x", "1-", "1-2-3", "١-٢", f"{'9' * 18}-1"):
        assert places.read(text) is None


@pytest.mark.parametrize(
    ("moment", "bears"),
    [
        ("2019-08-29T18:33:15-05:00", date(2019, 8, 30)),  # a CEP that we know says so
        ("2026-11-20T17:59:00-06:00", date(2026, 11, 20)),
        ("2026-11-20T18:00:00-06:00", date(2026, 11, 23)),  # Friday evening
        ("2026-12-11T19:00:00-06:00", date(2026, 12, 14)),  # the 12th is a holiday, and a Saturday
        ("2026-04-01T20:00:00-06:00", date(2026, 4, 6)),  # Maundy Thursday and Good Friday
    ],
)
def test_a_transfer_bears_a_banking_day(moment: str, bears: date) -> None:
    assert bank_days.operation_date(datetime.fromisoformat(moment)) == bears
    assert is_banking_day(bears)


def test_the_holidays_of_the_banks_move_with_easter() -> None:
    assert date(2026, 4, 3) in bank_holidays(2026)
    assert date(2027, 3, 26) in bank_holidays(2027)
    assert date(2030, 10, 1) in bank_holidays(2030)
    assert not is_banking_day(date(2026, 11, 2))
