"""The ledger against whoever goes around the code: raw SQL is refused, by the database itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from seguripago.foundations.ledger.commands import Journal, post_all
from seguripago.foundations.ledger.models import Posting
from seguripago.foundations.ledger.queries import balance, balances, statement, trial_balance
from seguripago.foundations.ledger.rules import Account
from seguripago.values.money import Money

AT = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)
INSERT = """
    INSERT INTO posting (journal, leg, store_id, account, centavos, currency, subject, at)
    VALUES (%s, %s, 1, %s, %s, %s, 'deposit:1', %s)
"""
type Leg = tuple[str, int, str]


def by_hand(name: str, legs: Sequence[Leg], *, one_by_one: bool = True) -> None:
    """Book legs (account, centavos, currency) without the code, in one transaction."""
    rows = [(name, place, account, centavos, currency, AT) for place, (account, centavos, currency) in enumerate(legs)]
    with transaction.atomic(), connection.cursor() as cursor:
        if one_by_one:
            for row in rows:
                cursor.execute(INSERT, row)
        else:
            cursor.executemany(INSERT, rows)


def leg_alone(name: str, place: int, account: str, centavos: int, *, then: str = "SELECT 1") -> None:
    """Book one leg, and do something else in the same transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, [name, place, account, centavos, "MXN", AT])
        cursor.execute(then)


def one_statement(legs: Sequence[tuple[str, str, int, str]]) -> None:
    """Book legs (journal, account, centavos, currency) by one INSERT."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO posting (journal, leg, store_id, account, centavos, currency, subject, at)
            SELECT journal, place, 1, account, centavos, currency, 'deposit:1', now()
            FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[])
                 WITH ORDINALITY AS given (journal, account, centavos, currency, place)
            """,
            [list(column) for column in zip(*legs, strict=True)],
        )


@pytest.fixture
def kept_open() -> Iterator[None]:
    """What a test leaves in the table of open journals would be seen by the next."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM posting_open")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("kept_open")
class TestAtTheCommit:
    def test_legs_may_come_one_by_one_when_they_are_whole_at_the_commit(self) -> None:
        by_hand("whole", [("bank", 500, "MXN"), ("suspense", -300, "MXN"), ("fees", -200, "MXN")])
        assert balance(1, Account.BANK) == Money(500)

    @pytest.mark.parametrize(
        "legs",
        [
            [("bank", 500, "MXN")],
            [("bank", 500, "MXN"), ("suspense", -499, "MXN")],
            [("bank", 500, "MXN"), ("suspense", -500, "USD")],
            [("bank", 500, "MXN"), ("suspense", -500, "MXN"), ("fees", 1, "USD")],
        ],
        ids=["one leg", "a centavo off", "two currencies", "a second currency off"],
    )
    @pytest.mark.parametrize("one_by_one", [True, False])
    def test_a_journal_that_is_not_whole_is_refused(self, legs: list[Leg], one_by_one: bool) -> None:
        with pytest.raises(IntegrityError, match="journal off does not sum to zero"):
            by_hand("off", legs, one_by_one=one_by_one)
        assert not Posting.objects.exists()

    def test_one_bad_journal_in_a_statement_of_many_refuses_them_all(self) -> None:
        good = [(f"good {place}", account, centavos, "MXN") for place in range(50) for account, centavos in
                (("bank", 7), ("suspense", -7))]  # fmt: skip
        with pytest.raises(IntegrityError, match="journal bad does not sum"):
            one_statement([*good, ("bad", "bank", 7, "MXN"), ("bad", "suspense", -8, "MXN")])
        assert not Posting.objects.exists()
        one_statement(good)
        assert balance(1, Account.BANK) == Money(350)

    def test_two_wrongs_in_different_journals_do_not_make_a_right(self) -> None:
        with pytest.raises(IntegrityError, match="does not sum to zero"):
            one_statement([("a", "bank", 5, "MXN"), ("b", "suspense", -5, "MXN")])

    def test_a_booked_journal_gets_no_leg_later(self) -> None:
        by_hand("whole", [("bank", 500, "MXN"), ("suspense", -500, "MXN")])
        with pytest.raises(IntegrityError, match="journal whole does not sum to zero"):
            leg_alone("whole", 2, "fees", 1)
        assert Posting.objects.count() == 2

    def test_forgetting_the_open_journal_does_not_help(self) -> None:
        with pytest.raises(IntegrityError, match="journal off does not sum to zero"):
            leg_alone("off", 0, "bank", 5, then="DELETE FROM posting_open")
        assert not Posting.objects.exists()

    def test_without_the_trigger_an_unbalanced_journal_would_stay(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE posting_open DISABLE TRIGGER posting_zero_sum")
        try:
            by_hand("off", [("bank", 5, "MXN")])
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM inv_journal_not_zero")
                assert cursor.fetchone() == (1,), "the control: the view sees what the trigger would have refused"
        finally:
            with connection.cursor() as cursor:
                cursor.execute(
                    "ALTER TABLE posting_open ENABLE TRIGGER posting_zero_sum; TRUNCATE posting, posting_open"
                )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value", "constraint"),
    [
        ("account", "piggy_bank", "posting_account_known"),
        ("currency", "pes", "posting_currency_iso"),
        ("currency", "$", "posting_currency_iso"),
        ("centavos", 0, "posting_not_zero"),
    ],
)
def test_an_unknown_account_or_currency_and_a_zero_are_refused(column: str, value: object, constraint: str) -> None:
    row = {"account": "bank", "centavos": 5, "currency": "MXN", column: value}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(INSERT, ["j", 0, row["account"], row["centavos"], row["currency"], AT])


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["posting", "audit_entry", "audit_seal"])
def test_a_table_of_record_is_not_even_emptied_as_a_whole(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_is_never_truncated")
        with pytest.raises(IntegrityError, match=f"{table} rows are never truncated"), transaction.atomic():
            cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.django_db
def test_what_is_booked_by_hand_counts_for_the_day_in_mexico() -> None:
    by_hand("whole", [("bank", 5, "MXN"), ("suspense", -5, "MXN")])
    with connection.cursor() as cursor:
        cursor.execute("SELECT (now() AT TIME ZONE 'America/Mexico_City')::date")
        (today,) = cursor.fetchone()
    assert set(Posting.objects.values_list("value_date", flat=True)) == {today}


MONEY = st.integers(1, 10**12)
CURRENCY = st.sampled_from(["MXN", "USD"])


@st.composite
def books(draw: st.DrawFn) -> list[Journal]:
    """Random journals of two to six legs in one or two currencies, all whole."""
    found = []
    for place in range(draw(st.integers(0, 8))):
        legs: list[tuple[Account, Money]] = []
        for currency in draw(st.lists(CURRENCY, min_size=1, max_size=2, unique=True)):
            given_ = draw(st.lists(MONEY, min_size=1, max_size=3))
            accounts = st.sampled_from(list(Account))
            legs += [(draw(accounts), Money(amount, currency)) for amount in given_]
            legs.append((draw(accounts), Money(-sum(given_), currency)))
        day = draw(st.dates(date(2026, 3, 1), date(2026, 3, 5)))
        hour = draw(st.integers(0, 23))
        at = datetime(2026, 3, draw(st.integers(1, 5)), hour, 30, tzinfo=UTC)
        found.append(Journal(f"j:{place}", draw(st.integers(1, 2)), "deposit:1", at, tuple(legs), value_date=day))
    return found


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([])
@given(books())
def test_whatever_is_booked_the_books_agree_with_a_simple_sum(journals: list[Journal]) -> None:
    moment, day = datetime(2026, 3, 3, 12, 30, tzinfo=UTC), date(2026, 3, 3)
    with transaction.atomic():
        post_all(journals)
        for store in (1, 2):
            legs = [(journal, *leg) for journal in journals if journal.store_id == store for leg in journal.legs]
            for account in Account:
                for currency in ("MXN", "USD"):
                    mine = [
                        (journal, money.centavos)
                        for journal, on, money in legs
                        if (on, money.currency) == (account, currency)
                    ]
                    assert balance(store, account, currency=currency).centavos == sum(each for _, each in mine)
                    by_time = sum(each for journal, each in mine if journal.at <= moment)
                    assert balance(store, account, currency=currency, at=moment).centavos == by_time
                    by_day = sum(each for journal, each in mine if journal.value_date and journal.value_date <= day)
                    assert balance(store, account, currency=currency, value_date=day).centavos == by_day
                    page = statement(store, account, currency=currency, limit=200)
                    assert [entry.amount.centavos for entry in reversed(page.entries)] == [
                        entry.amount.centavos for entry in sorted(page.entries, key=lambda each: (each.at, each.id))
                    ]
                    assert len(page.entries) == len(mine)
                    if mine:
                        assert page.entries[0].balance.centavos == sum(each for _, each in mine)
            lines = trial_balance(store)
            for currency in ("MXN", "USD"):
                here = [line for line in lines if line.currency == currency]
                assert sum(line.balance.centavos for line in here) == 0
                assert sum(line.debits.centavos for line in here) == sum(line.credits.centavos for line in here)
                assert {line.account: line.balance for line in here} == balances(store, currency=currency)
        transaction.set_rollback(True)
