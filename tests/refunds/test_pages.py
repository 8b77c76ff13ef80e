"""Charges and refunds on the screens: the area asks, a second person decides, the owner has the same in his office."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client

from seguripago.foundations.approvals.queries import open_proposals
from seguripago.journey.refunds.queries import refunds_of_charge
from tests.refunds.test_chargebacks import told
from tests.refunds.world import Charged, Loopback, carry, charged, hear
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
AT = "/medios-de-pago/tarjetas/"
OFFICE = "/oficina/tarjetas/cobros/"


def text(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


@pytest.fixture
def clerk_of(at: datetime) -> tuple[Charged, Client, Client]:
    there = charged(at)
    return there, entered(there.store_id, "payments", "mari"), entered(there.store_id, "supervisor", "dora")


def test_the_area_asks_and_a_supervisor_approves_what_he_saw(
    at: datetime, gateway: Loopback, clerk_of: tuple[Charged, Client, Client]
) -> None:
    there, clerk, supervisor = clerk_of
    assert there.total.plain[:1] in text(clerk, AT)
    page = f"{AT}{there.charge_id}/"
    answer = clerk.post(f"{page}reembolsar/", {"how": "part", "amount": "100", "reason": "Faltó una pieza"})
    assert answer.status_code == 302
    assert "espera a una segunda persona" in text(clerk, page)
    (asked,) = open_proposals(there.store_id)
    assert clerk.post(f"/medios-de-pago/propuesta/{asked.id}/aprobar/", {"seen": asked.hash}).status_code == 409
    assert "Faltó una pieza" in text(supervisor, f"/medios-de-pago/propuesta/{asked.id}/")
    done = supervisor.post(f"/medios-de-pago/propuesta/{asked.id}/aprobar/", {"seen": asked.hash})
    (refund,) = refunds_of_charge(there.charge_id)
    assert (done.status_code, done["Location"]) == (302, f"/medios-de-pago/reembolsos/{refund.id}/")
    assert "Aprobado, por enviar" in text(clerk, f"{page}?parte=estado")
    carry(there, at)
    assert "Reembolso parcial" in text(clerk, page)
    assert "Faltó una pieza" in text(clerk, page)


def test_the_owner_does_the_same_in_his_office(
    at: datetime, gateway: Loopback, clerk_of: tuple[Charged, Client, Client]
) -> None:
    there, clerk, _ = clerk_of
    owner = entered(there.store_id, "owner", "ana")
    clerk.post(f"{AT}{there.charge_id}/reembolsar/", {"how": "whole", "reason": "Se agotó"})
    (asked,) = open_proposals(there.store_id)
    page = f"{OFFICE}{there.charge_id}/"
    assert "Se agotó" in text(owner, page)
    owner.post(f"{page}propuesta/{asked.id}/", {"decision": "approve", "seen": asked.hash})
    carry(there, at)
    assert [each.state for each in there.refunds] == ["done"]
    assert "Reembolsado" in text(owner, OFFICE)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"how": "part", "amount": "", "reason": "x"}, "Escribe un monto"),
        ({"how": "part", "amount": "mucho", "reason": "x"}, "Escribe un monto"),
        ({"how": "part", "amount": "99999", "reason": "x"}, "se pueden reembolsar todavía"),
        ({"how": "whole", "reason": ""}, "Escribe un monto"),
    ],
)
def test_what_cannot_be_asked_is_told_and_nothing_typed_is_lost(
    clerk_of: tuple[Charged, Client, Client], said: dict[str, str], words: str
) -> None:
    there, clerk, _ = clerk_of
    answer = clerk.post(f"{AT}{there.charge_id}/reembolsar/", said)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert words in page
    assert f'value="{said.get("amount", "")}"' in page
    assert open_proposals(there.store_id) == ()


def test_a_stranger_and_another_store_see_nothing(at: datetime, clerk_of: tuple[Charged, Client, Client]) -> None:
    there, _, _ = clerk_of
    carla = entered(charged(at).store_id, "payments", "carla")
    analyst = entered(there.store_id, "analyst", "rita")
    for client in (carla, analyst):
        assert client.get(f"{AT}{there.charge_id}/").status_code == 404
        assert client.post(f"{AT}{there.charge_id}/reembolsar/", {"how": "whole", "reason": "x"}).status_code == 404
    assert Client().get(AT).status_code == 302


def test_a_chargeback_shows_what_there_is_to_answer_with(
    at: datetime, gateway: Loopback, clerk_of: tuple[Charged, Client, Client]
) -> None:
    there, clerk, _ = clerk_of
    hear(at)
    told(gateway, there, "open", at)
    page = text(clerk, f"{AT}{there.charge_id}/")
    assert "En disputa" in page
    assert "Evidencia para el banco" in page
    assert "un reembolso lo daría dos veces" in page
    assert "Contracargo" in text(clerk, f"{AT}?ver=contracargos")
    assert there.ref in page
    told(gateway, there, "lost", at)
    assert "Perdido" in text(clerk, f"{AT}{there.charge_id}/")


def test_the_list_needs_few_queries(
    at: datetime, clerk_of: tuple[Charged, Client, Client], django_assert_max_num_queries: object
) -> None:
    there, clerk, _ = clerk_of
    charged(at, store_id=there.store_id)
    with django_assert_max_num_queries(6):  # type: ignore[operator]
        clerk.get(AT)
    # One of them: the refund that was asked of this charge and waits for its second person.
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        clerk.get(f"{AT}{there.charge_id}/")
