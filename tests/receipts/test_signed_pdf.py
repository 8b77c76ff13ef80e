"""A printed paper is signed to its last byte: read by anybody, checked by whoever has the store's public key alone."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.urls import reverse

from seguripago.foundations.stores.queries import store_by_id
from seguripago.jobs.receipt_file import verify_receipt
from seguripago.journey.orders.queries import order
from seguripago.journey.receipts.queries import receipt_by_number, receipt_of
from seguripago.ports import paper_seal
from tests.receipts.purchases import receipted

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
RAW = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
STEP = 53


def pem_of(raw: bytes) -> bytes:
    return Ed25519PublicKey.from_public_bytes(raw).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def told(file: Path, key: Path) -> tuple[bool, list[str]]:
    said = verify_receipt(file=str(file), key=str(key))
    return said["valid"], said["reasons"]


@pytest.fixture
def printed(at: datetime, tmp_path: Path, client: Client) -> tuple[Path, Path]:
    """A receipt as the buyer downloads it, and the store's key as `/verificar/` hands it out."""
    found = order(receipted(at))
    body = client.get(reverse("shop:receipt_pdf", args=[found.access_token])).content
    slug = store_by_id(found.store_id).slug
    file, key = tmp_path / "recibo.pdf", tmp_path / f"{slug}.pem"
    file.write_bytes(body)
    key.write_bytes(client.get(reverse("verify:public_key", args=[slug])).content)
    return file, key


@pytest.mark.django_db
def test_the_pdf_is_genuine_opens_everywhere_and_carries_the_very_json(
    printed: tuple[Path, Path],
) -> None:
    file, key = printed
    said = verify_receipt(file=str(file), key=str(key))
    assert (said["valid"], said["reasons"], said["paper"]) == (True, [], "receipt")
    body = file.read_bytes()
    with pypdfium2.PdfDocument(body) as pdf:
        assert said["number"] in pdf[0].get_textpage().get_text_bounded()
    with pikepdf.open(BytesIO(body)) as whole:
        assert not whole.check_pdf_syntax()
        (name,) = whole.attachments
        inside = whole.attachments[name].get_file().read_bytes()
    receipt = receipt_of(order_of(said["number"]))
    assert receipt is not None
    assert (name, inside) == (f"{said['number']}.json", receipt.file)


def order_of(number: str) -> int:
    found = receipt_by_number(number)
    assert found is not None
    return found.order_id


@pytest.mark.django_db
def test_one_flipped_byte_anywhere_in_the_pdf_is_seen(printed: tuple[Path, Path]) -> None:
    file, key = printed
    body = file.read_bytes()
    raw = paper_seal.raw_public_key(key.read_bytes())
    assert raw is not None
    assert paper_seal.faults_of_paper(body, raw) == ()
    for place in dense(body):
        for bit in (0x01, 0x20, 0x80):
            flipped = bytearray(body)
            flipped[place] ^= bit
            assert paper_seal.faults_of_paper(bytes(flipped), raw), place
    for changed in (body[:-1], body + b"\n", body + b" ", b"\n" + body, body[:5] + body[6:], body + body):
        assert paper_seal.faults_of_paper(changed, raw)
    file.write_bytes(body.replace(b"paper=receipt", b"paper=advance"))
    assert told(file, key) == (False, ["signature_invalid"])


def dense(body: bytes) -> Iterable[int]:
    """The head, the attached file's surroundings, the table of places and the last line whole; every 53rd byte else."""
    marks = [0, body.index(b"EmbeddedFile"), body.rindex(b"startxref"), len(body) - 320]
    near = {place for mark in marks for place in range(max(0, mark - 40), min(len(body), mark + 320))}
    return sorted(near | set(range(0, len(body), STEP)))


@pytest.mark.django_db
def test_printed_twice_both_are_genuine(at: datetime, tmp_path: Path, client: Client) -> None:
    found = order(receipted(at))
    bodies = [client.get(reverse("shop:receipt_pdf", args=[found.access_token])).content for _ in range(2)]
    key = tmp_path / "llave.pem"
    key.write_bytes(pem_of(base64.b64decode(store_by_id(found.store_id).public_key)))
    for place, body in enumerate(bodies):
        file = tmp_path / f"{place}.pdf"
        file.write_bytes(body)
        assert told(file, key) == (True, [])
    drawn = [body[: body.rindex(b"%seguripago-paper-1")] for body in bodies]
    assert drawn[0] == drawn[1]


def sealed(body: bytes = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF", *, paper: str = "receipt", number: str = "R-1") -> bytes:
    return paper_seal.sealed(body, paper=paper, number=number, at=AT, public_key=RAW, sign=KEY.sign)


def test_a_receipt_without_its_json_or_with_another_ones_is_none(tmp_path: Path) -> None:
    file, key = tmp_path / "a.pdf", tmp_path / "a.pem"
    key.write_bytes(pem_of(RAW))
    file.write_bytes(sealed())
    assert told(file, key) == (False, ["file_not_attached"])
    file.write_bytes(sealed(paper="certificate"))
    assert told(file, key) == (True, [])
    with pikepdf.new() as pdf:
        pdf.attachments["R-1.json"] = b"{}"
        body = BytesIO()
        pdf.save(body)
    file.write_bytes(sealed(body.getvalue()))
    assert told(file, key) == (False, ["other_number"])


def test_a_paper_signed_by_somebody_else_or_not_at_all_is_refused(tmp_path: Path) -> None:
    file, key = tmp_path / "a.pdf", tmp_path / "a.pem"
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    file.write_bytes(sealed(paper="certificate"))
    key.write_bytes(pem_of(other))
    assert told(file, key) == (False, ["other_key", "signature_invalid"])
    file.write_bytes(b"%PDF-1.7\n%%EOF\n")
    assert told(file, key) == (False, ["not_signed"])


def test_words_that_no_line_can_carry_are_not_sealed() -> None:
    for words in ({"number": "R 1"}, {"number": "R-1\n"}, {"paper": "Recibo"}, {"body": b"not a pdf"}):
        with pytest.raises(ValueError, match="cannot carry"):
            sealed(**words)  # type: ignore[arg-type]


def test_a_signature_of_another_moment_does_not_fit() -> None:
    ours, later = sealed(paper="certificate"), AT + timedelta(seconds=1)
    moved = ours.replace(b"at=2026-11-23T18:00:00Z", f"at={later:%Y-%m-%dT%H:%M:%SZ}".encode())
    assert moved != ours
    assert paper_seal.faults_of_paper(moved, RAW) == ("signature_invalid",)


@pytest.mark.django_db
def test_a_machine_with_a_broken_database_and_no_installation_can_tell(
    printed: tuple[Path, Path], tmp_path: Path
) -> None:
    file, key = printed
    environment = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "SEGURIPAGO_DATA_DIR": str(tmp_path / "nothing"),
    }
    command = [sys.executable, "-m", "seguripago.config.command_line", "verify-receipt", str(file), "--key", str(key)]
    good = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True, check=False)
    assert (good.returncode, json.loads(good.stdout)["valid"]) == (0, True), good.stderr
    body = bytearray(file.read_bytes())
    body[len(body) // 2] ^= 1
    file.write_bytes(body)
    bad = subprocess.run([*command, "--json"], env=environment, capture_output=True, text=True, check=False)
    assert (bad.returncode, json.loads(bad.stdout)["reasons"]) == (1, ["signature_invalid"]), bad.stderr


@pytest.mark.django_db
def test_the_recipe_of_the_documents_works_without_our_software(printed: tuple[Path, Path], tmp_path: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    file, key = printed
    recipe = (Path(__file__).parents[2] / "docs/receipts.md").read_text().split("```sh\n")[1].split("```")[0]
    recipe = recipe.replace("RECIBO.pdf", str(file)).replace("tienda.pem", str(key))

    def run() -> str:
        done = subprocess.run(["sh", "-c", recipe], cwd=tmp_path, capture_output=True, text=True, check=False)
        return done.stdout

    assert "Signature Verified Successfully" in run()
    file.write_bytes(file.read_bytes().replace(b"%PDF-", b"%PDF "))
    assert "Signature Verified Successfully" not in run()
