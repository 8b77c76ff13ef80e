"""Every action of a case from the proposal to the ledger: what is done is what was seen, to the centavo."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.commands import cancel_order, expire_orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import expire_payments
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.queries import open_cases, returns
from seguripago.journey.reconciliation.rules.actions import CaseCannot
from seguripago.values.money import Money
from tests.cases import world
from tests.cases.world import House
from tests.money import bank

TEN = Money(10_00)


def test_an_overpayment_moves_to_another_order(there: House, at: datetime) -> None:
    """pretix #1365: what one order got too much pays a part of another one."""
    _, case = world.excess(there, at)
    other = bank.sale(at, store_id=there.store_id)

    made = cases.propose_apply(case.id, number=world.number_of(other), by=there.mariana, at=at)
    seen = world.proposed(there.store_id, made)
    missing = other.total - TEN
    assert seen.says == (
        f"Aplica $10.00 al pedido {world.number_of(other)}.",
        f"Al pedido {world.number_of(other)} le faltarán {missing}.",
        "El caso queda resuelto.",
    )
    assert world.page(there.store_id, case.id).state == "proposed"
    assert there.money(Account.SUSPENSE) == -TEN

    world.approve(there, made, at)

    assert world.page(there.store_id, case.id).state == "done"
    assert bank.paid_view(other.order_id).received == TEN
    assert there.money(Account.SUSPENSE).is_zero
    bank.transfer(other, missing.plain, at=at)
    assert bank.paid_view(other.order_id).is_confirmed


def test_duplicates_are_assigned_by_hand(there: House, at: datetime) -> None:
    """pretix PR #1461: the second payment of an order pays another one, whole."""
    sold, case = world.duplicate(there, at)
    other = bank.sale(at, store_id=there.store_id)
    assert other.total == sold.total

    made = cases.propose_apply(case.id, number=world.number_of(other).lower(), by=there.mariana, at=at)
    world.approve(there, made, at)

    assert order(other.order_id).state == "paid"
    assert bank.paid_view(other.order_id).confirmed_by == "Diego"
    assert open_cases(there.store_id) == ()
    assert there.money(Account.DUE_TO_BUYER) == -(sold.total + other.total)


def test_overpaid_orders_are_a_list(there: House, at: datetime) -> None:
    """pretix #1707: every order that got too much, and how much."""
    wanted = {}
    for over in (1_00, 2_00, 3_00):
        sold = bank.sale(at, store_id=there.store_id)
        bank.transfer(sold, (sold.total + Money(over)).plain, at=at)
        wanted[world.number_of(sold)] = Money(over)
    assert {row.order_number: row.amount for row in open_cases(there.store_id, kinds=["excess"])} == wanted
    first, *rest = open_cases(there.store_id, limit=1)
    assert not rest
    after = open_cases(there.store_id, before=(first.opened_at, first.id))
    assert {row.order_number for row in after} == set(wanted) - {first.order_number}


def test_money_without_an_order_is_split_between_two_and_the_rest_stays(there: House, at: datetime) -> None:
    one, two = (bank.sale(at, store_id=there.store_id) for _ in range(2))
    case = world.orphan(there, one.total + two.total + Money(30_00), at)

    made = cases.propose_split(
        case.id,
        shares=[(world.number_of(one), one.total), (world.number_of(two), Money(50_00))],
        by=there.mariana,
        at=at,
    )
    world.approve(there, made, at)

    left = two.total - Money(50_00) + Money(30_00)
    again = world.page(there.store_id, case.id)
    assert (again.state, again.held, again.amount) == ("open", left, left)
    assert [(part.kind, part.amount) for part in again.parts] == [("moved", one.total), ("moved", Money(50_00))]
    assert order(one.order_id).state == "paid"
    assert bank.paid_view(two.order_id).received == Money(50_00)
    assert there.money(Account.SUSPENSE) == -left


def test_parts_never_add_up_to_more_than_the_case_holds(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    case = world.orphan(there, Money(20_00), at)
    with pytest.raises(CaseCannot, match="suman más"):
        cases.propose_split(
            case.id, shares=[(world.number_of(sold), Money(15_00))], give_back=Money(6_00), by=there.mariana, at=at
        )
    assert world.page(there.store_id, case.id).state == "open"


def test_a_shortfall_is_accepted_and_the_store_bears_it(there: House, at: datetime) -> None:
    sold, case, late = world.part_expired(there, at)
    assert case.kind == "part_expired"
    made = cases.propose_accept_difference(case.id, reason="Comisión de su banco.", by=there.mariana, at=late)
    assert world.proposed(there.store_id, made).says == (
        f"El pedido {world.number_of(sold)} estaba vencido: se vuelven a apartar sus existencias.",
        f"La tienda asume $100.00 que faltan del pedido {world.number_of(sold)}.",
        f"El pedido {world.number_of(sold)} queda pagado por {sold.total}.",
        "El caso queda resuelto.",
        "Motivo: Comisión de su banco.",
    )
    world.approve(there, made, late)

    assert order(sold.order_id).state == "paid"
    assert bank.paid_view(sold.order_id).received == sold.total
    assert there.money(Account.DIFFERENCES) == Money(100_00)
    assert there.money(Account.BANK) == sold.total - Money(100_00)
    assert there.money(Account.DUE_TO_BUYER) == -sold.total
    assert world.page(there.store_id, case.id).state == "done"


def test_a_late_part_and_a_difference_pay_an_expired_order(there: House, at: datetime) -> None:
    sold, case, late = world.late_part(there, at)
    made = cases.propose_accept_difference(case.id, by=there.mariana, at=late)
    world.approve(there, made, late)
    assert order(sold.order_id).state == "paid"
    assert there.money(Account.DIFFERENCES) == Money(100_00)


@pytest.mark.parametrize("how", [world.part_expired, world.late_part])
def test_the_rest_is_asked_for_and_pays_the_order(there: House, at: datetime, how: object) -> None:
    sold, case, late = how(there, at)  # type: ignore[operator]
    made = cases.propose_ask_for_rest(case.id, hours=24, by=there.mariana, at=late)
    world.approve(there, made, late)

    payment = bank.paid_view(sold.order_id)
    assert (payment.state, payment.missing) == ("partly_paid", Money(100_00))
    assert payment.expires_at == late + timedelta(hours=24)
    assert order(sold.order_id).state == "verified"
    assert open_cases(there.store_id) == ()
    bank.transfer(sold, "100.00", at=late + timedelta(hours=1))
    assert order(sold.order_id).state == "paid"


def test_when_the_rest_does_not_come_there_is_a_case_again(there: House, at: datetime) -> None:
    sold, case, late = world.part_expired(there, at)
    world.approve(there, cases.propose_ask_for_rest(case.id, by=there.mariana, at=late), late)
    later = late + timedelta(hours=25)
    expire_orders(later)
    assert cases.open_part_expired_cases(at=later) == 1
    assert cases.open_part_expired_cases(at=later) == 0
    assert world.the_case(there.store_id).order_number == world.number_of(sold)


def test_what_never_became_whole_is_returned_to_who_sent_it(there: House, at: datetime) -> None:
    sold, case, late = world.part_expired(there, at)
    received = sold.total - Money(100_00)
    made = cases.propose_return(case.id, by=there.mariana, at=late)
    assert world.proposed(there.store_id, made).says[0].startswith(f"Deja de contar {received}")
    world.approve(there, made, late)

    payment = bank.paid_view(sold.order_id)
    assert (payment.state, payment.received) == ("expired", Money.zero())
    assert there.money(Account.DUE_TO_BUYER).is_zero
    assert there.money(Account.SUSPENSE) == -received
    (going,) = returns(there.store_id)
    assert (going.state, going.amount, going.case_id) == ("approved", received, case.id)


def test_an_excess_goes_back_and_is_booked_when_the_bank_confirms(there: House, at: datetime) -> None:
    sold, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    assert world.page(there.store_id, case.id).state == "approved"
    assert there.money(Account.SUSPENSE) == -TEN

    cases.make_return_file(there.store_id, by=there.diego, at=at)
    (going,) = returns(there.store_id, states=["instructed"])
    cases.confirm_return(going.id, amount=TEN, says="LQ 12345", by=there.diego, at=at)

    assert world.page(there.store_id, case.id).state == "done"
    assert there.money(Account.SUSPENSE).is_zero
    assert there.money(Account.BANK) == sold.total


def test_a_late_order_is_honoured_again_with_its_stock(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    cancel_order(sold.order_id, by=there.mariana, reason="El comprador lo pidió", at=at)
    bank.turn(at, only=("payments.retire",))
    bank.transfer(sold, sold.total.plain, at=at)
    case = world.the_case(there.store_id)
    assert case.kind == "late"

    made = cases.propose_apply(case.id, number=case.order_number, by=there.mariana, at=at)
    assert "estaba cancelado" in world.proposed(there.store_id, made).says[0]
    world.approve(there, made, at)

    assert (order(sold.order_id).state, order(sold.order_id).stock_state) == ("paid", "sold")


def test_a_part_for_an_expired_order_gives_its_buyer_time_for_the_rest(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    late = at + timedelta(hours=25)
    expire_orders(late)
    expire_payments(at=late)
    case = world.orphan(there, TEN, late)
    world.approve(there, cases.propose_apply(case.id, number=world.number_of(sold), by=there.mariana, at=late), late)
    payment = payment_of(sold.order_id)
    assert payment is not None
    assert (payment.state, payment.expires_at) == ("partly_paid", late + timedelta(hours=24))
    assert order(sold.order_id).state == "verified"


def test_an_order_that_two_people_brought_back_is_not_retired_by_old_news(there: House, at: datetime) -> None:
    """Payments hear of the cancellation only afterwards, as when a listener was behind."""
    sold = bank.sale(at, store_id=there.store_id)
    cancel_order(sold.order_id, by=there.mariana, reason="El comprador lo pidió", at=at)
    case = world.orphan(there, TEN, at)
    world.approve(there, cases.propose_apply(case.id, number=world.number_of(sold), by=there.mariana, at=at), at)
    bank.turn(at, only=("payments.retire",))
    assert bank.paid_view(sold.order_id).state == "partly_paid"
    assert open_cases(there.store_id) == ()


def test_a_little_is_written_off_within_the_tolerance_of_two_people(there: House, at: datetime) -> None:
    _, case = world.excess(there, at, over=Money(30))
    with pytest.raises(CaseCannot, match="tolerancia"):
        cases.propose_write_off(case.id, by=there.mariana, at=at)
    changing = approvals.propose_policy(there.store_id, {"tolerance_centavos": 50}, by=there.mariana, at=at)
    approvals.approve_policy(changing, seen=world.proposed(there.store_id, changing).hash, by=there.diego, at=at)
    world.approve(there, cases.propose_write_off(case.id, by=there.mariana, at=at), at)
    assert there.money(Account.DIFFERENCES) == -Money(30)
    assert there.money(Account.SUSPENSE).is_zero
    assert open_cases(there.store_id) == ()


def test_an_alarm_is_dismissed_by_two_people_with_a_reason(there: House, at: datetime) -> None:
    sold = bank.sale(at, store_id=there.store_id)
    bank.transfer(sold, "100.00", at=at, tracking_key="CLAVE1")
    bank.transfer(sold, "900.00", at=at, tracking_key="CLAVE1")
    case = world.the_case(there.store_id)
    assert case.kind == "contradiction"
    with pytest.raises(CaseCannot, match="revisaste"):
        cases.propose_dismiss(case.id, reason=" ", by=there.mariana, at=at)
    made = cases.propose_dismiss(case.id, reason="El banco repitió mal el aviso.", by=there.mariana, at=at)
    world.approve(there, made, at)
    again = world.page(there.store_id, case.id)
    assert again.state == "done"
    assert [entry.action for entry in again.history] == ["proposal.made", "proposal.granted", "case.dismiss"]


def test_money_that_never_was_in_an_account_of_the_store_leaves_its_books(there: House, at: datetime) -> None:
    sent = bank.notice(there.store_id, clabe="012180015000000006", amount="70.00", at=at)
    bank.deliver(there.store_id, sent, at=at)
    bank.turn(at)
    case = world.the_case(there.store_id)
    assert case.kind == "wrong_account"
    assert [each.name for each in case.possible if each.can] == ["dismiss"]
    world.approve(there, cases.propose_dismiss(case.id, reason="Es de otra empresa.", by=there.mariana, at=at), at)
    assert there.money(Account.BANK).is_zero
    assert there.money(Account.SUSPENSE).is_zero


def test_an_alarm_that_holds_money_is_not_dismissed(there: House, at: datetime) -> None:
    _, case = world.excess(there, at)
    with pytest.raises(CaseCannot, match=r"El caso tiene \$10.00"):
        cases.propose_dismiss(case.id, reason="No importa", by=there.mariana, at=at)


def test_many_are_proposed_at_once_and_what_cannot_be_is_told(there: House, at: datetime) -> None:
    for over in (1_00, 2_00):
        sold = bank.sale(at, store_id=there.store_id)
        bank.transfer(sold, (sold.total + Money(over)).plain, at=at)
    bank.transfer(sold, "5.00", at=at, tracking_key="OTRA")
    bank.transfer(sold, "6.00", at=at, tracking_key="OTRA")
    rows = open_cases(there.store_id)
    alarm = next(row.id for row in rows if row.kind == "contradiction")

    bulk = cases.propose_many([row.id for row in rows], "return", by=there.mariana, at=at)

    assert set(bulk.proposed) == {row.id for row in rows} - {alarm}
    assert [case_id for case_id, _ in bulk.refused] == [alarm]
    for proposal_id in bulk.proposed.values():
        world.approve(there, proposal_id, at)
    assert sum(each.amount.centavos for each in returns(there.store_id)) == 3_00 + 5_00
