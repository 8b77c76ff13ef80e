"""The bank takes money back while two people give it to an order: it is taken from the order that has it now."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from django.db import connection, transaction

from seguripago.journey.bank.commands import read_notices
from seguripago.journey.bank.models import Deposit
from seguripago.journey.payments.commands import lock_payments
from seguripago.journey.payments.models import Payment
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.commands import reversals
from seguripago.values.money import Money
from tests.cases import world
from tests.judging.movements import Signed, movement, returned, tell, tell_all
from tests.money import bank
from tests.races.together import until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.mark.parametrize("is_guarded", [True, False])
def test_what_moves_while_the_locks_are_waited_for_is_undone_where_it_went(
    at: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool
) -> None:
    """The control locks what held the money before it waited; the order that got it meanwhile is unknown then."""
    there = world.house()
    paid = bank.sale(at, store_id=there.store_id)
    said = movement(paid, (paid.total + Money(100_00)).plain, at=at)
    tell_all([Signed(said)], at=at)
    case = world.the_case(there.store_id)
    other = bank.sale(at, store_id=there.store_id)
    deposit = Deposit.objects.get()
    proposal = cases.propose_apply(case.id, number=world.number_of(other), by=there.mariana, at=at)
    tell(returned(said), at=at)
    read_notices(at=at)
    if not is_guarded:
        monkeypatch.setattr(reversals, "_lock_all", lock_what_was_there)
    failed: list[Exception] = []

    def undo() -> None:
        try:
            reversals.undo_returned({deposit.pk: "Cuenta inexistente"}, at=at)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            failed.append(error)
        finally:
            connection.close()

    undoing = threading.Thread(target=undo)
    with transaction.atomic():
        lock_payments(Payment.objects.filter(order_id=paid.order_id).values_list("pk", flat=True))
        undoing.start()
        until_somebody_waits()
        deciding = threading.Thread(target=lambda: decide(there, proposal, at))
        deciding.start()
        deciding.join(20)
        assert bank.paid_view(other.order_id).received == Money(100_00)
    undoing.join(20)

    if not is_guarded:
        assert [type(error) for error in failed] == [KeyError]
        return
    assert failed == []
    assert bank.paid_view(other.order_id).received.is_zero
    assert not bank.paid_view(paid.order_id).is_confirmed
    assert world.broken_truths() == {}


def decide(there: world.House, proposal: int, at: datetime) -> None:
    try:
        world.approve(there, proposal, at)
    finally:
        connection.close()


def lock_what_was_there(owners: set[int], going: list[reversals.DepositView]) -> set[int]:
    payments = owners | reversals._payments_of(going)
    lock_payments(payments)
    return payments
