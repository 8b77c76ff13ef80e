"""Strangers' files: by a signed address of a few minutes, at a host that has no cookie, never run or drawn by name."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.evidence.queries import evidence_file
from seguripago.web.handing import Handed, address_of, read_address
from tests.evidence.files import pdf, picture
from tests.orders.builders import LUCIA, placed

pytestmark = pytest.mark.django_db
MAIN, FILES = "pagos.example.mx", "archivos.pagos.example.mx"


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    there = dataclasses.replace(
        settings.SEGURIPAGO, base_url=f"https://{MAIN}", files_origin=f"https://{FILES}", behind_tls=True
    )
    monkeypatch.setattr(settings, "SEGURIPAGO", there)
    monkeypatch.setattr(settings, "ALLOWED_HOSTS", [MAIN, FILES])


def kept(now: datetime, body: bytes = b"") -> Handed:
    found = evidence_file(keep_evidence(placed(now), filename="a", body=body or picture(), by=LUCIA, at=now))
    assert found is not None
    return Handed("comprobante", found.id, 0, found.sha256[:24])


def path_of(handed: Handed, now: datetime) -> str:
    return "/archivos/" + address_of(handed, at=now).partition("/archivos/")[2]


@pytest.fixture
def now() -> datetime:
    from django.utils import timezone

    return timezone.now().replace(microsecond=0)


@pytest.mark.parametrize("body", [picture(), pdf()])
@pytest.mark.parametrize("what", ["comprobante", "page"])
def test_a_file_is_a_download_that_nothing_runs_and_no_cookie_sees(now: datetime, body: bytes, what: str) -> None:
    handed = dataclasses.replace(kept(now, body), what=what, part=1)
    client = Client()
    client.cookies["sessionid"] = "x" * 32
    answer = client.get(path_of(handed, now))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith('attachment; filename="comprobante-')
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"] == "private, no-store"
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    assert "HTTP_COOKIE" not in answer.wsgi_request.META
    assert not answer.wsgi_request.session.accessed


def test_an_address_is_good_for_minutes_and_for_one_thing(now: datetime) -> None:
    handed = kept(now)
    address = path_of(handed, now)
    signed = address.split("/")[2]
    assert read_address(signed, at=now + timedelta(minutes=5)) == handed
    assert read_address(signed, at=now + timedelta(minutes=5, seconds=1)) is None
    over = Client().get(path_of(handed, now - timedelta(minutes=6)))
    assert (over.status_code, over["Content-Type"]) == (404, "text/plain; charset=utf-8")
    assert "ya venció" in over.content.decode()
    for forged in (signed.replace(f"-{handed.id}-", f"-{handed.id + 1}-"), signed[:-1], "x", "a-1-0-b-9999999999.x"):
        assert Client().get(f"/archivos/{forged}/").status_code == 404
    other = dataclasses.replace(handed, digest="0" * 24)
    assert Client().get(path_of(other, now)).status_code == 404
    assert Client().get(path_of(dataclasses.replace(handed, what="page", part=2), now)).status_code == 404


@pytest.mark.usefixtures("apart")
def test_each_host_serves_its_own(now: datetime) -> None:
    handed = kept(now)
    assert address_of(handed, at=now).startswith(f"https://{FILES}/archivos/")
    assert Client().get(path_of(handed, now), headers={"host": FILES}).status_code == 200
    assert Client().get(path_of(handed, now), headers={"host": MAIN}).status_code == 404
    for path in ("/", "/mesa/", "/entrar/", "/verificar/", "/asistente.js"):
        assert Client().get(path, headers={"host": FILES}).status_code == 404
        assert not Client().get(path, headers={"host": FILES}).cookies
