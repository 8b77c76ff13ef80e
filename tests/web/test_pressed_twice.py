"""After the money: what is sent twice is done once, and no amount or count that cannot be is taken."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from seguripago.foundations.approvals.models import Proposal
from seguripago.foundations.people.models import User
from seguripago.journey.claims.models import Claim, ClaimEvent, ClaimFile, ClaimOffer
from seguripago.journey.claims.queries import claim_of
from seguripago.journey.delivery.models import Shipment, ShipmentProof
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds.models import Refund
from tests.claims.world import Bought, bought, claimed, delivered, view
from tests.evidence.files import picture
from tests.web.aftermath import Aftermath, aftermath

pytestmark = pytest.mark.django_db
AMOUNTS = (
    *("0", "0.00", "-1", "-0.01", "1.001", "0.005", "1e2", "NaN", "Infinity", "mucho", "", " ", "$", "²", "12..5"),
    *("1,00,00", "\x00", "5\x00", "9" * 19, "9" * 4000, "0x10", "--1", "1 2", "1/2", "=1+1", "\u202e001"),
)
PIECES = ("-1", "1.5", "x", "2", "99999", "9" * 40, "9" * 5000, "²", "1e1", "=1")


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def stands(at: datetime) -> Aftermath:
    return aftermath(at)


def a_file(name: str = "a.png", size: int = 9) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(size=(size, 9)), "image/png")


def olga(there: Bought) -> User:
    """The owner's account."""
    return User.objects.get(pk=there.olga.id)


def rows() -> dict[str, int]:
    tables = (Claim, ClaimEvent, ClaimFile, ClaimOffer, Shipment, ShipmentProof, Refund, Proposal)
    return {table.__name__: table.objects.count() for table in tables}


def test_every_form_of_the_staff_sent_twice_is_done_once(stands: Aftermath) -> None:
    diego, claim = stands.browser("diego"), f"/oficina/reclamaciones/{stands.claim_number}/"
    parcel = f"/oficina/pedidos/{stands.order.number}/paquetes/{stands.shipment_id}/"
    refund = f"/oficina/reembolsos/{stands.refund_id}/propuesta/{stands.account_asked.id}/"
    offer = f"{claim}propuesta/{stands.offer_asked.id}/"
    no = {"decision": "reject", "reason": "No se ve"}
    faults = []
    for path, sent in (
        (f"{claim}responder/", {"words": "Lo estamos viendo"}),
        (f"{claim}responder/", {"words": "Y además esto"}),
        (offer, no),
        (f"{claim}oferta/", {"kind": "replace", "words": "Te lo cambiamos"}),
        (f"{claim}oferta/", {"kind": "refund_part", "amount": "50"}),
        (f"{claim}supervisor/", {}),
        (f"{parcel}entregado/", {"received_by": "Portería"}),
        (refund, no),
    ):
        answers = [diego.post(path, sent).status_code]
        once = rows()
        answers.append(diego.post(path, sent).status_code)
        faults += [f"{path} {sent}: {answers}"] if rows() != once or answers[0] != 302 or answers[1] >= 500 else []
    for path in (f"{claim}archivo/", f"{parcel}prueba/"):
        assert diego.post(path, {"file": a_file(size=21)}).status_code == 302
        once = rows()
        assert diego.post(path, {"file": a_file("otro-nombre.png", size=21)}).status_code == 302
        faults += [path] if rows() != once else []
    assert not faults, "\n".join(faults)


def test_every_form_of_the_buyer_sent_twice_is_done_once(at: datetime) -> None:
    there, buyer = delivered(at), Client()
    page = f"/pedido/{order(there.order_id).access_token}/"
    typed = {"reason": "damaged", "wanted": "refund", "details": "La caja llegó golpeada"}
    faults = []
    for path, sent in (
        (f"{page}reclamacion/", typed),
        (f"{page}reclamacion/mensaje/", {"words": "También falta el cable"}),
        (f"{page}reclamacion/supervisor/", {"words": "No responden"}),
        (f"{page}reclamacion/retirar/", {}),
        (f"{page}recibido/", {}),
    ):
        assert buyer.post(path, sent).status_code == 302, path
        once = rows()
        faults += [path] if buyer.post(path, sent).status_code >= 500 or rows() != once else []
    unsent = bought(at)
    cancel = f"/pedido/{order(unsent.order_id).access_token}/cancelar/"
    for _ in range(3):
        assert buyer.post(cancel, {"sure": "si", "why": "Ya no"}).status_code == 302
    assert Refund.objects.filter(order_id=unsent.order_id).count() == 1
    assert not faults, "\n".join(faults)


def test_what_somebody_says_again_later_is_said_again(at: datetime) -> None:
    there = delivered(at)
    claim_id, page = claimed(there, at), f"/pedido/{order(there.order_id).access_token}/reclamacion/mensaje/"
    for words in ("¿Ya?", "¿Ya?", "Sigo aquí", "¿Ya?"):
        Client().post(page, {"words": words})
    said = ClaimEvent.objects.filter(claim_id=claim_id, kind="said").order_by("pk").values_list("words", flat=True)
    assert list(said) == ["¿Ya?", "Sigo aquí", "¿Ya?"]


def test_a_parcel_of_some_pieces_that_is_sent_twice_leaves_once(at: datetime) -> None:
    there = bought(at, pieces=3)
    stands = order(there.order_id)
    owner = Client()
    owner.force_login(olga(there))
    page, line = f"/oficina/pedidos/{stands.number}/", stands.lines[0].id
    drawn = re.search(r'name="parcel" value="(\d+)"', owner.get(page).content.decode())
    assert drawn is not None
    sent = {"carrier": "dhl", "tracking_number": "44 1088 7201", f"piece_{line}": "1", "parcel": drawn[1]}
    for _ in range(3):
        assert owner.post(f"{page}enviar/", sent).status_code == 302
    assert Shipment.objects.filter(order_id=there.order_id).exclude(state="preparing").count() == 1
    other = owner.post(f"{page}enviar/", {**sent, "tracking_number": "4410887202"})
    shown = other.content.decode()
    assert other.status_code == 422, "somebody else sent one meanwhile: nothing leaves unseen"
    assert "Otro paquete de este pedido salió mientras tanto" in shown
    assert 'value="4410887202"' in shown, "nothing typed is lost"
    again = re.search(r'name="parcel" value="(\d+)"', shown)
    assert again is not None
    assert again[1] != drawn[1]
    sent |= {"tracking_number": "4410887202", "parcel": again[1]}
    assert owner.post(f"{page}enviar/", sent).status_code == 302
    assert Shipment.objects.filter(order_id=there.order_id).exclude(state="preparing").count() == 2


@pytest.mark.parametrize("typed", PIECES)
def test_no_count_that_cannot_be_is_claimed_or_sent(at: datetime, typed: str) -> None:
    unsent, there = bought(at), delivered(at)
    owner, page = Client(), f"/pedido/{order(there.order_id).access_token}/reclamacion/"
    owner.force_login(olga(unsent))
    line, claimed_line = order(unsent.order_id).lines[0].id, order(there.order_id).lines[0].id
    send = f"/oficina/pedidos/{order(unsent.order_id).number}/enviar/"
    good = {"carrier": "dhl", "tracking_number": "4410887201"}
    for name, count in ((f"piece_{line}", typed), (f"piece_{claimed_line}", "1"), (f"piece_{typed}", "1")):
        answer = owner.post(send, urlencode({**good, name: count}), content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422, name[:40]
    asked = {"reason": "damaged", "wanted": "refund", "details": "La caja llegó golpeada"}
    answer = Client().post(page, {**asked, f"line-{claimed_line}": typed})
    assert answer.status_code == 422
    assert "La caja llegó golpeada" in answer.content.decode(), "nothing typed is lost"
    assert claim_of(there.order_id) is None
    assert not Shipment.objects.filter(order_id=unsent.order_id).exclude(state="preparing").exists()


def test_no_amount_that_cannot_be_is_offered_or_decided(at: datetime) -> None:
    there = delivered(at)
    claim_id, browser = claimed(there, at), Client()
    browser.force_login(olga(there))
    page = f"/oficina/reclamaciones/{view(claim_id).number}/"
    more = (there.total.plain, "99999999", "92233720368547758.08")
    for amount in (*AMOUNTS, *more):
        answer = browser.post(f"{page}oferta/", {"kind": "refund_part", "amount": amount, "words": "Una parte"})
        assert answer.status_code == 422, amount[:30]
        assert "Revisa el monto" in answer.content.decode()
        assert "Una parte" in answer.content.decode(), "nothing typed is lost"
    assert browser.post(f"{page}oferta/", {"kind": "nada", "amount": "5"}).status_code == 422
    assert browser.post(f"{page}supervisor/", {}).status_code == 302
    half = there.total.plain
    for amount in AMOUNTS:
        for to_buyer, to_store in ((amount, half), (half, amount), (amount, amount)):
            # Nothing for one side and all for the other is a decision like any other.
            if to_buyer.strip("0.") != to_store.strip("0.") and {to_buyer, to_store} <= {"0", "0.00", half}:
                continue
            sent = {"to_buyer": to_buyer, "to_store": to_store, "reason": "Las fotos muestran el golpe"}
            answer = browser.post(f"{page}decidir/", sent)
            assert answer.status_code == 422, (to_buyer[:30], to_store[:30])
            assert "Las fotos muestran el golpe" in answer.content.decode()
    assert Proposal.objects.filter(subject=f"claim:{claim_id}").count() == 0
