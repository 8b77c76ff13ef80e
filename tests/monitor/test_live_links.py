"""The monitor shows the link that an order can be paid by now, and leads whoever may act on it to where he does."""

from __future__ import annotations

import html
import secrets
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.journey.assistance.models import Conversation
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import open_link, revoke_link, send_payment_link
from seguripago.journey.payments.queries import live_link, payment_of
from seguripago.journey.reconciliation.commands import open_part_expired_cases
from seguripago.journey.reconciliation.models import Case
from seguripago.journey.reconciliation.queries import live_deposits
from tests.money import bank
from tests.monitor.people import AT
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
CHROME = "Mozilla/5.0 (Linux; Android 15) Mobile Chrome/140"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def shown(client: Client, path: str) -> str:
    answer = client.get(f"{AT}{path}")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def test_a_part_that_came_shows_the_live_link_of_its_order(now: datetime) -> None:
    begun = now - timedelta(days=4)
    sold = bank.sale(begun)
    number = order(sold.order_id).number
    bank.transfer(sold, "300.00", at=begun)
    open_part_expired_cases(at=now)
    case = Case.objects.get(store_id=sold.store_id)
    (part,) = live_deposits(sold.store_id)
    send_payment_link(sold.order_id, token=secrets.token_urlsafe(24), by=bank.ANALYST, at=now)
    link, payment = live_link(sold.order_id, at=now), payment_of(sold.order_id)
    assert link is not None
    assert payment is not None
    pages = [f"buscar/?q={number}", f"deposito/{part.id}/", f"caso/{case.pk}/"]

    clerk, sofia = entered(sold.store_id, "payments", "beto"), entered(sold.store_id, "supervisor", "sofia")
    talk = Conversation.objects.create(
        store_id=sold.store_id, order_id=sold.order_id, code="ABC123", token_hash="x" * 64, started_at=now,
        waiting_since=now, last_buyer_at=now,
    )  # fmt: skip
    office, desk = f"/oficina/pedidos/{number}/#link", f"/mesa/{talk.pk}/"
    for page in pages:
        told, led = shown(clerk, page), shown(sofia, page)
        for each in ("Link de pago", f"{link.amount} MXN", "Mariana Ríos", "Todavía no"):
            assert each in told.partition("Historia")[0], (page, each)
        assert "Se cambia o se retira en la mesa o en la oficina." in told
        assert (office in told, desk in told, office in led, desk in led) == (False, False, True, True)
    assert sofia.get(office).status_code == 200

    open_link(payment.link_token or "", caller="10.0.0.1", agent=CHROME, own_session=False, at=now)
    assert '<span class="bdg info">Abierto</span>' in shown(clerk, pages[0])
    revoke_link(link.id, why="Monto equivocado", by=bank.ANALYST, at=now + timedelta(minutes=1))
    for page in pages:
        assert f"{link.amount} MXN" not in shown(sofia, page).partition("Historia")[0]
