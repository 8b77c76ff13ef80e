"""So many files an hour for one order: the next one is told when to come again, and what was kept stays."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from seguripago.journey.evidence.queries import evidence_of
from seguripago.ports import pdf_opening
from seguripago.web.uploads import OF_AN_ORDER
from tests.evidence.files import pdf
from tests.shop.buyers import asked_to_transfer, page_of

pytestmark = pytest.mark.django_db
PLEASE = {"HTTP_ACCEPT": "application/json"}


def picture() -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (40, 60), "#0f6b5c").save(drawn, "PNG")
    return SimpleUploadedFile("spei.png", drawn.getvalue(), "image/png")


def wrong() -> SimpleUploadedFile:
    return SimpleUploadedFile("a.svg", b"<svg/>")


def test_one_file_too_many_is_told_when_to_come_again(client: Client) -> None:
    order, other = asked_to_transfer(timezone.now()), asked_to_transfer(timezone.now())
    address = f"{page_of(order)}comprobante/"
    assert client.post(address, {"file": picture()}, **PLEASE).status_code == 200
    codes = {client.post(address, {"file": wrong()}, **PLEASE).status_code for _ in range(OF_AN_ORDER.most - 1)}
    assert codes == {422}
    late = client.post(address, {"file": picture()}, **PLEASE)
    assert late.status_code == 429
    assert 3500 < int(late["Retry-After"]) <= 3600
    assert late.json()["message"].startswith("Recibimos muchos archivos de tu pedido")
    assert "espera 60 minutos" in late.json()["message"]
    # Without a script the page says the same, and shows what it has.
    page = client.post(address, {"file": picture()})
    assert page.status_code == 429
    assert "espera 60 minutos" in page.content.decode()
    assert "spei.png" in page.content.decode()
    assert len(evidence_of(order.id)) == 1
    assert client.post(f"{page_of(other)}comprobante/", {"file": picture()}, **PLEASE).status_code == 200


def test_a_file_that_nobody_has_time_for_may_come_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    order = asked_to_transfer(timezone.now())
    monkeypatch.setattr(pdf_opening, "WAIT_S", 0.0)
    turns = [pdf_opening._TURNS.acquire(timeout=5) for _ in range(pdf_opening.AT_ONCE)]
    try:
        said = {"file": SimpleUploadedFile("a.pdf", pdf(), "application/pdf")}
        busy = client.post(f"{page_of(order)}comprobante/", said, **PLEASE)
    finally:
        for _ in turns:
            pdf_opening._TURNS.release()
    assert (busy.status_code, busy["Retry-After"]) == (429, "60")
    assert "Inténtalo de nuevo en unos minutos" in busy.json()["message"]
