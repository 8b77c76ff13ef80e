"""After the money, with ids that exist: who may see and do what, and that nothing of one order opens by another's."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.utils import timezone

from seguripago.foundations.approvals.models import Proposal
from seguripago.journey.claims.models import Claim, ClaimEvent, ClaimOffer
from seguripago.journey.delivery.models import Shipment, ShipmentProof
from seguripago.journey.refunds.models import Refund, RefundAccount
from tests.evidence.files import picture
from tests.web.aftermath import CLABE, Aftermath, aftermath

pytestmark = pytest.mark.django_db
WHO: Final = ("stranger", "ana", "dario", "mariana", "diego", "olga")
"""Ana is an analyst who attends another order, Darío attends this one; Mariana is of Medios de pago."""
GET: Final = {
    "/oficina/reclamaciones/{claim}/": (302, 404, 200, 200, 200, 200),
    "/oficina/reclamaciones/{claim}/archivo/{file}/": (302, 404, 302, 302, 302, 302),
    "/oficina/reclamaciones/{claim}/archivo/{answer}/": (302, 404, 302, 302, 302, 302),
    "/oficina/pedidos/{order}/": (302, 404, 404, 404, 200, 200),
    "/oficina/pedidos/{order}/pruebas/{proof}/": (302, 404, 404, 404, 302, 302),
    "/oficina/envios/": (302, 404, 404, 404, 200, 200),
    "/medios-de-pago/reembolsos/{refund}/": (302, 404, 404, 200, 200, 404),
    "/oficina/reembolsos/{refund}/": (302, 404, 404, 404, 200, 200),
    "/reembolsos/prueba/{account}/": (302, 404, 404, 302, 302, 302),
}
POST: Final = {
    "/oficina/reclamaciones/{claim}/responder/": (302, 404, 422, 404, 422, 422),
    "/oficina/reclamaciones/{claim}/oferta/": (302, 404, 422, 404, 422, 422),
    "/oficina/reclamaciones/{claim}/enviar-cambio/": (302, 404, 422, 404, 422, 422),
    "/oficina/reclamaciones/{claim}/llego/": (302, 404, 422, 404, 422, 422),
    "/oficina/reclamaciones/{claim}/supervisor/": (302, 404, 302, 404, 302, 302),
    "/oficina/reclamaciones/{claim}/apelar/": (302, 404, 422, 404, 422, 422),
    "/oficina/reclamaciones/{claim}/decidir/": (302, 404, 404, 404, 422, 422),
    "/oficina/reclamaciones/{claim}/archivo/": (302, 404, 422, 404, 422, 422),
    "/oficina/reclamaciones/{claim}/propuesta/{offered}/ approve": (302, 404, 409, 404, 302, 302),
    "/oficina/reclamaciones/{claim}/propuesta/{offered}/ reject": (302, 404, 409, 404, 302, 302),
    # Darío proposed it: he alone takes it back.
    "/oficina/reclamaciones/{claim}/propuesta/{offered}/ withdraw": (302, 404, 302, 404, 409, 409),
    "/oficina/pedidos/{order}/enviar/": (302, 404, 404, 404, 422, 422),
    "/oficina/pedidos/{order}/paquetes/{parcel}/entregado/": (302, 404, 404, 404, 302, 302),
    "/oficina/pedidos/{order}/paquetes/{parcel}/regreso/": (302, 404, 404, 404, 422, 422),
    "/oficina/pedidos/{order}/paquetes/{parcel}/prueba/": (302, 404, 404, 404, 422, 422),
    "/oficina/pedidos/{order}/expediente/": (302, 404, 404, 404, 422, 422),
    "/medios-de-pago/reembolsos/{refund}/proponer/ account": (302, 404, 404, 409, 409, 404),
    "/oficina/reembolsos/{refund}/proponer/ account": (302, 404, 404, 404, 409, 409),
    # Mariana proposed the account: she takes it back, and never approves it.
    "/medios-de-pago/reembolsos/{refund}/propuesta/{paid}/ approve": (302, 404, 404, 409, 302, 404),
    "/medios-de-pago/reembolsos/{refund}/propuesta/{paid}/ reject": (302, 404, 404, 409, 302, 404),
    "/medios-de-pago/reembolsos/{refund}/propuesta/{paid}/ withdraw": (302, 404, 404, 302, 409, 404),
    "/oficina/reembolsos/{refund}/propuesta/{paid}/ approve": (302, 404, 404, 404, 302, 302),
}


@pytest.fixture
def at() -> datetime:
    return timezone.now()


@pytest.fixture
def stands(at: datetime) -> Aftermath:
    return aftermath(at)


def address(stands: Aftermath, route: str) -> tuple[str, dict[str, str]]:
    """The address with ids in it, and what is sent there."""
    path, _, choice = route.partition(" ")
    seen = stands.offer_asked.hash if "{offered}" in path else stands.account_asked.hash
    ids = {
        "claim": stands.claim_number,
        "file": stands.file_ids[0],
        "answer": stands.file_ids[1],
        "offered": stands.offer_asked.id,
        "order": stands.order.number,
        "proof": stands.proof_id,
        "parcel": stands.shipment_id,
        "refund": stands.refund_id,
        "account": stands.account_id,
        "paid": stands.account_asked.id,
    }
    return path.format(**ids), {"decision": choice, "what": choice, "seen": seen}


def told(stands: Aftermath, name: str, verb: str, route: str, browser: Client | None = None) -> int:
    """What somebody is told; nothing that it did stays."""
    path, sent = address(stands, route)
    client = browser or stands.browser(name)
    with transaction.atomic():
        answer = client.get(path) if verb == "get" else client.post(path, sent)
        transaction.set_rollback(True)
    return int(answer.status_code)


@pytest.mark.parametrize(("verb", "table"), [("get", GET), ("post", POST)])
def test_each_role_is_told_what_the_table_says(stands: Aftermath, verb: str, table: dict[str, tuple[int, ...]]) -> None:
    wrong = []
    for route, answers in table.items():
        said = tuple(told(stands, name, verb, route) for name in WHO)
        wrong += [f"{verb} {route}: {said}"] if said != answers else []
    assert not wrong, "\n".join(wrong)


def test_nobody_of_another_store_sees_that_it_exists(stands: Aftermath, at: datetime) -> None:
    rival = aftermath(at)
    faults = []
    for verb, table in (("get", GET), ("post", POST)):
        for route in table:
            if "{" not in route:
                continue
            for name in rival.people:
                said = told(stands, name, verb, route, rival.browser(name))
                faults += [f"{name} {verb} {route}: {said}"] if said != 404 else []
    assert not faults, "\n".join(faults)


def test_what_belongs_to_one_order_or_claim_opens_by_no_other(stands: Aftermath, at: datetime) -> None:
    """The staff of a store, and buyers with a key of their own, with each id in the place of another's."""
    rival = aftermath(at)
    diego, buyer = stands.browser("diego"), Client()
    mine, owed = stands.order.access_token, stands.owed.access_token
    foreign, number = rival.order.access_token, stands.owed.number
    office, claim = "/oficina/pedidos/", f"/oficina/reclamaciones/{stands.claim_number}/"
    approve = {"decision": "approve", "seen": stands.account_asked.hash}
    faults = []
    for ask, path, sent in (
        (diego.post, f"{office}{number}/paquetes/{stands.shipment_id}/entregado/", {}),
        (diego.post, f"{office}{number}/paquetes/{stands.shipment_id}/regreso/", {"reason": "x"}),
        (diego.post, f"{office}{number}/paquetes/{stands.shipment_id}/prueba/", {}),
        (diego.get, f"{office}{number}/pruebas/{stands.proof_id}/", {}),
        (diego.get, f"{office}{stands.order.number}/pruebas/{rival.proof_id}/", {}),
        (diego.get, f"{claim}archivo/{rival.file_ids[0]}/", {}),
        (diego.post, f"{claim}propuesta/{stands.account_asked.id}/", approve),
        (diego.post, f"{claim}propuesta/{rival.offer_asked.id}/", {**approve, "seen": rival.offer_asked.hash}),
        (diego.post, f"/oficina/reembolsos/{stands.refund_id}/propuesta/{stands.offer_asked.id}/", approve),
        (diego.post, f"/oficina/reembolsos/{stands.refund_id}/propuesta/{rival.account_asked.id}/", approve),
        (diego.get, f"/reembolsos/prueba/{rival.account_id}/", {}),
        (buyer.get, f"/pedido/{owed}/entregas/{stands.proof_id}/", {}),
        (buyer.get, f"/pedido/{foreign}/entregas/{stands.proof_id}/", {}),
        (buyer.get, f"/pedido/{owed}/reclamacion/estado/", {}),
        (buyer.get, f"/pedido/{owed}/reclamacion/archivo/{stands.file_ids[0]}/", {}),
        (buyer.get, f"/pedido/{foreign}/reclamacion/archivo/{stands.file_ids[0]}/", {}),
        (buyer.post, f"/pedido/{owed}/reclamacion/retirar/", {}),
        (buyer.post, f"/pedido/{owed}/reclamacion/archivo/", {}),
        (buyer.post, f"/pedido/{mine}/cuenta/{stands.refund_id}/", {}),
        (buyer.post, f"/pedido/{foreign}/cuenta/{stands.refund_id}/", {}),
        (buyer.post, f"/pedido/{mine}/no-cancelar/{stands.refund_id}/", {}),
        (buyer.post, f"/pedido/{owed}/paquetes/{stands.shipment_id}/recibido/", {}),
        (buyer.post, f"/pedido/{foreign}/paquetes/{stands.shipment_id}/no-ha-llegado/", {}),
    ):
        status = ask(path, sent).status_code
        faults += [f"{path}: {status}"] if status != 404 else []
    assert not faults, "\n".join(faults)
    # An offer of another claim is not on this one's table.
    made = rival.offer_asked
    rival.browser("diego").post(
        f"/oficina/reclamaciones/{rival.claim_number}/propuesta/{made.id}/", {"decision": "approve", "seen": made.hash}
    )
    offer = ClaimOffer.objects.get(claim_id=rival.claim_id)
    assert buyer.post(f"/pedido/{mine}/reclamacion/aceptar/", {"offer": offer.pk}).status_code == 422
    offer.refresh_from_db()
    assert offer.state == "open"


def test_a_key_of_the_order_alone_never_opens_the_stores_side(stands: Aftermath) -> None:
    """The buyer's browser is a stranger to every page of the staff."""
    assert {
        told(stands, "stranger", verb, route) for verb, table in (("get", GET), ("post", POST)) for route in table
    } == {302}
    token = stands.order.access_token
    for guess in (token[:-1], token + "a", token.swapcase(), stands.order.number, "a" * 65):
        assert Client().get(f"/pedido/{guess}/reclamacion/").status_code == 404


def test_the_same_person_is_never_the_second_one_whatever_the_browser(stands: Aftermath, at: datetime) -> None:
    """Diego proposes; he approves in a second browser, by the list of approvals, by both areas, and by replay."""
    first, second = stands.browser("diego"), stands.browser("diego")
    stands.browser("dario").post(
        f"/oficina/reclamaciones/{stands.claim_number}/propuesta/{stands.offer_asked.id}/", {"decision": "withdraw"}
    )
    claim = f"/oficina/reclamaciones/{stands.claim_number}/"
    assert first.post(f"{claim}oferta/", {"kind": "refund_part", "amount": "50"}).status_code == 302
    asked = stands.offer_asked
    said = {"decision": "approve", "seen": asked.hash}
    for path in (f"{claim}propuesta/{asked.id}/", f"/medios-de-pago/propuesta/{asked.id}/aprobar/"):
        assert second.post(path, said).status_code == 409
    olga = stands.browser("olga")
    assert olga.post(f"{claim}propuesta/{asked.id}/", {**said, "seen": "0" * 64}).status_code == 409
    assert olga.post(f"{claim}propuesta/{asked.id}/", {"decision": "approve"}).status_code == 409
    assert ClaimOffer.objects.filter(claim_id=stands.claim_id).count() == 0
    assert olga.post(f"{claim}propuesta/{asked.id}/", said).status_code == 302
    assert olga.post(f"{claim}propuesta/{asked.id}/", said).status_code == 409, "what was decided is decided"
    assert [row.centavos for row in ClaimOffer.objects.filter(claim_id=stands.claim_id)] == [50_00]


def test_what_was_proposed_is_not_changed_after_it_was_seen(stands: Aftermath) -> None:
    """Another account comes in between: who saw the first one approves nothing."""
    asked = stands.account_asked
    given = {"clabe": CLABE, "holder": "Otra Persona", "file": SimpleUploadedFile("b.png", picture(size=(9, 9)))}
    assert Client().post(f"/pedido/{stands.owed.access_token}/cuenta/{stands.refund_id}/", given).status_code == 302
    path = f"/oficina/reembolsos/{stands.refund_id}/propuesta/{asked.id}/"
    assert stands.browser("diego").post(path, {"decision": "approve", "seen": asked.hash}).status_code == 409
    assert Proposal.objects.get(pk=asked.id).state == "void"
    assert not RefundAccount.objects.filter(state="confirmed").exists()


def test_no_deed_is_done_by_a_link(stands: Aftermath) -> None:
    """A GET of any address does nothing: what stands there is the same afterwards."""

    def now_there() -> list[object]:
        tables = (Claim, ClaimEvent, Refund, RefundAccount, Shipment, ShipmentProof, Proposal)
        return [list(table.objects.order_by("pk").values()) for table in tables]

    before = now_there()
    for name in WHO:
        for route in (*GET, *POST):
            path, sent = address(stands, route)
            stands.browser(name).get(path, sent)
    token = stands.order.access_token
    for what in ("aceptar", "retirar", "supervisor", "devolvi", "cambio-recibido", "apelar"):
        assert Client().get(f"/pedido/{token}/reclamacion/{what}/").status_code == 405
    assert now_there() == before
