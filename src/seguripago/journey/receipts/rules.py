"""The bytes of a receipt: what is hashed, what is signed, what the file says, and what is wrong with it.

Nothing here asks a database: `seguripago verify-receipt` runs on a machine that has only the file and the public key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from seguripago.values.calendar import MEXICO

FORMAT: Final = "seguripago-receipt-1"
FIRST: Final = "0" * 64
"""What the first receipt of a store is chained to."""
KEY_DIGITS: Final = 12
"""How many digits of the hash a QR carries: enough to say which paper it is."""
LARGEST_FILE: Final = 65_536
KEY_UNKNOWN: Final = "key_unknown"
_PARTS: Final = frozenset({"format", "algorithm", "key_id", "prev_hash", "body", "hash", "signature"})


@dataclass(frozen=True, slots=True)
class Sealed:
    """A receipt as it is kept: `body` is the canonical JSON, to the byte."""

    body: str
    prev_hash: str
    hash: str
    signature: str
    key_id: str


def canonical(body: Mapping[str, Any]) -> str:
    """Write the body in the one way that is hashed: sorted keys, no spaces, UTF-8."""
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def link(prev_hash: str, body: str) -> str:
    """Answer the hash that chains a canonical body to the receipt before it."""
    return hashlib.sha256(f"{FORMAT}\n{prev_hash}\n{body}".encode()).hexdigest()


def message(digest: str) -> bytes:
    """Answer what the store's key signs: the format's name and the hash, so that no other signature fits here."""
    return f"{FORMAT}\n{digest}".encode()


def key_id(public_key: bytes) -> str:
    """Answer the short name of a raw Ed25519 public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def number(year: int, place: int) -> str:
    """Answer a receipt's number: `R-2026-000001`."""
    return f"R-{year}-{place:06d}"


def local_year(at: datetime) -> int:
    """Answer the year in Mexico, where the receipt is read."""
    return at.astimezone(MEXICO).year


def moment(at: datetime) -> str:
    """Write a moment for a body: UTC, whole seconds."""
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def file_of(sealed: Sealed) -> bytes:
    """Write the receipt as the buyer downloads it. There is one way to write it, so every byte counts."""
    said = {
        "format": FORMAT,
        "algorithm": "Ed25519",
        "key_id": sealed.key_id,
        "prev_hash": sealed.prev_hash,
        "body": json.loads(sealed.body),
        "hash": sealed.hash,
        "signature": sealed.signature,
    }
    return (json.dumps(said, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Named:
    """Which paper a file says it is, and which key it says made it: nothing of it is believed yet."""

    number: str
    key_id: str


def named_in_file(file: bytes) -> Named | None:
    """Read which receipt a file says it is; None when it is no receipt of ours at all."""
    said = _parts(file)
    if said is None or not isinstance(said["key_id"], str):
        return None
    number = said["body"].get("number")
    return Named(number if isinstance(number, str) else "", said["key_id"])


def faults_of_file(file: bytes, public_key: bytes) -> tuple[str, ...]:
    """Answer what is wrong with a downloaded receipt, by names; nothing when it is genuine to the byte."""
    said = _parts(file)
    if said is None:
        return ("not_a_receipt",)
    if said["format"] != FORMAT or said["algorithm"] != "Ed25519":
        return ("unknown_format",)
    if not all(isinstance(said[part], str) for part in ("prev_hash", "hash", "signature", "key_id")):
        return ("not_a_receipt",)
    try:
        body = canonical(said["body"])
    except (ValueError, RecursionError):
        return ("not_a_receipt",)
    sealed = Sealed(body, said["prev_hash"], said["hash"], said["signature"], said["key_id"])
    faults = faults_of(sealed, public_key)
    if not faults and file_of(sealed) != file:
        faults = ("written_differently",)
    return faults


def _parts(file: bytes) -> dict[str, Any] | None:
    if len(file) > LARGEST_FILE:
        return None
    try:
        said = json.loads(file.decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or set(said) != _PARTS or not isinstance(said["body"], dict):
        return None
    return said


def faults_of(sealed: Sealed, public_key: bytes) -> tuple[str, ...]:
    """Answer what is wrong with a receipt under a raw public key, by names."""
    faults = []
    if sealed.key_id != key_id(public_key):
        faults.append("other_key")
    if link(sealed.prev_hash, sealed.body) != sealed.hash:
        faults.append("hash_differs")
    if not _is_signed(sealed, public_key):
        faults.append("signature_invalid")
    return tuple(faults)


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


def _is_signed(sealed: Sealed, public_key: bytes) -> bool:
    try:
        signature = base64.b64decode(sealed.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message(sealed.hash))
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    # Base64 has spare bits: only one spelling counts.
    return base64.b64encode(signature).decode() == sealed.signature
