"""The seal of a printed paper: an Ed25519 signature over every byte of a PDF, in its last line.

A reader of PDF looks for `%%EOF` near the end and skips the comment after it; whoever checks the paper reads that
comment first. The file is `<PDF>%seguripago-paper-1 paper=… number=… at=… key=… signature=…`, a line end behind it.
Signed is `seguripago-paper-1`, a line end and the SHA-256 (64 hexadecimal digits) of all that stands before
` signature=`, so no byte can change: neither text, nor an attached file, nor the line's own words. The last 100 bytes
are always ` signature=`, 88 letters of base64 and the line end, which is all that a check by hand needs to know.

Pure: it runs on a machine that has only the file and the store's public key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import pikepdf
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

FORMAT: Final = "seguripago-paper-1"
PDF: Final = b"%PDF-"
LARGEST_PAPER: Final = 64 * 1024 * 1024
TAIL: Final = 100
"""Bytes of ` signature=`, the signature in base64 and the line end: what is not signed, because it is the signature."""
_LINE: Final = re.compile(
    rb"%seguripago-paper-1 paper=(?P<paper>[a-z-]{1,24}) number=(?P<number>[A-Z0-9-]{1,40})"
    rb" at=(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) key=(?P<key>[0-9a-f]{16})"
    rb" signature=(?P<signature>[A-Za-z0-9+/]{86}==)\n"
)
_LONGEST_LINE: Final = 300


@dataclass(frozen=True, slots=True)
class PaperSeal:
    """What a paper's last line says of itself; nothing of it is believed before the signature is checked."""

    paper: str
    number: str
    at: str
    key_id: str
    signature: str


def key_id(public_key: bytes) -> str:
    """Answer the short name of a raw Ed25519 public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def raw_public_key(pem: bytes) -> bytes | None:
    """Read a PEM, or the 32 bytes in base64 as the store publishes them; None for anything else."""
    try:
        key = load_pem_public_key(pem)
    except ValueError:
        try:
            raw = base64.b64decode(pem.strip(), validate=True)
        except (binascii.Error, ValueError):
            return None
        return raw if len(raw) == 32 else None
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw) if isinstance(key, Ed25519PublicKey) else None


def sealed(
    body: bytes, *, paper: str, number: str, at: datetime, public_key: bytes, sign: Callable[[bytes], bytes]
) -> bytes:
    """Answer the PDF with its seal behind it; raises ValueError for words that no seal can carry."""
    moment = at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
    line = f"%{FORMAT} paper={paper} number={number} at={moment} key={key_id(public_key)}".encode()
    signed = body + (b"" if body.endswith(b"\n") else b"\n") + line
    whole = signed + b" signature=" + base64.b64encode(sign(message(signed))) + b"\n"
    if not body.startswith(PDF) or seal_of(whole) is None:
        raise ValueError("this paper cannot carry a seal")
    return whole


def message(signed: bytes) -> bytes:
    """Answer what the key signs for these bytes: the format's name first, so that no other signature fits here."""
    return f"{FORMAT}\n{hashlib.sha256(signed).hexdigest()}".encode()


def seal_of(file: bytes) -> PaperSeal | None:
    """Read the last line of a paper; None when it is no seal of ours."""
    if not file.startswith(PDF) or len(file) > LARGEST_PAPER:
        return None
    start = file.rfind(b"\n", max(0, len(file) - _LONGEST_LINE), len(file) - 1) + 1
    found = _LINE.fullmatch(file, start) if start else None
    return PaperSeal(**{name: part.decode() for name, part in _named(found)}) if found else None


def faults_of_paper(file: bytes, public_key: bytes) -> tuple[str, ...]:
    """Answer what is wrong with a sealed paper under a raw public key, by names; nothing when it is whole."""
    seal = seal_of(file)
    if seal is None:
        return ("not_signed",)
    faults = []
    if seal.key_id != key_id(public_key):
        faults.append("other_key")
    try:
        signature = base64.b64decode(seal.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message(file[:-TAIL]))
    except (InvalidSignature, binascii.Error, ValueError):
        faults.append("signature_invalid")
    else:
        if base64.b64encode(signature).decode() != seal.signature:
            # Base64 has spare bits: only one spelling counts.
            faults.append("written_differently")
    return tuple(faults)


def attached(file: bytes, filename: str) -> bytes | None:
    """Answer a file that is attached to the paper, None without it. Ask only of a paper whose seal is whole."""
    try:
        with pikepdf.open(BytesIO(file)) as pdf:
            found = pdf.attachments.get(filename)
            return found.get_file().read_bytes() if found is not None else None
    except pikepdf.PdfError:
        return None


def _named(found: re.Match[bytes]) -> tuple[tuple[str, bytes], ...]:
    names = {"paper": "paper", "number": "number", "at": "at", "key": "key_id", "signature": "signature"}
    return tuple((name, found[group]) for group, name in names.items())
