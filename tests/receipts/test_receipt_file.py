"""`verify-receipt` works where there is no database."""

import base64
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
    assert verify_receipt(file=str(receipt), key=str(pem)) == {"valid": True, "reasons": []}
    assert verify_receipt(file=str(receipt), key=str(short)) == {"valid": True, "reasons": []}


def test_an_amount_that_was_raised_is_refused_with_its_reasons(files: tuple[Path, Path]) -> None:
    receipt, pem = files
    receipt.write_bytes(receipt.read_bytes().replace(b"9135.00", b"9935.00"))
    assert verify_receipt(file=str(receipt), key=str(pem)) == {"valid": False, "reasons": ["hash_differs"]}


def test_an_amount_raised_with_its_hash_fails_by_the_signature(files: tuple[Path, Path]) -> None:
    receipt, pem = files
    body = rules.canonical({"number": "R-2026-000001", "amount": "9935.00", "issued_at": "2026-03-11T16:30:00Z"})
    digest = rules.link(rules.FIRST, body)
    old = receipt.read_text()
    signature = old.split('"signature": "')[1].split('"')[0]
    receipt.write_bytes(rules.file_of(rules.Sealed(body, rules.FIRST, digest, signature, rules.key_id(RAW))))
    assert verify_receipt(file=str(receipt), key=str(pem)) == {"valid": False, "reasons": ["signature_invalid"]}


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
    assert run.stdout.strip() == "{'valid': True, 'reasons': []}", run.stderr
