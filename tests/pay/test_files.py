"""A comprobante given on the page of a link: by a proven payer, within a limit, and shown to nobody there."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from seguripago.journey.evidence.models import Evidence
from seguripago.journey.evidence.queries import evidence_of
from seguripago.journey.evidence.rules import MAX_PER_ORDER
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


def test_one_link_tries_so_many_files_an_hour(client: Client) -> None:
    link = proven(client)
    wrong = [SimpleUploadedFile("a.svg", b"<svg/>") for _ in range(10)]
    codes = [client.post(f"{link.address}comprobante/", {"file": each}, **PLEASE).status_code for each in wrong]
    assert codes == [422] * 10
    late = client.post(f"{link.address}comprobante/", {"file": picture()}, **PLEASE)
    assert late.status_code == 429
    assert 0 < int(late["Retry-After"]) <= 3600
    assert "Espera una hora" in late.json()["message"]


def test_what_comes_through_links_leaves_the_buyers_own_files_their_room(client: Client) -> None:
    link = proven(client)
    answers = [client.post(f"{link.address}comprobante/", {"file": picture(shade)}, **PLEASE) for shade in range(9)]
    assert [each.status_code for each in answers] == [200] * 8 + [422]
    assert "Pide a quien compró" in answers[-1].json()["message"]
    assert {row.door for row in Evidence.objects.filter(order_id=link.order_id)} == {"link"}
    mine = f"/pedido/{link.order.access_token}/comprobante/"
    own = [client.post(mine, {"file": picture(100 + shade)}, **PLEASE) for shade in range(MAX_PER_ORDER + 1)]
    assert [each.status_code for each in own] == [200] * MAX_PER_ORDER + [422]
