"""Files in a conversation: cleaned, kept once, opened by its two sides and by nobody else."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from PIL import Image

from seguripago.foundations.audit.models import AuditEntry
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.models import Attachment
from tests.assistance.builders import Shop, cards, open_shop, place, start
from tests.desk.test_desk import attended, beto_enters, enter

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    settings.SEGURIPAGO = settings.SEGURIPAGO.__class__(
        **{name: getattr(settings.SEGURIPAGO, name) for name in settings.SEGURIPAGO.__dataclass_fields__}
        | {"data_dir": tmp_path}
    )


def photo(colour: str = "white", secret: bytes = b"") -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (80, 60), colour).save(drawn, "PNG")
    return drawn.getvalue() + secret


def given(name: str, body: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, body, content_type="image/png")


def send(shop: Shop, talk: int, body: bytes, at: datetime, *, name: str = "guia.png", is_private: bool = False) -> int:
    return chat.send_file(
        talk, shop.beto, filename=name, body=body, client_id=uuid.uuid4(), at=at, is_private=is_private
    )


def test_an_analysts_file_is_cleaned_and_both_sides_open_it_as_a_download(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    same = {"client_id": str(uuid.uuid4()), "seen_seq": "2"}
    for _time in range(2):
        answer = beto.post(
            f"/mesa/{talk}/archivo/",
            same | {"file": given("guía.png", photo(secret=b"<script>x</script>"))},
            headers=JSON,
        )
        assert answer.status_code == 200, answer.content
    assert cards(talk).count("file") == 1
    row = Attachment.objects.get()
    assert "guía.png" in answer.json()["entries"][-1]["html"]
    handed = beto.get(f"/mesa/{talk}/archivo/{row.pk}/")
    # The desk says who may; what hands a stranger's file over knows no session.
    assert handed.status_code == 302
    opened = Client().get(handed["Location"])
    assert opened.status_code == 200
    assert b"<script>" not in opened.content
    assert opened["Content-Disposition"].startswith("attachment;")
    assert opened["X-Content-Type-Options"] == "nosniff"
    assert opened["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert reading.attachment_file(talk, row.pk, audience="buyer") is not None
    assert AuditEntry.objects.filter(action="file.kept").count() == 1
    view = reading.conversation(talk)
    assert view is not None
    assert view.last_line == "guía.png"


def test_nobody_else_opens_it_and_no_other_conversation_lends_its_address(now: datetime) -> None:
    shop = open_shop()
    open_shop("otra-tienda")
    beto, talk = beto_enters(shop), attended(shop, now)
    other = start(shop, at=now, token="other")
    send(shop, talk, photo(), now)
    row = Attachment.objects.get()
    assert enter("beto@otra-tienda.test").get(f"/mesa/{talk}/archivo/{row.pk}/").status_code == 404
    assert Client().get(f"/mesa/{talk}/archivo/{row.pk}/").status_code == 302
    assert reading.attachment_file(other, row.pk, audience="desk") is None
    view = reading.conversation(talk)
    assert view is not None
    assert Client().get(f"/asistente/sierra-alta/c/{view.code}/archivo/{row.pk}/").status_code == 404
    assert beto.get(f"/mesa/{talk}/archivo/{row.pk + 1}/").status_code == 404


def test_a_file_of_a_note_is_the_desks_alone(now: datetime) -> None:
    shop = open_shop()
    talk = attended(shop, now)
    send(shop, talk, photo(), now, is_private=True)
    row = Attachment.objects.get()
    assert reading.attachment_file(talk, row.pk, audience="desk") is not None
    assert reading.attachment_file(talk, row.pk, audience="buyer") is None
    assert "file" not in [entry.card for entry in reading.entries(talk)]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("x.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Solo se envían PDF"),
        ("cep.xml", b"<?xml version='1.0'?><SPEI_Tercero/>", "Solo se envían PDF"),
        ("x.png", b"\x89PNG\r\n\x1a\nbroken", "dañado"),
        ("x.png", b"", "vacío"),
        ("646180115700294217.png", b"x", "usa la tarjeta"),
    ],
)
def test_what_may_not_be_sent_is_refused_with_words(now: datetime, name: str, body: bytes, words: str) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    answer = beto.post(f"/mesa/{talk}/archivo/", {"file": given(name, body)}, headers=JSON)
    assert answer.status_code == 422
    assert words in answer.json()["error"]
    assert not Attachment.objects.exists()


def test_what_is_refused_at_the_last_moment_leaves_no_file_behind(now: datetime, tmp_path: Path) -> None:
    """A teammate closes the conversation while the file is being cleaned."""
    shop = open_shop()
    talk = attended(shop, now)
    send(shop, talk, photo("red"), now)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 1
    chat.resolve(talk, by=shop.by_sofia, at=now)
    with pytest.raises(chat.ConversationClosed):
        send(shop, talk, photo(), now)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == kept


def test_a_buyers_file_before_any_order_is_kept_and_after_it_is_a_comprobante(now: datetime) -> None:
    shop = open_shop()
    talk = attended(shop, now)
    for _time in range(2):
        assert chat.drop_document(talk, photo(), "captura.png", at=now) == "file"
    assert cards(talk).count("file") == 1
    bought = place(shop, at=now)
    chat.say(talk, bought.number, client_id=uuid.uuid4(), at=now)
    assert chat.drop_document(talk, photo("red"), "spei.png", at=now) == "evidence"
    assert cards(talk).count("file") == 1


def test_an_hour_holds_five_files_of_a_buyer_and_twenty_of_the_desk(now: datetime) -> None:
    shop = open_shop()
    beto, talk = beto_enters(shop), attended(shop, now)
    for turn in range(5):
        chat.drop_document(talk, photo(f"#00000{turn}"), "a.png", at=now)
    with pytest.raises(chat.FilesOfTheHour):
        chat.drop_document(talk, photo("#0000ff"), "a.png", at=now)
    chat.drop_document(talk, photo("#0000ff"), "a.png", at=now + timedelta(hours=1, seconds=1))
    for turn in range(20):
        send(shop, talk, photo(f"#0000{turn:02}"), now)
    answer = beto.post(f"/mesa/{talk}/archivo/", {"file": given("a.png", photo())}, headers=JSON)
    assert "caben 20 archivos" in answer.json()["error"]
