"""What was only announced is asked about, and the day's list heals whatever a webhook lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from seguripago.config.command_line_upkeep import check_invariants
from seguripago.foundations.facts.commands import number_facts
from seguripago.foundations.stores.commands import accept_unsigned_notices
from seguripago.foundations.stores.feed_commands import set_feed_credentials
from seguripago.journey.bank.asking_tables import Enquiry, ListPull
from seguripago.journey.bank.commands import ask_due, give_up, pull_due_lists, pull_store_lists
from seguripago.journey.bank.models import Deposit, RawNotice
from seguripago.journey.bank.queries import announcements
from seguripago.journey.reconciliation.queries import open_cases
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Reply, provider
from tests.feeds.bank_desk import ANA, Stp, asking_store, notice_of, post, transfer, turn
from tests.money.bank import paid_view, sale

pytestmark = pytest.mark.django_db


@pytest.fixture
def stp() -> Iterator[tuple[Stp, Provider]]:
    desk = Stp()
    with provider(desk.answer) as there:
        yield desk, there


@pytest.fixture
def store(stp: tuple[Stp, Provider], db: None, at: datetime) -> int:
    return asking_store(stp[1].url, at)


def one(stp: Stp, store_id: int, at: datetime, **more: Any) -> dict[str, Any]:
    """An order whose exact amount STP holds a transfer of."""
    sold = sale(at, store_id=store_id)
    line = transfer(len(stp.held) + 1, clabe=sold.clabe, at=at, amount=sold.total.plain, **more)
    stp.held.append(line)
    return {**line, "order_id": sold.order_id}


def body_of(line: dict[str, Any], **more: Any) -> bytes:
    return notice_of({name: value for name, value in line.items() if name != "order_id"}, **more)


def test_an_unsigned_notice_moves_money_only_once_stp_says_the_same(
    stp: tuple[Stp, Provider], store: int, at: datetime
) -> None:
    line = one(stp[0], store, at)
    assert post(store, body_of(line), at) == 200
    turn(at)
    assert len(announcements(store)) == 1
    assert paid_view(line["order_id"]).state != "confirmed"
    assert ask_due(at=at) == 1
    turn(at)
    assert paid_view(line["order_id"]).state == "confirmed"
    assert announcements(store) == ()
    assert Enquiry.objects.get().state == "found"
    assert stp[0].singles == 1
    assert RawNotice.objects.filter(authenticity="fetched").count() == 1


def test_a_forged_notice_is_asked_about_until_its_deadline_and_then_a_person_hears_of_it(
    stp: tuple[Stp, Provider], store: int, at: datetime
) -> None:
    line = one(stp[0], store, at)
    stp[0].held.clear()
    post(store, body_of(line), at)
    turn(at)
    for hours in (0, 1, 5, 23):
        ask_due(at=at + timedelta(hours=hours))
        assert give_up(at=at + timedelta(hours=hours)) == 0
    turn(at)
    assert paid_view(line["order_id"]).state != "confirmed"
    assert give_up(at=at + timedelta(hours=25)) == 1
    assert give_up(at=at + timedelta(hours=26)) == 0, "once"
    turn(at + timedelta(hours=26))
    assert Enquiry.objects.get().state == "absent"
    assert Deposit.objects.count() == 0
    (case,) = open_cases(store)
    assert "nadie lo confirmó" in str(case)


def test_a_notice_that_says_more_than_stp_does_not_win(stp: tuple[Stp, Provider], store: int, at: datetime) -> None:
    line = one(stp[0], store, at)
    post(store, body_of(line, monto="999999.00"), at)
    turn(at)
    ask_due(at=at)
    turn(at)
    deposit = Deposit.objects.get()
    assert Money(deposit.amount_centavos).plain == line["monto"], "the amount is what STP holds"


@pytest.mark.parametrize(
    ("trouble", "word"),
    [
        (Reply(b"", 500), "away"),
        (Reply(b"", 401), "refused"),
        (Reply(b'{"estado": 3}'), "away"),
        (Reply(b'{"estado": 6}'), "not_found"),
    ],
)
def test_a_trouble_is_waited_out_and_the_money_is_not_lost(
    stp: tuple[Stp, Provider], store: int, at: datetime, trouble: Reply, word: str
) -> None:
    line = one(stp[0], store, at)
    post(store, body_of(line), at)
    turn(at)
    stp[0].trouble = trouble
    ask_due(at=at)
    row = Enquiry.objects.get()
    assert (row.state, row.trouble.split()[0]) == ("waiting", word)
    assert row.next_at > at
    assert ask_due(at=at) == 0, "not before its time"
    stp[0].trouble = None
    assert ask_due(at=row.next_at) == 1
    turn(at)
    assert paid_view(line["order_id"]).state == "confirmed"


def test_garbage_from_stp_is_an_alarm_and_no_money(stp: tuple[Stp, Provider], store: int, at: datetime) -> None:
    line = one(stp[0], store, at)
    post(store, body_of(line), at)
    turn(at)
    stp[0].trouble = Reply(b"<html>")
    ask_due(at=at)
    turn(at)
    assert Enquiry.objects.get().state == "parked"
    assert Deposit.objects.count() == 0
    assert len(open_cases(store)) == 1


@pytest.mark.django_db(transaction=True)
def test_while_it_is_being_asked_nobody_else_asks_and_no_transaction_is_open(
    stp: tuple[Stp, Provider], store: int, at: datetime
) -> None:
    line = one(stp[0], store, at)
    post(store, body_of(line), at)
    turn(at)
    seen: list[tuple[bool, int]] = []
    answer = stp[1].answer

    def look(question: Any) -> Reply:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND state LIKE 'idle in transaction%'"
            )
            seen.append((True, cursor.fetchone()[0]))
        connection.close()
        return answer(question)

    stp[1].answer = look
    assert ask_due(at=at) == 1
    assert seen == [(True, 0)], "no network inside a transaction"
    assert ask_due(at=at) == 0


def test_lost_webhooks_are_healed_by_the_list_and_every_deposit_is_there_once(
    stp: tuple[Stp, Provider], store: int, at: datetime
) -> None:
    lines = [one(stp[0], store, at) for _ in range(25)]
    for line in lines[::3]:
        post(store, body_of(line), at)
        post(store, body_of(line), at)
    turn(at)
    assert Deposit.objects.count() == 0
    assert pull_store_lists(store, "stp", at=at) == 3, "25 transfers are three pages"
    turn(at)
    assert Deposit.objects.count() == 25
    assert all(paid_view(line["order_id"]).state == "confirmed" for line in lines)
    assert announcements(store) == ()
    assert pull_store_lists(store, "stp", at=at) == 0, "the same pages again are no news"
    for line in lines:
        post(store, body_of(line), at)
    turn(at)
    assert Deposit.objects.count() == 25
    ask_due(100, at=at)
    assert set(Enquiry.objects.values_list("state", flat=True)) == {"found"}
    assert not any(check_invariants()["rows"].values())


def test_many_open_questions_are_answered_by_one_list(stp: tuple[Stp, Provider], store: int, at: datetime) -> None:
    lines = [one(stp[0], store, at) for _ in range(8)]
    for line in lines:
        post(store, body_of(line), at)
    turn(at)
    assert ask_due(100, at=at) == 8
    assert (stp[0].singles, stp[0].lists) == (0, 1), "STP lets itself be asked a hundred times an hour"
    turn(at)
    assert Deposit.objects.count() == 8


def test_the_lists_of_closed_days_are_pulled_until_they_are_settled(
    stp: tuple[Stp, Provider], store: int, at: datetime
) -> None:
    assert pull_due_lists(at=at) == 0
    running = ListPull.objects.order_by("day").last()
    assert running is not None
    assert str(running.day) == "2026-03-11"
    assert ListPull.objects.count() == 4, "today and three working days back"
    before = stp[0].lists
    pull_due_lists(at=at)
    assert stp[0].lists == before + 1, "only the running day again"
    evening = datetime(2026, 3, 12, 1, 0, tzinfo=at.tzinfo)
    pull_due_lists(at=evening)
    assert str(ListPull.objects.order_by("day").last().day) == "2026-03-12", "after 18:00 the next date runs"  # type: ignore[union-attr]
    before = stp[0].lists
    pull_due_lists(at=evening + timedelta(minutes=15))
    assert stp[0].lists == before + 2, "yesterday's too, after the cut-off"
    pull_due_lists(at=evening + timedelta(hours=4))
    before = stp[0].lists
    pull_due_lists(at=evening + timedelta(hours=5))
    assert stp[0].lists == before + 1, "it was pulled well after its end"


def test_a_list_that_fails_says_so_and_heals_next_time(stp: tuple[Stp, Provider], store: int, at: datetime) -> None:
    line = one(stp[0], store, at)
    stp[0].trouble = Reply(b"", 503)
    assert pull_due_lists(at=at) == 0
    assert "503" in ListPull.objects.get().trouble
    stp[0].trouble = None
    assert pull_due_lists(at=at + timedelta(minutes=15)) == 1
    turn(at)
    assert paid_view(line["order_id"]).state == "confirmed"


def test_test_credentials_are_never_asked_with_in_production(
    stp: tuple[Stp, Provider], store: int, at: datetime, settings: Any
) -> None:
    settings.SEGURIPAGO = replace(settings.SEGURIPAGO, demo=False)
    set_feed_credentials(store, "stp", {"address": "https://efws-dev.stpmex.com"}, by=ANA, at=at)
    line = one(stp[0], store, at)
    post(store, body_of(line), at)
    turn(at)
    assert ask_due(at=at) == 1
    assert pull_due_lists(at=at) == 0
    assert Enquiry.objects.get().trouble == "test_credentials"


def test_where_nobody_can_be_asked_the_deadline_still_runs(at: datetime, stp: tuple[Stp, Provider], store: int) -> None:
    set_feed_credentials(store, "stp", {"private_key": ""}, by=ANA, at=at)
    line = one(stp[0], store, at)
    post(store, body_of(line), at)
    turn(at)
    assert ask_due(at=at) == 1
    assert Enquiry.objects.get().trouble == "no_credentials"
    assert give_up(at=at + timedelta(hours=25)) == 1


def test_two_people_who_accept_unsigned_notices_need_no_answer(
    stp: tuple[Stp, Provider], store: int, at: datetime
) -> None:
    accept_unsigned_notices(store, True)
    line = one(stp[0], store, at)
    post(store, body_of(line), at)
    turn(at)
    assert paid_view(line["order_id"]).state == "confirmed"
    assert Enquiry.objects.count() == 0
    number_facts()
