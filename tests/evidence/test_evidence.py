"""A comprobante is kept, rebuilt and shown. It is a claim: no file moves money."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from datetime import datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from PIL import Image

from seguripago.foundations.facts.models import FactRow
from seguripago.foundations.ledger.queries import postings_of
from seguripago.journey.evidence import cleaning, commands, queries, rules
from seguripago.journey.evidence.models import Evidence, ShownMark
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import send_transfer_details
from seguripago.journey.payments.queries import payment_of
from seguripago.ports.file_stores import FileMissing, file_store
from seguripago.ports.receipt_readers import PINS_FOLDER
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from tests.captures.ceps import Transfer
from tests.captures.house import pin_the_bank, unpin_the_bank
from tests.evidence.files import CEPS, SCRIPT, cep, hostile_pdf, pdf, photo_with_place, picture, png_bomb, polyglot
from tests.orders.builders import BETO, LUCIA, placed, verified

pytestmark = pytest.mark.django_db
SERIAL = "00000100000100014853"


def keep(order_id: int, body: bytes, at: datetime, filename: str = "comprobante.png", by: Actor = LUCIA) -> int:
    return commands.keep_evidence(order_id, filename=filename, body=body, by=by, at=at)


def clean_copy(evidence_id: int) -> bytes:
    found = queries.evidence_file(evidence_id)
    assert found is not None
    return found.body


@pytest.fixture
def order_id(at: datetime) -> int:
    return placed(at)


@pytest.fixture
def pinned() -> object:
    folder = settings.SEGURIPAGO.data_dir / PINS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(CEPS / f"cepbeta_{SERIAL}.pub.pem", folder / f"{SERIAL}.pem")
    yield
    shutil.rmtree(folder)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_and_can_be_looked_at(order_id: int, at: datetime, kind: str) -> None:
    evidence_id = keep(order_id, picture(kind), at, f"captura.{kind.lower()}")
    (view,) = queries.evidence_of(order_id)
    assert (view.id, view.filename, view.state, view.seal) == (evidence_id, f"captura.{kind.lower()}", "clean", "none")
    with Image.open(BytesIO(clean_copy(evidence_id))) as shown:
        assert shown.size == (64, 48)
    fact = FactRow.objects.get(kind="EvidenceKept")
    assert (fact.subject, fact.body["evidence_id"]) == (f"order:{order_id}", evidence_id)


def test_where_and_with_what_a_photo_was_taken_stays_behind_and_it_stands_upright(order_id: int, at: datetime) -> None:
    given = photo_with_place()
    assert b"TelefonoDeLucia" in given
    shown = clean_copy(keep(order_id, given, at, "foto.jpg"))
    assert b"TelefonoDeLucia" not in shown
    with Image.open(BytesIO(shown)) as image:
        assert not image.getexif()
        assert image.size == (48, 64)


def test_what_is_hidden_behind_a_picture_stays_behind(order_id: int, at: datetime) -> None:
    shown = clean_copy(keep(order_id, polyglot(), at))
    assert SCRIPT not in shown
    assert b"PK\x03\x04" not in shown


def test_of_a_pdf_only_its_pages_come_along(order_id: int, at: datetime) -> None:
    given = hostile_pdf()
    shown = clean_copy(keep(order_id, given, at, "recibo.pdf"))
    with pikepdf.open(BytesIO(shown)) as made:
        assert len(made.pages) == 1
        assert set(made.Root.keys()) <= {"/Type", "/Pages", "/Version"}
        plain = BytesIO()
        made.save(plain, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    for bad in (b"JavaScript", b"OpenAction", b"/AA", b"/Annots", b"EmbeddedFile", b"virus.exe", b"stranger.example"):
        assert bad not in plain.getvalue()


def test_a_file_is_served_only_as_a_download_that_no_browser_runs(order_id: int, at: datetime) -> None:
    found = queries.evidence_file(keep(order_id, picture(), at, 'x"; filename="evil.html'))
    assert found is not None
    assert found.order_id == order_id
    assert found.headers["Content-Disposition"] == f'attachment; filename="comprobante-{found.id}.png"'
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in found.headers["Content-Security-Policy"]
    assert queries.evidence_file(0) is None


def test_the_same_file_again_is_the_one_that_is_known(order_id: int, at: datetime) -> None:
    first = keep(order_id, picture(), at)
    assert keep(order_id, picture(), at, "otra-vez.png", BETO) == first
    assert len(queries.evidence_of(order_id)) == 1
    assert FactRow.objects.filter(kind="EvidenceKept").count() == 1
    other = placed(at)
    assert keep(other, picture(), at) != first


def test_two_uploads_of_one_file_at_the_same_moment_leave_one_row(order_id: int, at: datetime) -> None:
    first = keep(order_id, picture(), at)
    row = Evidence.objects.get(pk=first)
    row.pk = None
    with pytest.raises(IntegrityError, match="evidence_file_once_per_order"), transaction.atomic():
        row.save(force_insert=True)


def test_the_original_lies_sealed_and_comes_back_to_the_byte(order_id: int, at: datetime) -> None:
    given = polyglot()
    evidence_id = keep(order_id, given, at)
    row = Evidence.objects.get(pk=evidence_id)
    path = settings.SEGURIPAGO.data_dir / "files" / row.sealed_name
    assert SCRIPT not in path.read_bytes()
    assert queries.sealed_original(evidence_id) == given
    assert row.sha256 == hashlib.sha256(given).hexdigest()
    for name in (row.sealed_name, row.clean_name):
        assert stat.S_IMODE(os.stat(settings.SEGURIPAGO.data_dir / "files" / name).st_mode) == 0o600


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "SP-401"),
        (b"\x89PNG\r\n\x1a\n" + bytes(rules.MAX_BYTES), "SP-401"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "SP-402"),
        (b"<!doctype html><script>alert(1)</script>", "SP-402"),
        (b"GIF89a<?php echo 1;", "SP-402"),
        (b"MZ\x90\x00", "SP-402"),
        (b"PK\x03\x04", "SP-402"),
        (b"junk %PDF-1.7", "SP-402"),
        (b"\xff\xd8\xff<?php echo 1;", "SP-403"),
        (b"%PDF-1.7 nothing", "SP-403"),
        (picture()[:-30], "SP-403"),
        (b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "SP-403"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><SPEI_Tercero>&b;</SPEI_Tercero>', "SP-403"),
        (b"<SPEI_Tercero>" + b"x" * 300_000 + b"</SPEI_Tercero>", "SP-404"),
        (png_bomb(), "SP-404"),
        (pdf(pages=31), "SP-404"),
        (pdf(password="secreto"), "SP-405"),
    ],
)
def test_what_is_no_comprobante_is_refused_in_the_buyers_words_and_nothing_is_kept(
    order_id: int, at: datetime, body: bytes, code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        keep(order_id, body, at, "comprobante.pdf.exe")
    assert refused.value.code == code
    assert str(refused.value.says).endswith(".")
    assert queries.evidence_of(order_id) == ()


def test_an_order_takes_only_so_many_files(order_id: int, at: datetime) -> None:
    for place in range(rules.MAX_PER_ORDER):
        keep(order_id, picture(size=(10 + place, 10)), at)
    with pytest.raises(commands.TooManyFiles):
        keep(order_id, picture(size=(9, 9)), at)


def test_a_cep_is_read_and_its_seal_checked_with_the_pinned_key(order_id: int, at: datetime, pinned: object) -> None:
    keep(order_id, cep(), at, "cep.xml")
    (view,) = queries.evidence_of(order_id)
    assert (view.kind, view.state, view.seal) == ("cep", "read", "verified")
    assert view.fields["amount"] == "3414.95"
    assert "tracking_key_not_sealed" in view.reasons
    assert view.verdict_label == "CEP con sello válido"


def test_a_cep_without_a_pinned_key_is_not_verifiable_and_an_altered_one_is_invalid(
    order_id: int, at: datetime
) -> None:
    keep(order_id, cep(), at, "cep.xml")
    keep(order_id, cep().replace(b"3414.95", b"9414.95", 1), at, "cep2.xml")
    assert {view.seal for view in queries.evidence_of(order_id)} == {"not_verifiable", "invalid"}


@pytest.mark.parametrize("body", [picture(), photo_with_place(), pdf(), hostile_pdf(), cep()])
def test_no_file_ever_changes_a_payment_an_order_or_the_ledger(at: datetime, body: bytes, pinned: object) -> None:
    order_id = verified(at)
    send_transfer_details(order_id, by=BETO, at=at)
    before = (payment_of(order_id), order(order_id), postings_of(order(order_id).store_id, f"order:{order_id}"))
    for by in (LUCIA, BETO, Actor.assistant(), Actor.system()):
        keep(order_id, body, at, by=by)
    after = (payment_of(order_id), order(order_id), postings_of(order(order_id).store_id, f"order:{order_id}"))
    assert before == after
    kinds = set(FactRow.objects.filter(subject=f"order:{order_id}").values_list("kind", flat=True))
    assert not kinds & {"PaymentConfirmed", "PartialReceived", "OrderPaid"}


def test_the_room_has_no_way_to_reach_what_confirms_a_payment() -> None:
    room = Path(cleaning.__file__).parent
    for file in room.rglob("*.py"):
        said = file.read_text()
        assert "journey.payments" not in said
        assert "reconciliation import" not in said
        assert "mark_paid" not in said


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("captura 22 nov.png", "captura 22 nov.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\lucia\\recibo.pdf", "recibo.pdf"),
        ("‮gpj.exe\x00\n", "gpj.exe"),
        ("...", "comprobante"),
        ("ñandú «1».jpg", "ñandú «1».jpg"),
        ("x" * 300 + ".png", "x" * 116 + ".png"),
    ],
)
def test_a_typed_name_is_only_shown_and_never_a_path(typed: str, shown: str) -> None:
    assert rules.shown_name(typed) == shown


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "/etc/passwd", "sealed/../../x", "sealed/aa/" + "a" * 31, "", "sealed\\aa\\" + "a" * 32],
)
def test_the_store_reads_only_names_that_it_gave(name: str) -> None:
    with pytest.raises(FileMissing):
        file_store().read(name)


def test_the_store_keeps_reads_and_forgets() -> None:
    name = file_store().put("clean", b"hola")
    assert file_store().read(name) == b"hola"
    file_store().remove(name)
    file_store().remove(name)
    with pytest.raises(FileMissing):
        file_store().read(name)
    with pytest.raises(ValueError, match="not the name of a shelf"):
        file_store().put("../clean", b"hola")


@pytest.mark.usefixtures("pinned_bank")
def test_a_cep_on_paper_is_read_like_its_xml(order_id: int, at: datetime) -> None:
    keep(order_id, Transfer().pdf(), at, "cep.pdf")
    (view,) = queries.evidence_of(order_id)
    assert (view.kind, view.state, view.seal, view.fields["amount"]) == ("pdf", "read", "verified", "9135.00")
    assert view.reasons == ("tracking_key_not_sealed",)


@pytest.fixture
def pinned_bank() -> object:
    pin_the_bank()
    yield
    unpin_the_bank()


def test_a_cep_that_another_order_showed_says_so_whatever_its_tracking_key(order_id: int, at: datetime) -> None:
    other, third = placed(at), placed(at)
    cep = Transfer(tracking_key="PRIMERA")
    keep(order_id, cep.xml(), at)
    keep(order_id, cep.pdf(), at)
    keep(other, cep.xml().replace(b"PRIMERA", b"OTRA"), at)
    keep(third, cep.pdf(printed={"tracking_key": "OTRA"}), at)
    assert all("seal_reused" not in view.reasons for view in queries.evidence_of(order_id))
    for each in (other, third):
        (view,) = queries.evidence_of(each)
        assert "seal_reused" in view.reasons
        assert view.verdict_label == "Este CEP ya se presentó en otro pedido"


def test_whoever_alters_a_strangers_cep_does_not_spoil_it_for_him(order_id: int, at: datetime) -> None:
    other = placed(at)
    cep = Transfer(tracking_key="DE-OTRO")
    keep(other, cep.xml().replace(b'MontoPago="9135.00"', b'MontoPago="1.00"'), at)
    keep(order_id, cep.xml(), at)
    (view,) = queries.evidence_of(order_id)
    assert "seal_reused" not in view.reasons
    keep(placed(at), cep.xml().replace(b'MontoPago="9135.00"', b'MontoPago="2.00"'), at)


def test_one_seal_belongs_to_one_first_order(order_id: int, at: datetime) -> None:
    keep(order_id, Transfer(tracking_key="UNA").xml(), at)
    claim = ShownMark.objects.get(kind="seal")
    claim.pk = None
    with pytest.raises(IntegrityError, match="evidence_mark_shown_first_once"), transaction.atomic():
        claim.save(force_insert=True)
