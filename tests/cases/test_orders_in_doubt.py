"""Orders whose answer was lost over the end of a day, or while the bank gave the money back: nothing is paid twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from seguripago.adapters.payouts.stp import ADAPTER as STP
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.bank.rules import operation_day
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.commands import paying_out, returning
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.reconciliation.queries import returns
from seguripago.journey.reconciliation.rules.returns import (
    ReturnState,
    days_to_ask,
    is_day_over,
    may_send_again,
)
from seguripago.ports.bank_feeds import Unreadable
from seguripago.values.actor import Actor
from tests.adapters.provider import Provider, Question, Reply, provider
from tests.adapters.test_stp_asking import credentials
from tests.cases import world
from tests.cases.test_orders_out import ORDER, answer, stp_house
from tests.cases.world import TEN, House
from tests.races.together import until_somebody_waits

CLERK = Actor.system("Prueba")


@dataclass
class Stp:
    """STP as it keeps orders: a tracking key is used up for its operation day only."""

    now: datetime
    hears: bool = True
    answers: bool = True
    kept: set[tuple[str, str]] = field(default_factory=set)

    @property
    def today(self) -> str:
        return f"{operation_day(self.now):%Y%m%d}"

    def reply(self, question: Question) -> Reply:
        said = json.loads(question.body)
        if not self.hears:
            return Reply(b"", status=503)
        key = said["claveRastreo"]
        if question.method == "PUT":
            if (self.today, key) in self.kept:
                words = f"La clave de rastreo {key} para la fecha {self.today} ya fue utilizada"
                return answer(resultado={"id": -1, "descripcionError": words})
            self.kept.add((self.today, key))
            return answer(resultado={"id": 7}) if self.answers else Reply(b"", status=503)
        day = said.get("fechaOperacion", self.today)
        if (day, key) not in self.kept:
            return answer(estado=6)
        return answer(estado=0, respuesta={"claveRastreo": key, "estado": "LQ", "monto": 10.0})


@pytest.fixture
def line() -> Iterator[Provider]:
    with provider(answer()) as there:
        yield there


def goes_by(stp: Stp, line: Provider, days: int) -> None:
    """Ask every hour, as the sweep does."""
    line.answer = stp.reply
    for _ in range(days * 24):
        stp.now += timedelta(hours=1)
        cases.ask_about_returns(at=stp.now)


def test_what_never_arrived_is_sent_again_on_its_day_only_and_then_goes_back_to_its_case(
    there: House, line: Provider, at: datetime
) -> None:
    house, going = stp_house(at, line)
    stp = Stp(at, hears=False)
    line.answer = stp.reply
    cases.send_approved_returns(at=at)
    stp.now = at.replace(hour=23, minute=50)
    stp.hears = True
    goes_by(stp, line, days=4)
    assert stp.kept == set()
    (told,) = returns(house.store_id)
    assert told.state == "failed"
    assert "compara con el estado de cuenta" in told.reason
    case = world.page(house.store_id, going.case_id)
    assert (case.state, case.amount) == ("open", TEN)


def test_sending_again_on_any_day_would_pay_every_day(
    there: House, line: Provider, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: without the guard the same play pays again and again, for the first day never had the order."""
    monkeypatch.setattr(paying_out, "may_send_again", lambda sent_at, at: True)
    stp_house(at, line)
    stp = Stp(at, hears=False)
    line.answer = stp.reply
    cases.send_approved_returns(at=at)
    stp.now = at.replace(hour=23, minute=50)
    stp.hears = True
    goes_by(stp, line, days=4)
    assert len(stp.kept) > 1


def test_an_order_that_stp_took_after_the_cut_off_is_found_on_the_next_day(
    there: House, line: Provider, at: datetime
) -> None:
    """Its answer was lost at seven in the evening, which is the next operation day; nobody asked for two days."""
    evening = at + timedelta(hours=8, minutes=30)
    house, _ = stp_house(at, line)
    stp = Stp(evening, answers=False)
    line.answer = stp.reply
    cases.send_approved_returns(at=evening)
    assert len(stp.kept) == 1
    stp.now = evening + timedelta(days=2)
    cases.ask_about_returns(at=stp.now)
    assert len(stp.kept) == 1
    assert returns(house.store_id)[0].state == "confirmed"
    assert house.money(Account.SUSPENSE).is_zero


def test_the_days_of_an_order(at: datetime) -> None:
    """At 10:30 in Mexico there is one day; near six o'clock two; on a Saturday the next working one."""
    wednesday = at.date()
    assert days_to_ask(at, at + timedelta(minutes=5)) == (None,)
    assert days_to_ask(at, at + timedelta(days=1)) == (wednesday,)
    at_six = at.replace(hour=23, minute=55)
    assert days_to_ask(at_six, at_six) == (None,)
    assert days_to_ask(at_six, at_six + timedelta(minutes=6)) == (None, wednesday)
    assert not may_send_again(at_six, at_six)
    assert may_send_again(at, at + timedelta(hours=7))
    assert not may_send_again(at, at + timedelta(hours=7, minutes=25))
    assert not is_day_over(at, at + timedelta(hours=10))
    assert is_day_over(at, at + timedelta(hours=10, minutes=31))
    saturday = at + timedelta(days=3)
    assert days_to_ask(saturday, saturday + timedelta(hours=1)) == (None,)


def test_an_order_before_a_day_on_which_only_banks_rest() -> None:
    """All Souls' of 2026 is a Monday: what is sent on Friday evening has Tuesday's date, not over on Monday."""
    friday, monday = datetime(2026, 10, 31, 1, tzinfo=UTC), datetime(2026, 11, 3, 3, 30, tzinfo=UTC)
    assert days_to_ask(friday, monday) == (None, date(2026, 10, 30), date(2026, 11, 2))
    assert not is_day_over(friday, monday)
    assert is_day_over(friday, monday + timedelta(days=1))
    assert date(2026, 11, 3) in days_to_ask(friday, monday + timedelta(days=1))


def test_an_answer_about_another_account_is_not_believed(line: Provider) -> None:
    inner = {"claveRastreo": ORDER.tracking_key, "monto": 10.0, "estado": "LQ", "cuentaBeneficiario": "0" * 18}
    line.answer = lambda question: answer(estado=0, respuesta=inner)
    with pytest.raises(Unreadable):
        STP.fetch(ORDER, None, credentials(line))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_guarded", [True, False])
def test_a_return_that_the_bank_was_told_meanwhile_is_not_taken_back(
    at: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """The bank gives the money back while the order is being written: the order is on its way all the same.

    The control looks at the state only before it waits for the lock, and takes back what was told.
    """
    house = world.house()
    _, case = world.excess(house, at)
    world.approve(house, cases.propose_return(case.id, by=house.mariana, at=at), at)
    (going,) = returns(house.store_id)
    if not is_guarded:
        stale = ReturnInstruction.objects.get(pk=going.id).state
        locked = returning.lock_return

        def as_it_was(return_id: int) -> tuple[object, ReturnInstruction]:
            found, row = locked(return_id)
            if threading.current_thread().name == "stops":
                row.state = stale
            return found, row

        monkeypatch.setattr(returning, "lock_return", as_it_was)

    stopping = threading.Thread(target=lambda: _stop(case.id, at), name="stops")
    with transaction.atomic():
        row = ReturnInstruction.objects.select_for_update().get(pk=going.id)
        returning.instruct(row, road="order", by=CLERK, at=at)
        stopping.start()
        until_somebody_waits()
    stopping.join(timeout=10)
    expected = ReturnState.INSTRUCTED if is_guarded else ReturnState.FAILED
    assert returns(house.store_id)[0].state == expected.value


def _stop(case_id: int, at: datetime) -> None:
    try:
        returning.stop_returns([case_id], reason="El banco lo devolvió.", by=CLERK, at=at)
    finally:
        connection.close()


@pytest.mark.parametrize("is_told", [True, False])
def test_a_return_that_the_payees_bank_sends_back_is_in_its_case_again(
    there: House, line: Provider, at: datetime, is_told: bool
) -> None:
    """It was settled, and then no account was found: STP's notice says so, or the last look an hour later."""
    house, going = stp_house(at, line)
    cases.send_approved_returns(at=at)
    (sent,) = returns(house.store_id)
    inner = {"claveRastreo": sent.tracking_key, "monto": 10.0}
    line.answer = lambda question: answer(estado=0, respuesta={**inner, "estado": "LQ"})
    assert cases.ask_about_returns(at=at + timedelta(seconds=6)) == 1
    assert world.page(house.store_id, going.case_id).state == "done"

    line.answer = lambda question: answer(estado=0, respuesta={**inner, "estado": "D", "causaDevolucion": 1})
    later = at + timedelta(minutes=5 if is_told else 61)
    if is_told:
        body = json.dumps({"claveRastreo": sent.tracking_key, "estado": "D"}).encode()
        assert cases.hear_payout("stp", store_by_id(house.store_id).hook_key, body=body, headers={}, at=later)
    assert cases.ask_about_returns(at=later) == 1
    assert cases.ask_about_returns(at=later) == 0

    (back,) = returns(house.store_id)
    assert (back.state, back.reason) == ("failed", "STP: D 1")
    case = world.page(house.store_id, going.case_id)
    assert (case.state, case.amount) == ("open", TEN)
    assert house.money(Account.SUSPENSE) == -TEN
    assert [question.method for question in line.asked] == ["PUT", "POST", "POST"]


def test_what_left_and_stayed_is_looked_at_once_more_only(there: House, line: Provider, at: datetime) -> None:
    house, _ = stp_house(at, line)
    cases.send_approved_returns(at=at)
    inner = {"claveRastreo": returns(house.store_id)[0].tracking_key, "monto": 10.0}
    line.answer = lambda question: answer(estado=0, respuesta={**inner, "estado": "LQ"})
    for minutes in (1, 30, 62, 130, 600):
        cases.ask_about_returns(at=at + timedelta(minutes=minutes))
    assert [question.method for question in line.asked] == ["PUT", "POST", "POST"]
    assert returns(house.store_id)[0].state == "confirmed"
