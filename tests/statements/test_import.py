"""A statement's lines become deposits, words on deposits, doubts or refusals: each exactly one, once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection

from seguripago.journey.bank.models import Attestation, Deposit
from seguripago.journey.bank.statement_queries import debits, doubtful_lines, refused_lines
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation.queries import open_cases
from seguripago.values.money import Money
from tests.money import bank
from tests.money.test_announcements import announce
from tests.statements import banks
from tests.statements.banks import Movement
from tests.statements.bringing import imported, looked_at, told

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 11)
FRIDAY = date(2026, 3, 13)


@pytest.fixture(autouse=True)
def nothing_is_broken() -> object:
    """After every test every inv_* view is empty."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv\\_%' ORDER BY 1")
        for (name,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {name}")
            assert cursor.fetchone()[0] == 0, name


def paying(sold: bank.Sale, number: int, **more: str) -> Movement:
    return Movement(DAY, more.pop("amount", sold.total.plain), f"MBAN0100{number:08d}", sold.clabe, **more)


FILES = {
    "csv": lambda some: banks.stp_csv(some),
    "tsv": lambda some: banks.stp_csv(some, separator="\t", day="named"),
    "semicolon": lambda some: banks.stp_csv(some, separator=";", day="%d/%m/%Y", decimals="comma"),
    "pipe": lambda some: banks.stp_csv(some, separator="|", day="%Y%m%d"),
    "short days": lambda some: banks.stp_csv(some, day="short"),
    "xlsx": lambda some: banks.sheet(some),
    "xlsx of texts": lambda some: banks.sheet(some, texts=True),
    "mt940": lambda some: banks.mt940(some),
    "camt 02": lambda some: banks.camt(some, version="02"),
    "camt 13": lambda some: banks.camt(some, version="13"),
    "camt batch": lambda some: banks.camt(some, version="08", batch=True),
}


@pytest.mark.parametrize("kind", FILES)
def test_a_line_with_the_banks_marks_pays_its_order(kind: str, at: datetime) -> None:
    first = bank.sale(at)
    second = bank.sale(at, store_id=first.store_id)
    # A day above the twelfth, so that the file itself says which number is the month.
    late = Movement(FRIDAY, "17.00", "OTRA0001", first.clabe[:-1] + first.clabe[-1])
    some = [paying(first, 1), paying(second, 2, amount="1.50"), late]

    found = imported(first.store_id, FILES[kind](some), at=at + timedelta(days=3))

    assert (found.state, found.trouble) == ("done", "")
    assert (found.rows, *told(found)) == (3, 3, 0, 0, 0, 0)
    assert order(first.order_id).state == "paid"
    assert order(second.order_id).state == "verified"
    assert bank.paid_view(second.order_id).received == Money(150)
    deposit = Deposit.objects.get(tracking_key="MBAN010000000001")
    assert (deposit.operation_date, deposit.sending_institution) == (DAY, "40012")


@pytest.mark.parametrize("kind", FILES)
def test_the_same_movements_by_any_other_road_change_nothing(kind: str, at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, sold.total.plain, at=at, tracking_key="MBAN010000000001", operation_date=DAY)
    more = Movement(FRIDAY, "17.00", "OTRA0001", sold.clabe)
    some = [paying(sold, 1), more]

    first = imported(sold.store_id, FILES["csv"](some), at=at)
    again = imported(sold.store_id, FILES[kind](some), at=at + timedelta(hours=1))

    assert told(first) == (1, 1, 0, 0, 0)
    assert again.id == first.id if kind == "csv" else told(again) == (0, 2, 0, 0, 0)
    assert Deposit.objects.count() == 2


def test_overlapping_files_change_nothing_twice(at: datetime) -> None:
    sold = bank.sale(at)
    some = [Movement(FRIDAY, f"{number}.00", f"KEY{number:06d}", sold.clabe) for number in range(1, 31)]
    assert told(imported(sold.store_id, banks.stp_csv(some[:20]), at=at)) == (20, 0, 0, 0, 0)
    assert told(imported(sold.store_id, banks.stp_csv(list(reversed(some[10:]))), at=at)) == (10, 10, 0, 0, 0)
    assert Deposit.objects.count() == 30
    assert Attestation.objects.count() == 30


def test_two_equal_honest_transfers_stay_two_and_one_line_twice_stays_one(at: datetime) -> None:
    sold = bank.sale(at)
    one, other = Movement(DAY, "50.00", "KEY000001", sold.clabe), Movement(DAY, "50.00", "KEY000002", sold.clabe)
    found = imported(sold.store_id, banks.stp_csv([one, other, one], day="%Y-%m-%d"), at=at)
    assert told(found) == (2, 1, 0, 0, 0)
    assert bank.paid_view(sold.order_id).received == Money(10_000)


def test_lines_without_marks_attest_the_one_deposit_that_fits(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, "321.00", at=at, operation_date=DAY)
    weak = Movement(FRIDAY, "321.00", concept="DEPOSITO SPEI")  # printed two days later: not within one
    near = Movement(date(2026, 3, 12), "321.00", concept="DEPOSITO SPEI")
    found = imported(sold.store_id, banks.branch_csv([near, weak]), at=at)
    assert told(found) == (0, 1, 1, 0, 0)
    assert Deposit.objects.count() == 1
    assert [(each.line, each.why) for each in doubtful_lines(sold.store_id, found.id)] == [(7, "none")]


def test_two_deposits_that_fit_one_line_are_a_doubt_and_two_lines_for_two_are_none(at: datetime) -> None:
    sold = bank.sale(at)
    for _ in range(2):
        bank.transfer(sold, "80.00", at=at, operation_date=DAY)
    line = Movement(DAY, "80.00", concept="DEPOSITO")
    filler = Movement(FRIDAY, "-5.00", concept="COMISION")
    doubt = imported(sold.store_id, banks.branch_csv([line, filler]), at=at)
    assert told(doubt) == (0, 0, 1, 0, 1)
    other = bank.sale(at)
    for _ in range(2):
        bank.transfer(other, "80.00", at=at, operation_date=DAY)
    both = imported(other.store_id, banks.branch_csv([line, line, filler]), at=at)
    assert told(both) == (0, 2, 0, 0, 1)


def test_a_file_without_marks_brought_in_another_shape_makes_no_second_doubt(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, "80.00", at=at, operation_date=DAY)
    some = [Movement(DAY, "80.00", concept="DEPOSITO"), Movement(FRIDAY, "-5.00", concept="COMISION")]
    assert told(imported(sold.store_id, banks.branch_csv(some), at=at)) == (0, 1, 0, 0, 1)
    assert told(imported(sold.store_id, banks.branch_csv(some, separator=";", decimals="comma"), at=at)) == (
        0,
        1,
        0,
        0,
        1,
    )
    assert told(imported(sold.store_id, banks.mt940(some), at=at)) == (0, 1, 0, 0, 1)


def test_another_amount_for_a_known_movement_is_an_alarm(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, "80.00", at=at, operation_date=DAY, tracking_key="KEY000001")
    some = [
        Movement(DAY, "81.00", "KEY000001", sold.clabe),
        Movement(FRIDAY, "5.00", "KEY000002", sold.clabe),
    ]
    found = imported(sold.store_id, banks.stp_csv(some), at=at)
    assert told(found) == (1, 0, 1, 0, 0)
    assert [case.kind for case in open_cases(sold.store_id)].count("contradiction") == 1
    again = imported(sold.store_id, banks.stp_csv(some, separator=";"), at=at)
    assert told(again) == (0, 1, 1, 0, 0)
    assert [case.kind for case in open_cases(sold.store_id)].count("contradiction") == 1


def test_debits_are_told_apart_and_can_be_looked_up(at: datetime) -> None:
    sold = bank.sale(at)
    some = [
        Movement(DAY, "-250.00", "DEV0001", concept="x"),
        Movement(FRIDAY, "5.00", "KEY000002", sold.clabe),
    ]
    found = imported(sold.store_id, banks.branch_csv(some), at=at)
    assert found.debits == 1
    (debit,) = debits(sold.store_id, tracking_key="dev0001")
    assert (debit.amount, debit.operation_date) == (Money(25_000), DAY)
    imported(sold.store_id, banks.branch_csv(some, separator="|"), at=at)
    assert len(debits(sold.store_id)) == 1


def test_what_cannot_be_read_is_refused_with_its_line_and_costs_nothing_else(at: datetime) -> None:
    sold = bank.sale(at)
    good = [Movement(FRIDAY, "5.00", f"KEY00000{number}", sold.clabe) for number in range(3)]
    lines = banks.stp_csv(good).decode().splitlines(keepends=True)
    bad = lines[1].replace("5.00", "0.00"), lines[1].replace("5.00", "abc"), lines[1].replace("13/03", "33/03")
    short = "13/03/2026,KEY000009,40012\r\n"
    body = "".join([*lines[:2], *bad, short, *lines[2:]])
    found = imported(sold.store_id, body, at=at)
    assert told(found) == (3, 0, 0, 4, 0)
    assert [(each.line, each.reason.partition(":")[0]) for each in refused_lines(sold.store_id, found.id)] == [
        (3, "amount_zero"), (4, "amount"), (5, "date"), (6, "columns"),
    ]  # fmt: skip


def test_a_preview_writes_nothing_and_tells_what_the_import_then_does(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, "80.00", at=at, operation_date=DAY, tracking_key="KEY000001")
    some = [
        Movement(DAY, "80.00", "KEY000001", sold.clabe),
        Movement(FRIDAY, "5.00", "KEY000002", sold.clabe),
    ]
    seen = looked_at(sold.store_id, banks.stp_csv(some), at=at)
    assert seen.state == "ready"
    assert Deposit.objects.count() == 1
    foreseen = [seen.preview[name] for name in ("new", "known", "doubtful", "refused", "debits")]
    assert tuple(foreseen) == told(imported(sold.store_id, banks.stp_csv(some), at=at)) == (1, 1, 0, 0, 0)


def test_a_doubt_opens_one_case_and_holds_no_money(at: datetime) -> None:
    sold = bank.sale(at)
    some = [Movement(DAY, "80.00", concept="DEPOSITO"), Movement(FRIDAY, "-5.00", concept="COMISION")]
    found = imported(sold.store_id, banks.branch_csv(some), at=at)
    assert found.doubtful == 1
    (case,) = open_cases(sold.store_id)
    assert (case.kind, case.amount) == ("unreadable", None) or case.amount == Money.zero()
    imported(sold.store_id, banks.branch_csv(some, separator="|"), at=at)
    assert len(open_cases(sold.store_id)) == 1


def test_an_announced_deposit_is_money_once_a_statement_shows_it(at: datetime) -> None:
    sold = bank.sale(at)
    unsigned = bank.notice(
        sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at, tracking_key="KEY000001", operation_date=DAY
    )
    announce(sold.store_id, unsigned, at=at)
    assert not bank.paid_view(sold.order_id).is_confirmed
    some = [Movement(DAY, sold.total.plain, "KEY000001", sold.clabe), Movement(FRIDAY, "5.00", "KEY2", sold.clabe)]
    assert told(imported(sold.store_id, banks.stp_csv(some), at=at)) == (2, 0, 0, 0, 0)
    assert bank.paid_view(sold.order_id).is_confirmed


def test_words_that_a_payer_wrote_never_make_a_second_deposit(at: datetime) -> None:
    """The bank prints no key; the payer wrote another order's marks into his concept. His money is known already."""
    sold = bank.sale(at)
    target = bank.sale(at, store_id=sold.store_id)
    bank.transfer(sold, "321.00", at=at, operation_date=DAY, tracking_key="TRUE0001")
    forged = f"PAGO CLAVE DE RASTREO: FAKE00001 BANCO ORDENANTE: BBVA CLABE BENEFICIARIO: {target.clabe}"
    some = [Movement(DAY, "321.00", concept=forged), Movement(FRIDAY, "-5.00", concept="COMISION")]
    found = imported(sold.store_id, banks.branch_csv(some), at=at)
    assert told(found) == (0, 0, 1, 0, 1)
    assert Deposit.objects.count() == 1
    assert bank.paid_view(target.order_id).received == Money.zero()


def test_a_bank_that_prints_its_marks_in_words_is_believed_when_nothing_else_waits(at: datetime) -> None:
    sold = bank.sale(at)
    words = (
        "SPEI RECIBIDO, BCO:0012 BBVA MEXICO HR LIQ: 17:03:48 DEL CLIENTE JUAN PEREZ DE LA CLABE 012180015012884670 "
        f"CUENTA BENEFICIARIA: {sold.clabe} CONCEPTO: CAFE REFERENCIA: 123 CVE RAST: MBAN01002206"
    )
    some = [Movement(DAY, sold.total.plain, concept=words), Movement(FRIDAY, "-5.00", concept="COMISION")]
    assert told(imported(sold.store_id, banks.branch_csv(some), at=at)) == (1, 0, 0, 0, 1)
    assert bank.paid_view(sold.order_id).is_confirmed
    assert told(imported(sold.store_id, banks.branch_csv(some, separator=";"), at=at)) == (0, 1, 0, 0, 1)
