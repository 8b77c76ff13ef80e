"""«No se enviará» on the order's page: a reason that the buyer reads, a second person for the money, and its end."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import refunds_of
from tests.assistance.builders import hear as hear_all
from tests.cases.world import broken_truths
from tests.claims.world import claimed
from tests.refunds.test_all_goes_back import around, half_sent
from tests.refunds.test_machine import Paid, leave, waiting
from tests.refunds.world import charged, hear
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
WHY = "El proveedor ya no lo fabrica"


def owner_of(there: Paid) -> Client:
    return entered(there.store_id, "owner", "olga")


def page_of(there: Paid) -> str:
    return f"/oficina/pedidos/{order(there.order_id).number}/"


def test_the_owner_says_it_a_second_person_decides_and_both_sides_read_it(at: datetime, client: Client) -> None:
    there = half_sent(at)
    olga, page, buyers = owner_of(there), page_of(there), f"/pedido/{order(there.order_id).access_token}/"
    price = order(there.order_id).lines[0].unit_price
    drawn = olga.get(page).content.decode()
    assert "Si ya no vas a enviar lo que falta" in drawn
    assert str(price)[:-4].strip() in drawn

    nothing = olga.post(f"{page}no-se-envia/", {"reason": ""})
    assert nothing.status_code == 422
    assert "tu cliente lo va a leer" in nothing.content.decode()
    assert olga.post(f"{page}no-se-envia/", {"reason": WHY}).status_code == 302
    assert "Ya se pidió: otra persona aprueba" in olga.get(page).content.decode()
    again = olga.post(f"{page}no-se-envia/", {"reason": WHY})
    assert again.status_code == 422
    assert "(SP-424)" in again.content.decode()
    assert "La tienda no puede enviar lo que falta de tu pedido" in client.get(buyers).content.decode()

    (asked,) = refunds_of(there.order_id)
    proposal_id, seen = waiting(there, asked.id)
    refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)
    hear(at)
    hear_all(at=at)
    assert "Lo que no se enviará" in olga.get(page).content.decode()
    said = client.get(buyers).content.decode()
    assert "No se enviará" in said
    assert WHY in said
    assert WHY in Mail.objects.get(template="shipment_unsent").text
    leave(there, at)
    assert broken_truths() == {}


def test_where_a_claim_decides_it_is_said(at: datetime) -> None:
    there = half_sent(at)
    claimed(around(there), at)
    refused = owner_of(there).post(f"{page_of(there)}no-se-envia/", {"reason": WHY})
    assert refused.status_code == 422
    assert "Hay una reclamación abierta" in refused.content.decode()


def test_an_order_of_which_nothing_left_is_cancelled_instead(at: datetime) -> None:
    there = charged(at)
    hear(at)
    page = f"/oficina/pedidos/{order(there.order_id).number}/"
    assert (
        "Si ya no vas a enviar lo que falta" not in entered(there.store_id, "owner", "olga").get(page).content.decode()
    )
