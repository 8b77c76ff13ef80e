"""What the store will not send, told in the order panel: who asked, when, how much goes back. Nothing is done there."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.journey.assistance import commands as chat
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import refunds_of
from seguripago.values.actor import Actor
from tests.guarantee.test_unsent import WHY, says_no, yes
from tests.refunds.test_all_goes_back import half_sent
from tests.refunds.test_machine import Paid, approved, leave, waiting
from tests.refunds.world import hear
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
ASKED = "Lo pidió Mariana, "
OFFICE = "Abrir en la oficina"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def talk_of(there: Paid, at: datetime) -> int:
    bought = order(there.order_id)
    asked = chat.StartConversation("t1", "Lucía", "", "", "order", "¿Y lo que falta?", "spei", (bought.access_token,))
    talk = chat.start_conversation(there.store_id, asked, at=at)
    chat.identify_order(talk, bought.number, by=Actor.buyer("Lucía"), at=at)
    hear(at)
    return talk


def panel(client: Client, talk: int) -> str:
    answer = client.get(f"/mesa/{talk}/pedido/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_panel_tells_that_it_waits_and_then_that_it_was_approved(now: datetime) -> None:
    there = half_sent(now)
    talk = talk_of(there, now)
    analyst = entered(there.store_id, "analyst", "dario")
    piece = order(there.order_id).lines[0].unit_price
    assert "No se enviará" not in panel(analyst, talk)

    assert says_no(there, now) == "asked"
    said = panel(analyst, talk)
    assert ASKED in said
    assert f"Si otra persona lo aprueba, lo que falta no sale y vuelven {piece}." in said
    assert "lo aprobó" not in said

    yes(there, now)
    said = panel(analyst, talk)
    assert ASKED in said
    assert "; lo aprobó Diego, " in said
    assert f"Vuelven {piece}." in said
    assert "Si otra persona lo aprueba" not in said
    assert f"No se enviará: {WHY}, " in said, "and the parcel says why, to the minute"


def test_what_was_turned_down_gives_nothing_back(now: datetime) -> None:
    there = half_sent(now)
    talk = talk_of(there, now)
    says_no(there, now)
    (asked,) = refunds_of(there.order_id)
    proposal_id, _seen = waiting(there, asked.id)
    refunds.reject_refund(proposal_id, reason="Llega mañana", by=there.diego, at=now)
    said = panel(entered(there.store_id, "analyst", "dario"), talk)
    assert ASKED in said
    assert f": no vuelven los {asked.amount}." in said
    assert f"Vuelven {asked.amount}" not in said


def test_only_those_whom_the_office_lets_in_find_the_way_there(now: datetime) -> None:
    there = half_sent(now)
    talk = talk_of(there, now)
    says_no(there, now)
    path = f"/oficina/pedidos/{order(there.order_id).number}/"
    for role, may in (("analyst", False), ("supervisor", True), ("owner", True)):
        client = entered(there.store_id, role, role)
        said = panel(client, talk)
        assert ASKED in said
        assert (f'href="{path}"' in said, OFFICE in said) == (may, may), role
        assert (client.get(path).status_code == 200) == may, role


def test_the_desk_only_tells_it_and_a_refund_for_another_reason_is_not_it(now: datetime) -> None:
    there = half_sent(now)
    talk = talk_of(there, now)
    approved(there, order(there.order_id).lines[0].unit_price, now)
    leave(there, now)
    supervisor = entered(there.store_id, "supervisor", "sofia")
    said = panel(supervisor, talk)
    assert "No se enviará" not in said
    assert OFFICE not in said
    assert says_no(there, now) == "done", "all of it went back already: nothing is owed for it"
    said = panel(supervisor, talk)
    assert f"No se enviará: {WHY}, " in said
    assert "no-se-envia" not in said
