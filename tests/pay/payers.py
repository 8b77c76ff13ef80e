"""A payer with a link: how it was made, opened, proved and paid, said only where it matters."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone

from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments import link_token
from seguripago.journey.payments.queries import LinkPage, link_page
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.web.pay.passes import place_of
from seguripago.web.shop.cookies import keep_order
from tests.orders import builders

MEDIOS = Actor.system("Área de Medios de Pago")


@dataclass(frozen=True, slots=True)
class Sent:
    """A link that was sent: whoever holds `token` may open it."""

    order_id: int
    payment_id: int
    handle: str
    token: str

    @property
    def order(self) -> OrderView:
        return orders.order(self.order_id)

    @property
    def page(self) -> LinkPage:
        found = link_page(self.handle, at=timezone.now())
        assert found is not None
        return found

    @property
    def door(self) -> str:
        return f"/pago/{self.token}/"

    @property
    def address(self) -> str:
        return f"/pago/abierto/{place_of(self.handle)}/"


def sent(
    at: datetime | None = None,
    *,
    order_id: int = 0,
    purpose: str = "whole",
    amount: Money | None = None,
    **more: Any,
) -> Sent:
    """Bring an order to its link, or send one for an order that there is."""
    at = at or timezone.now()
    order_id = order_id or builders.verified(at, **more)
    handle = secrets.token_urlsafe(24)
    payment_id = payments.send_payment_link(
        order_id, token=handle, purpose=purpose, amount=amount, by=Actor.assistant(), at=at
    )
    return _told(order_id, payment_id, handle)


def _told(order_id: int, payment_id: int, handle: str) -> Sent:
    link = link_page(handle, at=timezone.now())
    assert link is not None
    token = link_token.make(handle, store_id=link.store_id, expires_at=link.expires_at)
    return Sent(order_id, payment_id, handle, token)


def paid(link: Sent, amount: Money | None = None, *, at: datetime | None = None) -> None:
    """Let the money arrive: what the link asks for, or another amount."""
    at = at or timezone.now()
    with transaction.atomic():
        arrived = payments.Settlement(
            link.payment_id,
            f"deposit:{secrets.token_hex(6)}",
            amount or link.page.missing,
            at,
            Account.SUSPENSE,
            tracking_key="MBAN01002611220072913",
        )
        payments.confirm_payments([arrived], by=MEDIOS, at=at)


def opened(client: Client, link: Sent) -> str:
    """Open the link as a browser does and give the page's words."""
    answer = client.get(link.door, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:500]
    assert answer.redirect_chain == [(link.address, 302)]
    return answer.content.decode()


def proved(client: Client, link: Sent, said: str = "8846") -> str:
    """Open the link, prove oneself, and give the page's words."""
    opened(client, link)
    answer = client.post(f"{link.address}comprobar/", {"said": said}, follow=True)
    assert answer.status_code == 200, answer.content.decode()[:800]
    return answer.content.decode()


def at_home(client: Client, link: Sent) -> None:
    """Let this browser be the buyer's own: the order was placed in it."""
    answer, request = HttpResponse(), HttpRequest()
    keep_order(request, answer, link.order.access_token)
    client.cookies["sp_orders"] = answer.cookies["sp_orders"].value
