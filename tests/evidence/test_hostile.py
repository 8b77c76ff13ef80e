"""Three hundred hostile files: none lies raw on the disk, none runs, none is drawn by name; each is refused in words or
made anew. A real clamd looks at them, with a signature of ours.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from seguripago.journey.assistance.models import Attachment
from seguripago.journey.evidence import queries
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.evidence.models import Evidence
from seguripago.ports.file_stores import file_store
from seguripago.values.refusal import Refusal
from tests.assistant.conftest import Browser as Browser
from tests.assistant.conftest import lucia as lucia
from tests.assistant.conftest import shop as shop
from tests.evidence.clamd import EICAR, clamd
from tests.evidence.hostile import MARK, Hostile, hostile_files
from tests.orders.builders import LUCIA, placed
from tests.orders.builders import verified as verified_order

pytestmark = pytest.mark.django_db
FILES = hostile_files()
OPENED = {"image/png", "image/jpeg", "application/pdf", "application/xml"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with clamd(tmp_path_factory.mktemp("clamd")) as found:
        yield found


@pytest.fixture(autouse=True)
def scanned(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SEGURIPAGO", dataclasses.replace(settings.SEGURIPAGO, clamd_address=address))


@pytest.fixture
def before() -> set[Path]:
    return lying()


def lying() -> set[Path]:
    return {path for path in settings.SEGURIPAGO.data_dir.rglob("*") if path.is_file()}


def unpacked(body: bytes) -> bytes:
    """All that a clean copy says, also what is packed in it."""
    if body.startswith(b"%PDF"):
        with pikepdf.open(BytesIO(body)) as made:
            written = BytesIO()
            made.save(written, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        return body + written.getvalue()
    if body.startswith((b"\x89PNG", b"\xff\xd8")):
        with Image.open(BytesIO(body)) as opened:
            return body + repr(opened.info).encode() + bytes(opened.getexif().tobytes())
    return body


def nothing_lies_raw(before: set[Path]) -> None:
    new = {path: path.read_bytes() for path in lying() - before}
    assert not [path for path, body in new.items() if MARK in body or EICAR in body]


def harmless(evidence_id: int) -> None:
    found = queries.evidence_file(evidence_id)
    assert found is not None
    assert found.content_type in OPENED
    assert found.headers["Content-Disposition"].startswith(f'attachment; filename="comprobante-{evidence_id}.')
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert MARK not in unpacked(found.body)
    assert b"<script" not in unpacked(found.body)
    assert EICAR not in unpacked(found.body)


def test_there_are_three_hundred_and_each_is_another_one() -> None:
    assert len(FILES) >= 300
    assert len({(each.name, each.body) for each in FILES}) == len(FILES)


def test_none_is_kept_raw_and_each_is_refused_in_words_or_made_anew(at: datetime, before: set[Path]) -> None:
    order_id, kept, wrong = placed(at), 0, []
    refused: dict[str, list[str]] = {}
    for each in FILES:
        try:
            paper = keep_evidence(order_id, filename=each.name, body=each.body, by=LUCIA, at=at)
        except Refusal as refusal:
            refused.setdefault(refusal.code, []).append(str(getattr(refusal, "says", "")))
            continue
        kept += 1
        harmless(paper)
        if EICAR in each.body:
            wrong.append(each.name)
        if kept % 15 == 0:
            order_id = placed(at)
    assert not wrong
    assert kept + sum(map(len, refused.values())) == len(FILES)
    assert all(words.endswith(".") for said in refused.values() for words in said)
    assert len(refused["SP-406"]) >= 7
    assert kept >= 60
    assert set(refused) == {"SP-401", "SP-402", "SP-403", "SP-404", "SP-405", "SP-406"}
    nothing_lies_raw(before)
    shown = Evidence.objects.values_list("filename", flat=True)
    assert not [name for name in shown if set(name) & set("\x00\r\n\u202e/\\") or len(name) > 120]
    assert not Evidence.objects.exclude(scanner="clamav").exists()


@pytest.mark.parametrize("start", range(3))
def test_the_orders_page_takes_none_of_them_as_it_is(start: int, before: set[Path]) -> None:
    from seguripago.journey.orders.queries import order as read_order
    from seguripago.journey.payments.commands import send_transfer_details

    order_id = verified_order(timezone.now())
    send_transfer_details(order_id, by=LUCIA, at=timezone.now())
    page = f"/pedido/{read_order(order_id).access_token}/"
    for each in _sample(start, 3):
        file = SimpleUploadedFile(each.name[:90].replace("\x00", "") or "x", each.body, content_type="image/png")
        answer = Client().post(f"{page}comprobante/", {"file": file}, headers={"Origin": "http://testserver"})
        assert answer.status_code in {302, 422}, each.name
        assert MARK + b"</script>" not in answer.content
    for view in queries.evidence_of(order_id):
        handed = Client().get(f"{page}comprobante/{view.id}/", follow=True)
        assert handed["Content-Disposition"].startswith("attachment")
        assert handed["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert MARK not in unpacked(handed.content)
    nothing_lies_raw(before)


def test_the_chat_takes_none_of_them_as_it_is(lucia: Browser, before: set[Path]) -> None:
    page = lucia.starts()
    answers = []
    for each in _sample(1, 8):
        file = SimpleUploadedFile(each.name[:90].replace("\x00", "") or "x", each.body, content_type="image/png")
        said = lucia.fetch(f"{page}archivo/", {"file": file})
        answers.append(said.status_code)
        assert said.status_code < 500, each.name
        assert said["Content-Type"].startswith("application/json")
    for row in Attachment.objects.all():
        assert MARK not in unpacked(file_store().read(row.key))
    nothing_lies_raw(before)


def _sample(start: int, of_each: int) -> list[Hostile]:
    """Some of every family, among them what is refused and what is made anew."""
    endings: dict[str, list[Hostile]] = {}
    for each in FILES:
        endings.setdefault(each.name.rpartition(".")[2][:4], []).append(each)
    return [family[start % len(family)] for family in endings.values()][start::of_each]
