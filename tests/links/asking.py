"""A store asks by links: sales, links of every purpose, and what becomes of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.journey.orders.queries import order
from seguripago.journey.payments import link_token
from seguripago.journey.payments.commands import send_payment_link
from seguripago.journey.payments.listeners import LISTENERS
from seguripago.journey.payments.models import Link
from seguripago.journey.payments.queries import LinkPage, link_page, payment_of
from seguripago.values.money import Money
from tests.money import bank
from tests.orders import builders


@dataclass(frozen=True, slots=True)
class Asked:
    """A sale that is asked for by a link."""

    sold: bank.Sale
    handle: str

    def page(self, at: datetime) -> LinkPage:
        found = link_page(self.handle, at=at)
        assert found is not None
        return found


def asked(at: datetime, *, purpose: str = "whole", amount: Money | None = None) -> Asked:
    """Sell something and ask for it by a link alone."""
    store_id = bank.bank_store()
    order_id = builders.verified(at, store_id=store_id)
    handle = ask_again(order_id, at, purpose=purpose, amount=amount)
    payment = payment_of(order_id)
    assert payment is not None
    assert payment.instructions is not None
    return Asked(bank.Sale(store_id, order_id, payment.instructions.clabe, order(order_id).total), handle)


def ask_again(order_id: int, at: datetime, *, purpose: str = "whole", amount: Money | None = None) -> str:
    """Send a link and give its handle."""
    handle = secrets.token_urlsafe(24)
    send_payment_link(order_id, token=handle, purpose=purpose, amount=amount, by=bank.ANALYST, at=at)
    return handle


def token_of(page: LinkPage) -> str:
    """The token that a link's mail carries."""
    return link_token.make(page.handle, store_id=page.store_id, expires_at=page.expires_at)


def newest(order_id: int, at: datetime) -> LinkPage:
    """The newest link of an order."""
    row = Link.objects.filter(payment__order=order_id).latest("pk")
    found = link_page(row.handle, at=at)
    assert found is not None
    return found


def heard(at: datetime) -> None:
    """Let payments hear what the orders said."""
    number_facts()
    for listener in LISTENERS:
        while listen_once(listener, at=at):
            pass


def broken_truths() -> list[str]:
    """The inv_* views that have a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv\\_%' ORDER BY 1")
        views = [row[0] for row in cursor.fetchall()]
        broken = []
        for view in views:
            cursor.execute(f"SELECT count(*) FROM {view}")
            if cursor.fetchone()[0]:
                broken.append(view)
    assert views
    return broken
