"""A proof of delivery goes the road of strangers' files: a sealed original, a clean copy, and nothing besides."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http.response import HttpResponseBase
from django.test import Client
from PIL import Image

from seguripago.journey.delivery.commands import add_proof, mark_delivered, send_parcel
from seguripago.journey.delivery.models import ShipmentProof
from seguripago.journey.delivery.queries import proof_file, shipments_of
from seguripago.journey.delivery.rules import NoProofOfThis, Says, TooManyProofs
from seguripago.journey.evidence.commands import FileIsNotTaken
from seguripago.journey.orders.queries import order
from seguripago.ports.file_stores import file_store
from tests.delivery.builders import BETO, only_parcel, open_shop, paid_order
from tests.web.staff import entered

pytestmark = pytest.mark.django_db


@pytest.fixture
def order_id(at: datetime) -> int:
    found = paid_order(open_shop(), at=at)
    send_parcel(found, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    return found


def parcel_id(order_id: int) -> int:
    found = only_parcel(order_id)
    assert found is not None
    return found.id


def picture(shade: int = 0) -> bytes:
    body = io.BytesIO()
    Image.new("RGB", (40, 30), (200, shade * 25, 20)).save(body, "JPEG", comment=b"GPS 19.43,-99.13")
    return body.getvalue()


def test_the_copy_is_clean_and_the_original_is_sealed(order_id: int, at: datetime) -> None:
    shipment = parcel_id(order_id)
    mark_delivered(shipment, says=Says.STORE, by=BETO, at=at, received_by="  Lucía Hernández ")
    body = picture()
    proof = add_proof(shipment, filename="../../foto.jpg", body=body, by=BETO, at=at)
    assert add_proof(shipment, filename="otra.jpg", body=body, by=BETO, at=at) == proof
    row, copy = ShipmentProof.objects.get(), proof_file(proof)
    assert copy is not None
    assert b"GPS" in body
    assert b"GPS" not in copy.body
    assert body not in file_store().read(row.sealed_name)
    assert copy.headers["Content-Disposition"].startswith("attachment;")
    assert "/" not in row.filename
    [view] = shipments_of(order_id)
    assert (view.received_by, len(view.proofs)) == ("Lucía Hernández", 1)


def test_what_is_no_proof_is_refused(order_id: int, at: datetime) -> None:
    shipment = parcel_id(order_id)
    with pytest.raises(NoProofOfThis):
        add_proof(shipment, filename="a.jpg", body=picture(), by=BETO, at=at)
    mark_delivered(shipment, says=Says.STORE, by=BETO, at=at)
    with pytest.raises(FileIsNotTaken):
        add_proof(shipment, filename="a.jpg", body=b"<script>alert(1)</script>", by=BETO, at=at)
    for shade in range(4):
        add_proof(shipment, filename="a.jpg", body=picture(shade), by=BETO, at=at)
    with pytest.raises(TooManyProofs):
        add_proof(shipment, filename="a.jpg", body=picture(9), by=BETO, at=at)


def is_served_apart(answer: HttpResponseBase) -> bool:
    """Whether the answer leads to the signed address of a JPEG that nothing runs, and no other file has it."""
    assert answer.status_code == 302
    address = answer.headers["Location"].partition("/archivos/")[2]
    assert Client().get(f"/archivos/{address.replace('delivery-', 'comprobante-', 1)}").status_code == 404
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    file = client.get(f"/archivos/{address}")
    assert not file.cookies
    assert "HTTP_COOKIE" not in file.wsgi_request.META
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["Content-Disposition"].startswith('attachment; filename="entrega-')
    return file.headers["Content-Type"] == "image/jpeg"


def test_store_and_buyer_see_it_and_a_stranger_does_not(order_id: int, at: datetime) -> None:
    bought = order(order_id)
    shipment, ana = parcel_id(order_id), entered(bought.store_id, "owner", "ana")
    page = f"/oficina/pedidos/{bought.number}/"
    given = {"received_by": "Portería", "file": SimpleUploadedFile("f.jpg", picture(), "image/jpeg")}
    assert ana.post(f"{page}paquetes/{shipment}/entregado/", given).status_code == 302
    proof = ShipmentProof.objects.get().pk
    assert is_served_apart(ana.get(f"{page}pruebas/{proof}/"))
    buyer = Client()
    shown = buyer.get(f"/pedido/{bought.access_token}/").content.decode()
    assert "Portería" in shown
    assert f"/pedido/{bought.access_token}/entregas/{proof}/" in shown
    assert is_served_apart(buyer.get(f"/pedido/{bought.access_token}/entregas/{proof}/"))
    stranger = order(paid_order(bought.store_id, at=at, turn=2))
    assert buyer.get(f"/pedido/{stranger.access_token}/entregas/{proof}/").status_code == 404
    assert ana.get(f"/oficina/pedidos/{stranger.number}/pruebas/{proof}/").status_code == 404
    wrong = {"file": SimpleUploadedFile("f.jpg", b"<svg/>", "image/jpeg")}
    assert ana.post(f"{page}paquetes/{shipment}/prueba/", wrong).status_code == 422


def test_buyer_says_that_it_came_or_not_and_pressing_twice_is_harmless(order_id: int, at: datetime) -> None:
    bought, buyer = order(order_id), Client()
    base = f"/pedido/{bought.access_token}/paquetes/{parcel_id(order_id)}/"
    assert "no-ha-llegado" in buyer.post(f"{base}no-ha-llegado/").headers["Location"]
    assert "paquete-recibido" in buyer.post(f"{base}recibido/").headers["Location"]
    assert "ya-no" in buyer.post(f"{base}recibido/").headers["Location"]
    assert buyer.post(f"/pedido/{bought.access_token}/paquetes/0/recibido/").status_code == 404
    assert order(order_id).state == "delivered"


def test_the_store_notes_a_parcel_that_came_back(order_id: int, at: datetime) -> None:
    bought = order(order_id)
    ana = entered(bought.store_id, "owner", "ana")
    address = f"/oficina/pedidos/{bought.number}/paquetes/{parcel_id(order_id)}/regreso/"
    assert ana.post(address, {"reason": " "}).status_code == 422
    assert ana.post(address, {"reason": "Dirección incompleta"}).status_code == 302
    assert ana.post(address, {"reason": "Dirección incompleta"}).status_code == 302
    page = ana.get(f"/oficina/pedidos/{bought.number}/").content.decode()
    assert "Dirección incompleta" in page
    assert "Enviar lo que falta" in page


def test_pieces_are_chosen_and_the_list_shows_what_is_left(at: datetime) -> None:
    bought = order(paid_order(open_shop(), at=at))
    ana = entered(bought.store_id, "owner", "ana")
    line = bought.lines[0].id
    asked = {"carrier": "manual", "tracking_number": "VAN-1", "tracking_link": "http://x.mx"}
    send = f"/oficina/pedidos/{bought.number}/enviar/"
    assert ana.post(send, asked | {f"piece_{line}": "1"}).status_code == 422
    good = asked | {"tracking_link": "https://x.mx/1"}
    assert ana.post(send, good | {f"piece_{line}": "0"}).status_code == 422
    assert ana.post(send, good | {f"piece_{line}": "3"}).status_code == 422
    assert ana.post(send, good | {f"piece_{line}": "1"}).status_code == 302
    sent, waits = shipments_of(bought.id)
    assert (sent.pieces, waits.pieces, sent.tracking_url) == (1, 1, "https://x.mx/1")
    listed = ana.get("/oficina/envios/").content.decode()
    assert listed.count(bought.number) >= 2
