"""Claims at the store: who sees and does what, offers and decisions by two people, files of both sides."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from seguripago.foundations.people.models import User
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Conversation
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.queries import claim
from seguripago.journey.orders.queries import order
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.claims import world
from tests.claims.world import LUCIA, Bought, claimed, view, waiting
from tests.evidence.files import picture
from tests.web.staff import entered

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/oficina/reclamaciones/"


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def there(at: datetime) -> Bought:
    return world.delivered(at)


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=actor.id))
    return client


def address(claim_id: int, more: str = "") -> str:
    return f"{LIST}{view(claim_id).number}/{more}"


def press(client: Client, claim_id: int, what: str, **typed: object) -> int:
    return client.post(address(claim_id, f"{what}/"), typed).status_code


def decide(client: Client, there: Bought, claim_id: int, how: str, **typed: object) -> int:
    asked = waiting(there, claim_id)
    sent = {"decision": how, "seen": asked.hash, **typed}
    return client.post(address(claim_id, f"propuesta/{asked.id}/"), sent).status_code


def test_who_sees_claims_and_who_acts(there: Bought, at: datetime) -> None:
    claim_id = claimed(there, at)
    number = view(claim_id).number
    for client in (browser(there.diego), browser(there.olga), entered(there.store_id, "payments")):
        assert number in client.get(LIST).content.decode()
        assert client.get(address(claim_id)).status_code == 200
    ana = browser(there.ana)
    assert number not in ana.get(LIST).content.decode()
    assert ana.get(address(claim_id)).status_code == 404
    assert press(ana, claim_id, "responder", words="Hola") == 404
    asked = chat.StartConversation("t" * 40, "Lucía", "lucia@correo.test", "55 5012 8846", "order", "Hola", "spei")
    talk = chat.start_conversation(there.store_id, asked, at=at)
    Conversation.objects.filter(pk=talk).update(order_id=there.order_id, analyst_id=there.ana.id)
    assert number in ana.get(LIST).content.decode()
    assert press(ana, claim_id, "responder", words="Lo estoy viendo") == 302
    assert press(ana, claim_id, "decidir", reason="Sola") == 404
    payments = entered(there.store_id, "payments", "memo")
    assert press(payments, claim_id, "responder", words="Hola") == 404
    assert Client().get(LIST).status_code == 302


def test_the_store_answers_and_shows_its_files(there: Bought, at: datetime) -> None:
    claim_id, diego = claimed(there, at), browser(there.diego)
    assert press(diego, claim_id, "responder", words="") == 422
    assert press(diego, claim_id, "responder", words="Lo revisamos hoy mismo") == 302
    assert view(claim_id).state == "answered"
    sent = {"file": SimpleUploadedFile("empaque.png", picture())}
    assert diego.post(address(claim_id, "archivo/"), sent).status_code == 302
    found = view(claim_id)
    assert [file.side for file in found.files] == ["store"]
    handed = diego.get(address(claim_id, f"archivo/{found.files[0].id}/"), follow=True)
    assert handed["Content-Disposition"].startswith("attachment")
    shown = diego.get(address(claim_id)).content.decode()
    assert "Lo revisamos hoy mismo" in shown
    assert "La caja llegó golpeada" in shown


def test_an_offer_of_money_waits_for_another_person(there: Bought, at: datetime) -> None:
    claim_id, diego, olga = claimed(there, at), browser(there.diego), browser(there.olga)
    wrong = diego.post(address(claim_id, "oferta/"), {"kind": "refund_part", "amount": "mil", "words": "Una parte"})
    assert wrong.status_code == 422
    assert "Una parte" in wrong.content.decode()
    assert press(diego, claim_id, "oferta", kind="refund_part", amount="100.00", words="Una parte") == 302
    assert view(claim_id).offer is None
    assert decide(diego, there, claim_id, "approve") == 409
    assert decide(olga, there, claim_id, "approve") == 302
    offer = view(claim_id).offer
    assert offer is not None
    assert offer.amount == Money(100_00)


def test_a_replacement_is_offered_at_once_and_sent(there: Bought, at: datetime) -> None:
    claim_id, diego = claimed(there, at), browser(there.diego)
    assert press(diego, claim_id, "oferta", kind="replace", words="Te mandamos otra") == 302
    offer = view(claim_id).offer
    assert offer is not None
    claims.accept_offer(claim_id, offer.id, by=LUCIA, at=at)
    assert press(diego, claim_id, "enviar-cambio", carrier="dhl", tracking_number="no") == 422
    assert press(diego, claim_id, "enviar-cambio", carrier="dhl", tracking_number="4410887201") == 302
    assert view(claim_id).state == "replacement_sent"


def test_two_people_decide_a_replacement_and_after_the_appeal_window_it_is_sent_and_comes(
    there: Bought, at: datetime
) -> None:
    claim_id, diego, olga = claimed(there, at), browser(there.diego), browser(there.olga)
    assert press(diego, claim_id, "supervisor") == 302
    # Two amounts beside a replacement would be read as money: the box counts, the amounts do not.
    typed = {"is_replacement": "si", "to_buyer": "100.00", "reason": "La foto muestra la pieza rota"}
    assert press(diego, claim_id, "decidir", **typed) == 302
    shown = olga.get(address(claim_id)).content.decode()
    assert "La tienda cambia lo reclamado; no se mueve dinero." in shown
    assert decide(diego, there, claim_id, "approve") == 409
    assert decide(olga, there, claim_id, "approve") == 302
    found = view(claim_id)
    assert (found.state, found.decision is not None and found.decision.is_replacement) == ("decided", True)
    assert found.due_at is not None
    claims.run_claims(found.due_at)
    assert press(diego, claim_id, "enviar-cambio", carrier="dhl", tracking_number="4410887201") == 302
    buyer = f"/pedido/{order(there.order_id).access_token}/"
    assert "4410887201" in Client().get(buyer).content.decode()
    assert Client().post(f"{buyer}reclamacion/cambio-recibido/").status_code == 302
    found = view(claim_id)
    assert (found.state, found.outcome, found.to_buyer) == ("closed", "replaced", Money(0))
    promise = there.guarantee
    assert (promise.state, promise.held_centavos) == ("held", there.total.centavos)


def test_what_was_written_for_a_claim_that_closed_meanwhile_is_not_lost(there: Bought, at: datetime) -> None:
    claim_id, diego = claimed(there, at), browser(there.diego)
    claims.withdraw_claim(claim_id, by=LUCIA, at=at)
    for what, field in (("responder", "words"), ("oferta", "words"), ("supervisor", "words")):
        answer = diego.post(address(claim_id, f"{what}/"), {"kind": "replace", field: "Te mandamos otra hoy"})
        assert answer.status_code == 422
        assert "Te mandamos otra hoy" in answer.content.decode()


def test_the_evidence_file_is_one_press_away_for_who_may_take_it(there: Bought, at: datetime) -> None:
    claim_id = claimed(there, at)
    way = f"/oficina/pedidos/{order(there.order_id).number}/#expediente"
    for client in (browser(there.diego), browser(there.olga)):
        assert way in client.get(address(claim_id)).content.decode()
        assert 'id="expediente"' in client.get(way.partition("#")[0]).content.decode()
    assert "#expediente" not in entered(there.store_id, "payments").get(address(claim_id)).content.decode()


def test_two_people_decide_amounts_that_add_up_and_an_appeal_is_for_others(there: Bought, at: datetime) -> None:
    claim_id, diego, olga = claimed(there, at), browser(there.diego), browser(there.olga)
    assert press(diego, claim_id, "supervisor") == 302
    rest = (there.total - Money(100_00)).plain
    assert press(diego, claim_id, "decidir", to_buyer="100.00", to_store="1.00", reason="Las fotos") == 422
    assert press(diego, claim_id, "decidir", to_buyer="100.00", to_store=rest, reason="Las fotos") == 302
    shown = olga.get(address(claim_id)).content.decode()
    assert "Para el comprador: " in shown
    assert "Huella" in shown
    assert (
        olga.post(address(claim_id, f"propuesta/{waiting(there, claim_id).id}/"), {"decision": "x"}).status_code == 404
    )
    assert decide(olga, there, claim_id, "reject", why="Falta ver la guía") == 302
    assert press(diego, claim_id, "decidir", to_buyer="100.00", to_store=rest, reason="Las fotos") == 302
    assert decide(olga, there, claim_id, "approve") == 302
    assert view(claim_id).state == "decided"
    assert press(diego, claim_id, "apelar", words="La guía dice otra cosa") == 302
    found = claim(claim_id)
    assert found is not None
    assert found.appealed_by == "store"


def test_another_stores_claim_does_not_exist(there: Bought, at: datetime) -> None:
    claim_id = claimed(there, at)
    assert browser(there.diego).get(f"{LIST}CM-0000-0000-R1/").status_code == 404
    assert browser(there.diego).get(address(claim_id, "archivo/999999/")).status_code == 404
    assert press(browser(there.diego), claim_id, "otra-cosa") == 404
