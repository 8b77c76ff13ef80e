"""A refund waits for somebody until a time: a reminder before, then the next one hears of it. No clock moves money."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.commands import change_days
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation import commands as bank_side
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.commands import clocks, run_refunds
from seguripago.journey.refunds.facts import RefundOverdue, RefundReminded
from seguripago.journey.refunds.queries import refunds_of
from seguripago.journey.refunds.rules import Keeper, LegState, RefundReason, RefundState, Waits, deadline, waits_for
from tests.assistance.builders import hear as hear_all
from tests.cases.world import broken_truths
from tests.refunds.test_cancel import CLABE, give, no_account
from tests.refunds.test_machine import HUNDRED, Paid, approved, leave, paid, view, waiting
from tests.refunds.world import hear, published
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def now(refund_id: int) -> tuple[str, str]:
    found = view(refund_id)
    return found.waits_for, found.keeper


def asked(there: Paid, at: datetime) -> int:
    return refunds.ask_refund(
        there.order_id, HUNDRED, reason=RefundReason.BY_STORE, note="Se agotó", by=there.mariana, at=at
    )


def test_each_step_has_somebody_and_a_time(at: datetime) -> None:
    there = paid(at)
    refund_id = asked(there, at)
    assert now(refund_id) == (Waits.DECISION, Keeper.PAYMENTS)
    assert view(refund_id).due_at == at + 2 * DAY
    proposal_id, seen = waiting(there, refund_id)
    later = at + timedelta(hours=20)
    refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=later)
    assert (now(refund_id), view(refund_id).due_at) == ((Waits.BANK, Keeper.PAYMENTS), later + 3 * DAY)
    row = leave(there, later)
    assert (now(refund_id), view(refund_id).due_at) == (("", ""), None), "it has ended"
    bank_side.fail_return(row.pk, reason="Cuenta cancelada", by=there.diego, at=at + 2 * DAY)
    hear(at + 2 * DAY)
    assert now(refund_id) == (Waits.ROAD, Keeper.PAYMENTS)
    assert broken_truths() == {}


def test_who_is_late_is_reminded_once_then_the_next_one_hears_of_it_and_no_money_moves(at: datetime) -> None:
    there = paid(at)
    refund_id = asked(there, at)
    books = [there.money(account) for account in Account]
    assert run_refunds(at + DAY - timedelta(minutes=1)) == 0
    assert [run_refunds(at + DAY) for _ in range(3)] == [1, 0, 0]
    assert [fact.keeper for fact in published(RefundReminded)] == [Keeper.PAYMENTS]
    keepers = []
    for days in (2, 4, 6):
        assert [run_refunds(at + days * DAY) for _ in range(2)] == [1, 0]
        keepers.append(now(refund_id))
    assert keepers == [(Waits.DECISION, who) for who in (Keeper.SUPERVISOR, Keeper.OWNER, Keeper.OWNER)]
    assert [fact.keeper for fact in published(RefundOverdue)] == [Keeper.SUPERVISOR, Keeper.OWNER, Keeper.OWNER]
    assert view(refund_id).state is RefundState.ASKED
    assert view(refund_id).late
    assert ReturnInstruction.objects.count() == 0
    assert [there.money(account) for account in Account] == books
    assert broken_truths() == {}


def test_the_buyer_is_reminded_of_his_account_and_reads_until_when(at: datetime, client: Client) -> None:
    there, refund_id = no_account(at)
    assert (now(refund_id), view(refund_id).due_at) == ((Waits.ACCOUNT, Keeper.BUYER), at + 7 * DAY)
    page = client.get(f"/pedido/{order(there.order_id).access_token}/").content.decode()
    assert "Dínosla a más tardar el" in page
    assert run_refunds(at + 6 * DAY) == 1
    hear_all(at=at + 6 * DAY)
    assert "solo falta que nos digas a qué cuenta" in Mail.objects.get(template="refund_account").text
    assert not Mail.objects.filter(template="refund_waits").exists(), "the store has nothing to do yet"
    assert run_refunds(at + 7 * DAY) == 1
    hear_all(at=at + 7 * DAY)
    assert now(refund_id) == (Waits.ACCOUNT, Keeper.SUPERVISOR)
    assert "El dinero no se mueve solo" in Mail.objects.get(template="refund_waits").text

    account = give(refund_id, CLABE, at + 8 * DAY)
    assert now(refund_id) == (Waits.ACCOUNT_CHECK, Keeper.PAYMENTS)
    refunds.propose_account(account, by=there.mariana, at=at + 8 * DAY)
    refunds.reject_any(waiting(there, refund_id)[0], reason="No se lee", by=there.diego, at=at + 8 * DAY)
    assert now(refund_id) == (Waits.ACCOUNT, Keeper.BUYER), "he gives another"
    assert broken_truths() == {}


def test_the_payments_area_sees_who_is_waited_for_and_what_is_late(at: datetime) -> None:
    there = paid(at)
    change_days(there.store_id, {"refund_days": 5}, by=there.diego, at=at)
    refund_id = asked(there, at)
    assert view(refund_id).due_at == at + 5 * DAY
    clerk = entered(there.store_id, "payments", "mar")
    listed = clerk.get("/medios-de-pago/reembolsos/").content.decode()
    assert "Espera: Que la tienda lo decida.<br>Le toca a: Medios de pago, hasta" in listed
    assert "atrasado" not in listed
    run_refunds(at + 5 * DAY)
    listed = clerk.get("/medios-de-pago/reembolsos/").content.decode()
    assert "Le toca a: Supervisión, hasta" in listed
    assert "atrasado" in listed
    one = clerk.get(f"/medios-de-pago/reembolsos/{refund_id}/").content.decode()
    assert "Ya venció un plazo antes." in one


def test_a_part_that_goes_back_does_not_say_that_the_parcel_stands_still(at: datetime, client: Client) -> None:
    there = paid(at)
    asked(there, at)
    page = client.get(f"/pedido/{order(there.order_id).access_token}/").content.decode()
    assert "La tienda lo revisa; lo aprueban dos personas." in page
    assert "Debe decidirlo a más tardar el" in page
    assert "Tu envío está detenido mientras tanto." not in page


def test_what_a_clock_could_not_do_it_does_the_next_time(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    there = paid(at)
    refund_id = asked(there, at)
    with monkeypatch.context() as broken:
        # Whom it goes to next cannot be said.
        broken.setattr(clocks, "NEXT", {})
        assert run_refunds(at + 3 * DAY) == 0
    assert run_refunds(at + 3 * DAY) == 1
    assert now(refund_id)[1] == Keeper.SUPERVISOR


def test_what_a_refund_waits_for() -> None:
    def told(state: RefundState, *legs: LegState, given: bool = False, case: bool = False) -> Waits | None:
        return waits_for(state, legs, is_account_given=given, is_of_case=case)

    assert told(RefundState.ASKED) is Waits.DECISION
    assert told(RefundState.INSTRUCTED, LegState.CONFIRMED, LegState.WAITING) is Waits.ACCOUNT
    assert told(RefundState.APPROVED, LegState.WAITING, given=True) is Waits.ACCOUNT_CHECK
    assert told(RefundState.INSTRUCTED, LegState.INSTRUCTED) is Waits.BANK
    assert told(RefundState.FAILED, LegState.FAILED) is Waits.ROAD
    assert told(RefundState.FAILED, LegState.FAILED, case=True) is None
    assert told(RefundState.CONFIRMED, LegState.CONFIRMED) is None
    assert told(RefundState.REJECTED) is None


def test_nobody_is_reminded_before_half_of_the_time_is_over(at: datetime) -> None:
    assert deadline(at, 2, 7) == (at + 2 * DAY, at + DAY)
    assert deadline(at, 7, 1) == (at + 7 * DAY, at + 6 * DAY)


def test_refunds_of_the_order_say_it_too(at: datetime) -> None:
    there = paid(at)
    approved(there, HUNDRED, at)
    (one,) = refunds_of(there.order_id)
    assert (one.wait_label, one.keeper_label) == ("La respuesta del banco o de la pasarela", "Medios de pago")
