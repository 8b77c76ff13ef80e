"""`verify-receipt` works where there is no database, and better where there is one."""

import base64
import json
import os
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from seguripago.config import command_line_words as words
from seguripago.jobs.receipt_file import verify_receipt, verify_receipts
from seguripago.journey.receipts import rules
from seguripago.journey.receipts.queries import receipt_of
from seguripago.ports import paper_seal
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


def on_screen(receipt: Path, key: Path | None) -> str:
    return "\n".join(words.paper(verify_receipt(file=str(receipt), key=str(key) if key else None)))


def test_the_terminal_tells_in_spanish_which_paper_is_genuine(files: tuple[Path, Path], at: datetime) -> None:
    receipt, pem = files
    assert on_screen(receipt, pem).splitlines() == [
        "AUTÉNTICO. Lo firmó la tienda de esta llave y no cambió ni un byte.",
        "  Documento        Recibo R-2026-000001",
        f"  Su llave         {rules.key_id(RAW)}",
        "  Comprobado con   la que indicaste con --key",
    ]
    paper = receipt.with_suffix(".pdf")
    paper.write_bytes(
        paper_seal.sealed(b"%PDF-1.7\n%%EOF", paper="dossier", number="E-1", at=at, public_key=RAW, sign=KEY.sign)
    )
    assert "Documento        Expediente E-1" in on_screen(paper, pem)


@pytest.mark.django_db
def test_the_terminal_tells_in_spanish_what_is_wrong(files: tuple[Path, Path], tmp_path: Path) -> None:
    receipt, pem = files
    genuine = receipt.read_bytes()
    other = tmp_path / "otra.txt"
    other.write_bytes(base64.b64encode(b"o" * 32))
    unknown = on_screen(receipt, None)
    assert unknown.startswith("NO SE PUDO COMPROBAR.\n  Dice ser         Recibo R-2026-000001\n")
    assert "Falta la llave de la tienda" in unknown
    assert on_screen(receipt, other).startswith("NO ES AUTÉNTICO según esta llave.\n")
    assert "La llave que indicaste no lo es." in on_screen(receipt, receipt)
    assert on_screen(tmp_path / "no.json", pem).startswith("NO SE PUDO COMPROBAR.\n  · No se puede abrir")
    for file, says in (
        (genuine.replace(b"9135.00", b"9935.00"), "Su contenido cambió"),
        (genuine[1:], "No es un recibo de SeguriPago"),
        (b"%PDF-1.7\n%%EOF\n", "El PDF no termina con la firma de una tienda"),
    ):
        receipt.write_bytes(file)
        said = on_screen(receipt, pem)
        assert said.startswith("NO ES AUTÉNTICO.\n")
        assert says in said
        assert max(map(len, said.splitlines())) < 80


def test_every_reason_has_its_words() -> None:
    named = set(
        re.findall(r"[a-z]+_[a-z_]+", (verify_receipt.__doc__ or "").split("`reasons`")[1].split("`key_from`")[0])
    )
    named |= {"missing_before", "chain_broken", "two_of_one_number", "faulty_files", "no_receipts"}
    named |= {"anchor_unreadable", "anchor_faulty", "end_missing"}
    assert named == set(words.PAPER_FAULTS)


def test_what_an_unproved_file_says_of_itself_cannot_paint_the_terminal(files: tuple[Path, Path]) -> None:
    receipt, pem = files
    name = json.dumps("R-1\x1b[2J\u202e\nAUTÉNTICO " + "9" * 200).encode()
    receipt.write_bytes(receipt.read_bytes().replace(b'"R-2026-000001"', name))
    said = on_screen(receipt, pem)
    assert said.startswith("NO ES AUTÉNTICO.\n")
    assert said.replace("\n", "").isprintable()
    assert not [line for line in said.splitlines() if line.startswith("AUT") or len(line) > 79]


def test_half_a_letter_is_refused_and_stops_no_folder(files: tuple[Path, Path]) -> None:
    receipt, pem = files
    odd = receipt.with_name("raro.json")
    odd.write_bytes(receipt.read_bytes().replace(b"R-2026-000001", b"\\ud800"))
    assert outcome(odd, pem) == (False, ["not_a_receipt"])
    said = verify_receipts(folder=str(receipt.parent), key=str(pem))
    assert (said["checked"], said["faulty"]) == (1, [{"file": "raro.json", "reasons": ["not_a_receipt"]}])
    assert rules.anchors_in_file(rules.anchors_file([]).replace(b"[]", b'["\\ud800"]')) == ()


def test_a_folder_is_told_in_spanish_with_what_is_missing(tmp_path: Path) -> None:
    folder, pem = tmp_path / "recibos", tmp_path / "llave.txt"
    folder.mkdir()
    pem.write_bytes(base64.b64encode(RAW))
    before = rules.FIRST
    for place in (1, 2, 3):
        body = rules.canonical({"number": rules.number(2026, place)})
        digest = rules.link(before, body)
        signature = base64.b64encode(KEY.sign(rules.message(digest))).decode()
        sealed = rules.Sealed(body, before, digest, signature, rules.key_id(RAW))
        (folder / f"{place}.json").write_bytes(rules.file_of(sealed))
        before = digest

    def told() -> str:
        return "\n".join(words.papers(verify_receipts(folder=str(folder), key=str(pem))))

    assert told().startswith("COMPLETOS.")
    assert "El primero       R-2026-000001 (y el primero de la tienda)\n" in told()
    (folder / "2.json").write_bytes(b"{}")
    assert told().startswith("NO ESTÁN COMPLETOS")
    assert "Faltan           R-2026-000002\n" in told()
    assert "  2.json\n    · No es un recibo de SeguriPago" in told()
    assert "\n".join(words.papers(verify_receipts(folder=str(tmp_path / "no")))).startswith("NO SE PUDO COMPROBAR.")


def test_the_command_speaks_spanish_and_its_exit_code_is_the_answer(files: tuple[Path, Path], tmp_path: Path) -> None:
    receipt, pem = files
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join(sys.path),
        "SEGURIPAGO_DATA_DIR": str(tmp_path / "nothing"),
    }
    command = [
        sys.executable,
        "-m",
        "seguripago.config.command_line",
        "verify-receipt",
        str(receipt),
        "--key",
        str(pem),
    ]

    def run() -> tuple[int, str]:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout

    assert run() == (0, on_screen(receipt, pem) + "\n")
    receipt.write_bytes(receipt.read_bytes().replace(b"9135.00", b"9935.00"))
    assert run() == (1, on_screen(receipt, pem) + "\n")
