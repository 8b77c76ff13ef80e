"""A store with a case, its clerk, its supervisor and a stranger, each in a browser of his own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.test import Client

from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation.models import Case
from seguripago.values import clabe
from tests.money import bank
from tests.web.staff import entered

AT = "/medios-de-pago/"


@dataclass(frozen=True, slots=True)
class Area:
    """An unpaid sale, a deposit of its amount to a CLABE that nobody was given, and the case of that deposit."""

    sold: bank.Sale
    number: str
    case_id: int
    deposit_id: int
    clerk: Client
    supervisor: Client


def area(at: datetime) -> Area:
    """Make the store with its case."""
    sold = bank.sale(at)
    lost = bank.notice(sold.store_id, clabe=clabe.build(sold.clabe[:10], 999_999), amount=sold.total.plain, at=at)
    bank.deliver(sold.store_id, lost, at=at)
    bank.turn(at)
    case = Case.objects.get(store_id=sold.store_id)
    assert case.deposit_id is not None
    clerk, supervisor = entered(sold.store_id, "payments", "beto"), entered(sold.store_id, "supervisor", "sofia")
    return Area(sold, order(sold.order_id).number, case.pk, case.deposit_id, clerk, supervisor)


def propose(at_hand: Area, client: Client, **said: str) -> int:
    """Propose to give the case to its order; gives the status of the answer."""
    form = {"action": "apply", "number": at_hand.number, **said}
    return client.post(f"{AT}caso/{at_hand.case_id}/proponer/", form).status_code
