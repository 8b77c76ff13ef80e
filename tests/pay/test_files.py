"""A comprobante given on the page of a link: by a proven payer, within a limit, and shown to nobody there."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from seguripago.journey.evidence.queries import evidence_of
from tests.pay.payers import Sent, sent

pytestmark = pytest.mark.django_db
PLEASE = {"HTTP_ACCEPT": "application/json"}


def picture(shade: int = 0) -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 60), (shade, 20, 20)).save(drawn, "PNG")
    return SimpleUploadedFile("spei.png", drawn.getvalue(), "image/png")


def proven(client: Client) -> Sent:
    link = sent()
    client.get(link.door, follow=True)
    client.post(f"{link.address}comprobar/", {"said": link.order.buyer.phone[-4:]})
    return link


def test_a_proven_payer_gives_a_comprobante(client: Client) -> None:
    link = proven(client)
    assert "Subir comprobante" in client.get(link.address).content.decode()
    answer = client.post(f"{link.address}comprobante/", {"file": picture()}, **PLEASE)
    assert (answer.status_code, answer.json()) == (200, {"message": ""})
    (kept,) = evidence_of(link.order_id)
    assert kept.filename == "spei.png"
    # Somebody else may hold the link: what was given is not shown to him.
    assert "spei.png" not in client.get(link.address).content.decode()


def test_without_a_proof_nothing_is_taken(client: Client) -> None:
    link = sent()
    client.get(link.door, follow=True)
    assert "Subir comprobante" not in client.get(link.address).content.decode()
    answer = client.post(f"{link.address}comprobante/", {"file": picture()}, **PLEASE)
    assert answer.status_code == 422
    assert json.loads(answer.content)["message"]
    assert evidence_of(link.order_id) == ()


def test_a_plain_form_says_what_was_wrong_beside_the_field(client: Client) -> None:
    link = proven(client)
    page = client.post(f"{link.address}comprobante/", {"file": SimpleUploadedFile("a.svg", b"<svg/>")})
    assert page.status_code == 422
    assert 'id="upload-error"' in page.content.decode()
    page = client.post(f"{link.address}comprobante/", {})
    assert "Elige el archivo de tu comprobante." in page.content.decode()
    assert client.post(f"{link.address}comprobante/", {"file": picture()}).status_code == 302


def test_one_link_gives_so_many_files_an_hour(client: Client) -> None:
    link = proven(client)
    codes = [
        client.post(f"{link.address}comprobante/", {"file": picture(shade)}, **PLEASE).status_code
        for shade in range(11)
    ]
    assert codes == [200] * 10 + [422]
    assert len(evidence_of(link.order_id)) == 10
