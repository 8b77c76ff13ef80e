"""`verify-receipt` works where there is no database, and better where there is one."""

import base64
import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from seguripago.jobs.receipt_file import verify_receipt
from seguripago.journey.receipts import rules
from seguripago.journey.receipts.queries import receipt_of
from tests.receipts.purchases import receipted

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
RAW = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


@pytest.fixture
def files(tmp_path: Path, at: datetime) -> tuple[Path, Path]:
    """A receipt and the key that made it."""
    body = rules.canonical({"number": "R-2026-000001", "amount": "9135.00", "issued_at": rules.moment(at)})
    digest = rules.link(rules.FIRST, body)
    signature = base64.b64encode(KEY.sign(rules.message(digest))).decode()
    receipt, pem = tmp_path / "recibo.json", tmp_path / "tienda.pem"
    receipt.write_bytes(rules.file_of(rules.Sealed(body, rules.FIRST, digest, signature, rules.key_id(RAW))))
    pem.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return receipt, pem


def test_a_genuine_file_is_valid_under_the_key_as_pem_or_in_base64(files: tuple[Path, Path], tmp_path: Path) -> None:
    receipt, pem = files
    short = tmp_path / "tienda.txt"
    short.write_bytes(base64.b64encode(RAW) + b"\n")
    for key in (pem, short):
        assert verify_receipt(file=str(receipt), key=str(key)) == {
            "valid": True,
            "reasons": [],
            "paper": "receipt",
            "number": "R-2026-000001",
            "key_id": rules.key_id(RAW),
            "store": "",
            "key_from": "file",
        }


def outcome(receipt: Path, key: Path | None = None) -> tuple[bool, list[str]]:
    said = verify_receipt(file=str(receipt), key=str(key) if key else None)
    return said["valid"], said["reasons"]


def test_an_amount_that_was_raised_is_refused_with_its_reasons(files: tuple[Path, Path]) -> None:
    receipt, pem = files
    receipt.write_bytes(receipt.read_bytes().replace(b"9135.00", b"9935.00"))
    assert outcome(receipt, pem) == (False, ["hash_differs"])


def test_an_amount_raised_with_its_hash_fails_by_the_signature(files: tuple[Path, Path]) -> None:
    receipt, pem = files
    body = rules.canonical({"number": "R-2026-000001", "amount": "9935.00", "issued_at": "2026-03-11T16:30:00Z"})
    digest = rules.link(rules.FIRST, body)
    old = receipt.read_text()
    signature = old.split('"signature": "')[1].split('"')[0]
    receipt.write_bytes(rules.file_of(rules.Sealed(body, rules.FIRST, digest, signature, rules.key_id(RAW))))
    assert outcome(receipt, pem) == (False, ["signature_invalid"])


def test_a_missing_file_and_a_key_that_is_none_are_said_plainly(files: tuple[Path, Path], tmp_path: Path) -> None:
    receipt, pem = files
    assert verify_receipt(file=str(tmp_path / "no.json"), key=str(pem))["reasons"] == ["file_missing"]
    assert verify_receipt(file=str(receipt), key=str(receipt))["reasons"] == ["key_unreadable"]


def test_it_runs_without_settings_and_without_a_database(files: tuple[Path, Path]) -> None:
    receipt, pem = files
    told = (
        "import sys; from seguripago.jobs.receipt_file import verify_receipt;"
        "print(verify_receipt(file=sys.argv[1], key=sys.argv[2]))"
    )
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path)}
    run = subprocess.run(
        [sys.executable, "-c", told, str(receipt), str(pem)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout.startswith("{'valid': True, 'reasons': []"), run.stderr


def test_without_a_key_and_without_an_installation_the_answer_is_no_and_names_the_key(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    receipt, _ = files
    environment = {"PATH": os.environ["PATH"], "SEGURIPAGO_DATA_DIR": str(tmp_path / "nothing")}
    run = subprocess.run(
        [sys.executable, "-m", "seguripago.config.command_line", "verify-receipt", str(receipt), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(run.stdout)
    assert run.returncode == 1, run.stderr
    assert (said["valid"], said["reasons"], said["key_id"]) == (False, ["key_unknown"], rules.key_id(RAW))
    assert not (tmp_path / "nothing").exists()


@pytest.mark.django_db
def test_without_a_key_the_installation_knows_its_stores(at: datetime, tmp_path: Path) -> None:
    found = receipt_of(receipted(at))
    assert found is not None
    file = tmp_path / "recibo.json"
    file.write_bytes(found.file)
    said = verify_receipt(file=str(file))
    assert (said["valid"], said["reasons"], said["key_from"]) == (True, [], "installation")
    assert said["number"] == found.number
    file.write_bytes(found.file.replace(found.body["amount"].encode(), b"1.00"))
    assert outcome(file) == (False, ["hash_differs"])
    file.write_bytes(found.file.replace(found.key_id.encode(), b"0" * 16))
    assert outcome(file) == (False, ["key_unknown"])
    for junk in (b"", b"{}", b"not json", b"x" * 100_000):
        file.write_bytes(junk)
        assert outcome(file) == (False, ["not_a_receipt"])
