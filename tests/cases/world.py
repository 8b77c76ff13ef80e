"""Cases as they come from the bank, and two people who decide about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from seguripago.foundations.approvals.queries import ProposalView, proposal
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.commands import expire_orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import expire_payments
from seguripago.journey.reconciliation.commands import approve_case, open_part_expired_cases
from seguripago.journey.reconciliation.queries import CaseView, case_page, open_cases
from seguripago.values import clabe
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.approvals.people import checker, maker
from tests.money import bank

TEN = Money(10_00)
HUNDRED = Money(100_00)


@dataclass(frozen=True, slots=True)
class House:
    """A store with somebody who proposes and somebody who approves."""

    store_id: int
    mariana: Actor
    diego: Actor

    def money(self, account: Account) -> Money:
        return balance(self.store_id, account)


def house() -> House:
    store_id = bank.bank_store()
    return House(store_id, maker(store_id), checker(store_id))


def number_of(sold: bank.Sale) -> str:
    return order(sold.order_id).number


def the_case(store_id: int) -> CaseView:
    """The one case that nothing was proposed for."""
    (row,) = open_cases(store_id, states=["open", "rejected"])
    return page(store_id, row.id)


def page(store_id: int, case_id: int) -> CaseView:
    found = case_page(store_id, case_id)
    assert found is not None
    return found


def excess(there: House, at: datetime, over: Money = TEN) -> tuple[bank.Sale, CaseView]:
    """An order paid with more than its amount."""
    sold = bank.sale(at, store_id=there.store_id)
    bank.transfer(sold, (sold.total + over).plain, at=at)
    return sold, the_case(there.store_id)


def duplicate(there: House, at: datetime) -> tuple[bank.Sale, CaseView]:
    """An order paid twice."""
    sold = bank.sale(at, store_id=there.store_id)
    for _ in range(2):
        bank.transfer(sold, sold.total.plain, at=at)
    return sold, the_case(there.store_id)


def orphan(there: House, amount: Money, at: datetime, *, concept: str = "Pago") -> CaseView:
    """Money to an account of the store that was never given to an order."""
    stray = clabe.build(_prefix(there.store_id), 99_999 if len(_prefix(there.store_id)) == 12 else 9_999)
    sent = bank.notice(there.store_id, clabe=stray, amount=amount.plain, at=at, concept=concept)
    bank.deliver(there.store_id, sent, at=at)
    bank.turn(at)
    return the_case(there.store_id)


def part_expired(there: House, at: datetime, *, short: Money = HUNDRED) -> tuple[bank.Sale, CaseView, datetime]:
    """An order whose clock ended with less than its amount."""
    sold = bank.sale(at, store_id=there.store_id)
    bank.transfer(sold, (sold.total - short).plain, at=at)
    late = at + timedelta(hours=25)
    expire_orders(late)
    expire_payments(at=late)
    open_part_expired_cases(at=late)
    return sold, the_case(there.store_id), late


def late_part(there: House, at: datetime, *, short: Money = HUNDRED) -> tuple[bank.Sale, CaseView, datetime]:
    """A deposit of less than the amount to an order that had ended without any."""
    sold = bank.sale(at, store_id=there.store_id)
    late = at + timedelta(hours=25)
    expire_orders(late)
    expire_payments(at=late)
    bank.transfer(sold, (sold.total - short).plain, at=late)
    return sold, the_case(there.store_id), late


def proposed(store_id: int, proposal_id: int) -> ProposalView:
    found = proposal(store_id, proposal_id)
    assert found is not None
    return found


def approve(there: House, proposal_id: int, at: datetime, *, by: Actor | None = None) -> None:
    """Approve what the checker sees."""
    seen = proposed(there.store_id, proposal_id).hash
    approve_case(proposal_id, seen=seen, by=by or there.diego, at=at)


def broken_truths() -> dict[str, int]:
    """Rows of every view that must be empty."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv\\_%' ORDER BY 1")
        views = [row[0] for row in cursor.fetchall()]
        found = {}
        for view in views:
            cursor.execute(f"SELECT count(*) FROM {view}")
            if rows := cursor.fetchone()[0]:
                found[view] = rows
    return found


def _prefix(store_id: int) -> str:
    from seguripago.foundations.stores.queries import prefixes

    return prefixes(store_id)[0].prefix
