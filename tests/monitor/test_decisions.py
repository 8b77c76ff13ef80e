"""Two people decide: one proposes, another approves exactly what he saw, nobody else gets near."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from seguripago.foundations.approvals.models import Proposal
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation.models import Case
from tests.architecture.test_screens import forbidden_in
from tests.money import bank
from tests.monitor.people import AT, Area, area, propose
from tests.web.staff import entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def at_hand(now: datetime) -> Area:
    return area(now)


def pages(at_hand: Area) -> tuple[str, ...]:
    """Every page that can be read."""
    proposal = Proposal.objects.filter(store_id=at_hand.sold.store_id).first()
    return (
        f"{AT}buscar/?q={at_hand.number}",
        f"{AT}buscar/archivo/?formato=csv",
        f"{AT}excepciones/?tipo=unknown&estado=open&vence=1",
        f"{AT}caso/{at_hand.case_id}/",
        f"{AT}caso/{at_hand.case_id}/?parte=estado",
        f"{AT}deposito/{at_hand.deposit_id}/",
        f"{AT}aprobaciones/",
        f"{AT}propuesta/{proposal.pk if proposal else 1}/",
        f"{AT}devoluciones/",
        f"{AT}notas/",
        f"{AT}calendario/",
    )


def actions(at_hand: Area) -> tuple[tuple[str, dict[str, str]], ...]:
    """Everything that can be done."""
    proposal = Proposal.objects.filter(store_id=at_hand.sold.store_id).first()
    number = proposal.pk if proposal else 1
    return (
        (f"{AT}caso/{at_hand.case_id}/proponer/", {"action": "apply", "number": at_hand.number}),
        (f"{AT}excepciones/proponer/", {"caso": str(at_hand.case_id), "action": "apply"}),
        (f"{AT}propuesta/{number}/aprobar/", {"seen": proposal.hash if proposal else ""}),
        (f"{AT}propuesta/{number}/rechazar/", {"reason": "no"}),
        (f"{AT}propuesta/{number}/retirar/", {}),
        (f"{AT}devoluciones/archivo/", {"layout": "csv"}),
        (f"{AT}devoluciones/1/marcar/", {"result": "confirm", "said": "x"}),
        (f"{AT}notas/", {"text": "hola"}),
        (f"{AT}buscar/guardar/", {"name": "x"}),
    )


def state_of(at_hand: Area) -> str:
    return Case.objects.get(pk=at_hand.case_id).state


def test_what_one_proposes_another_approves_and_the_order_is_paid(at_hand: Area) -> None:
    assert propose(at_hand, at_hand.clerk, reason="Se equivocó en un dígito") == 302
    proposal = Proposal.objects.get()
    seen = at_hand.supervisor.get(f"{AT}propuesta/{proposal.pk}/").content.decode()
    for said in (f"El pedido {at_hand.number} queda pagado", "Se equivocó en un dígito", proposal.hash):
        assert said in seen
    answer = at_hand.supervisor.post(f"{AT}propuesta/{proposal.pk}/aprobar/", {"seen": proposal.hash})
    assert (answer.status_code, answer["Location"]) == (302, f"{AT}caso/{at_hand.case_id}/")
    payment = payment_of(at_hand.sold.order_id)
    assert payment is not None
    assert payment.is_confirmed
    assert state_of(at_hand) == "done"


def test_nobody_approves_what_he_proposed_nor_what_he_did_not_see(at_hand: Area) -> None:
    propose(at_hand, at_hand.supervisor)
    proposal = Proposal.objects.get()
    own = at_hand.supervisor.post(f"{AT}propuesta/{proposal.pk}/aprobar/", {"seen": proposal.hash})
    assert own.status_code == 409
    assert "No puedes decidir lo que tú propusiste" in own.content.decode()
    other = entered(at_hand.sold.store_id, "supervisor", "rita")
    blind = other.post(f"{AT}propuesta/{proposal.pk}/aprobar/", {"seen": "0" * 64})
    assert blind.status_code == 409
    assert "SP-514" in blind.content.decode()
    assert Proposal.objects.get().state == "open"


def test_a_clerk_proposes_and_takes_back_but_does_not_approve(at_hand: Area) -> None:
    propose(at_hand, at_hand.clerk)
    proposal = Proposal.objects.get()
    other = entered(at_hand.sold.store_id, "payments", "otro")
    assert other.post(f"{AT}propuesta/{proposal.pk}/aprobar/", {"seen": proposal.hash}).status_code == 409
    page = other.get(f"{AT}caso/{at_hand.case_id}/").content.decode()
    assert "Lo decide un supervisor" in page
    assert "Revisar y aprobar" not in page
    assert at_hand.clerk.post(f"{AT}propuesta/{proposal.pk}/retirar/").status_code == 302
    assert state_of(at_hand) == "open"


def test_a_rejection_says_why_and_the_case_can_be_proposed_again(at_hand: Area) -> None:
    propose(at_hand, at_hand.clerk)
    at_hand.supervisor.post(f"{AT}propuesta/{Proposal.objects.get().pk}/rechazar/", {"reason": "No es de ese pedido"})
    assert state_of(at_hand) == "rejected"
    assert "No es de ese pedido" in at_hand.clerk.get(f"{AT}caso/{at_hand.case_id}/").content.decode()
    assert propose(at_hand, at_hand.clerk) == 302


def test_the_form_says_what_would_happen_and_keeps_nothing(at_hand: Area) -> None:
    address = f"{AT}caso/{at_hand.case_id}/proponer/"
    good = at_hand.clerk.post(address, {"action": "apply", "number": at_hand.number, "probar": "1"}).content.decode()
    assert "Se puede proponer" in good
    assert f"El pedido {at_hand.number} queda pagado" in good
    for wrong, why in (
        ({"action": "apply", "number": "CM-0000"}, "no es un número de pedido"),
        ({"action": "apply", "number": " "}, "Escribe el número del pedido."),
        ({"action": "apply", "number": at_hand.number, "amount": "mil"}, "no es un monto"),
        ({"action": "return", "account": "123"}, "Esa CLABE no es válida"),
        ({"action": "ask_for_rest", "hours": "-1"}, "en horas"),
        ({}, "Elige qué hacer"),
    ):
        assert why in at_hand.clerk.post(address, {**wrong, "probar": "1"}).content.decode()
    assert not Proposal.objects.exists()
    assert state_of(at_hand) == "open"


def test_several_at_once_tell_which_could_not_be(at_hand: Area, now: datetime) -> None:
    more = bank.sale(now, store_id=at_hand.sold.store_id)
    bank.transfer(more, (more.total.plain), at=now)
    bank.transfer(more, "1.00", at=now)
    propose(at_hand, at_hand.clerk)
    both = list(Case.objects.order_by("pk").values_list("pk", flat=True))
    page = at_hand.clerk.post(f"{AT}excepciones/proponer/", {"caso": both, "action": "apply"}).content.decode()
    assert "1 propuesta hecha" in page
    assert "Estos no se pudieron proponer" in page
    assert "El caso ya tiene propuesta" in page
    assert Proposal.objects.count() == 2


def test_carla_is_sent_to_sign_in_everywhere(at_hand: Area, client: Client) -> None:
    propose(at_hand, at_hand.clerk)
    for address in pages(at_hand):
        assert client.get(address).status_code == 302, address
    for address, form in actions(at_hand):
        answer = client.post(address, form)
        assert (answer.status_code, answer["Location"][:8]) == (302, "/entrar/"), address
    assert Proposal.objects.get().state == "open"


@pytest.mark.parametrize("role", ["analyst", "owner"])
def test_another_role_finds_nothing(at_hand: Area, role: str) -> None:
    propose(at_hand, at_hand.clerk)
    other = entered(at_hand.sold.store_id, role, "nadie")
    assert {other.get(address).status_code for address in pages(at_hand)} == {404}
    assert {other.post(address, form).status_code for address, form in actions(at_hand)} == {404}


def test_another_store_reaches_nothing_of_this_one(at_hand: Area) -> None:
    propose(at_hand, at_hand.clerk)
    carla = entered(bank.bank_store(), "supervisor", "carla")
    for address in pages(at_hand):
        answer = carla.get(address)
        if "caso/" in address or "propuesta/" in address or "deposito/" in address:
            assert answer.status_code == 404, address
        else:
            said = b"".join(answer) if answer.streaming else answer.content
            assert at_hand.number not in said.decode().replace(f'value="{at_hand.number}"', ""), address
    for address, form in actions(at_hand)[:5]:
        assert carla.post(address, form).status_code == 404, address
    assert Proposal.objects.get().state == "open"


# One of a search by an order's number is for its live link.
# A case and a deposit ask once for the comprobantes that tell of them.
QUERIES = {"buscar/?q=": 8, "excepciones/": 5, "caso/": 16, "deposito/": 16, "aprobaciones/": 4}


def test_every_page_asks_a_fixed_number_of_questions(at_hand: Area) -> None:
    counted = {}
    for start, address in zip(QUERIES, (pages(at_hand)[place] for place in (0, 2, 3, 5, 6)), strict=True):
        with CaptureQueriesContext(connection) as asked:
            at_hand.clerk.get(address)
        assert address.startswith(f"{AT}{start}")
        counted[start] = len(asked)
    assert counted == QUERIES


def test_no_word_is_forbidden(at_hand: Area) -> None:
    propose(at_hand, at_hand.clerk)
    for address in pages(at_hand):
        answer = at_hand.supervisor.get(address)
        said = b"".join(answer) if answer.streaming else answer.content
        assert forbidden_in(re.sub(r"<[^>]*>", " ", said.decode())) == [], address
