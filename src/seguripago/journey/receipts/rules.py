"""The bytes of a receipt: what is hashed, what is signed, what the file says, and what is wrong with it.

Nothing here asks a database: `seguripago verify-receipt` runs on a machine that has only the file and the public key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from seguripago.ports.paper_seal import key_id as key_id
from seguripago.values.calendar import MEXICO

FORMAT: Final = "seguripago-receipt-1"
ANCHORS: Final = "seguripago-anchors-1"
FIRST: Final = "0" * 64
"""What the first receipt of a store is chained to."""
KEY_DIGITS: Final = 12
"""How many digits of the hash a QR carries: enough to say which paper it is."""
LARGEST_FILE: Final = 65_536
KEY_UNKNOWN: Final = "key_unknown"
MOST_MISSING: Final = 100
"""How many missing numbers are named one by one."""
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


def number(year: int, place: int) -> str:
    """Answer a receipt's number: `R-2026-000001`."""
    return f"R-{year}-{place:06d}"


def local_year(at: datetime) -> int:
    """Answer the year in Mexico, where the receipt is read."""
    return at.astimezone(MEXICO).year


def local_day(at: datetime) -> date:
    """Answer the day in Mexico, of which there is one anchor."""
    return at.astimezone(MEXICO).date()


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


def sealed_in_file(file: bytes) -> Sealed | None:
    """Read a downloaded receipt back; None when it is none. Ask `faults_of_file` before believing it."""
    said = _parts(file)
    if said is None or not all(isinstance(said[part], str) for part in ("prev_hash", "hash", "signature", "key_id")):
        return None
    return Sealed(canonical(said["body"]), said["prev_hash"], said["hash"], said["signature"], said["key_id"])


@dataclass(frozen=True, slots=True)
class Link:
    """A receipt of which everything else was found good: its number, and what it is chained to."""

    number: str
    prev_hash: str
    hash: str

    @property
    def counted(self) -> tuple[int, int]:
        """Answer the year, and the place in it."""
        _, year, place = self.number.split("-")
        return int(year), int(place)


@dataclass(frozen=True, slots=True)
class Break:
    """Where a range of receipts is not whole: `fault` is missing_before, chain_broken or two_of_one_number."""

    number: str
    fault: str
    missing: tuple[str, ...] = ()


def breaks_in(links: Sequence[Link]) -> tuple[Break, ...]:
    """Answer where a range of receipts lacks one, or where one follows another than it was chained to.

    Whether some are missing before the first or after the last only the store's anchors tell.
    """
    ordered = sorted(set(links), key=lambda one: (one.counted, one.hash))
    return tuple(found for before, link in pairwise(ordered) if (found := _break(before, link)) is not None)


def _break(before: Link, link: Link) -> Break | None:
    if before.number == link.number:
        return Break(link.number, "two_of_one_number")
    if link.prev_hash == before.hash:
        return None
    (year, place), (next_year, next_place) = before.counted, link.counted
    first = place + 1 if year == next_year else 1
    missing = tuple(number(next_year, lost) for lost in range(first, min(next_place, first + MOST_MISSING)))
    # Across a year nobody knows how many the old one had: the link alone says that something is not there.
    return Break(link.number, "missing_before" if missing or year != next_year else "chain_broken", missing)


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
        said = _read(file)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or set(said) != _PARTS or not isinstance(said["body"], dict):
        return None
    return said


def _read(file: bytes) -> Any:
    """Read a stranger's JSON; ValueError for what is none, or holds half a letter (`\\ud800`): nobody can hash that."""
    said = json.loads(file.decode("utf-8"))
    json.dumps(said, ensure_ascii=False).encode("utf-8")
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


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the receipts' chain as it was signed on a day, chained to the anchor before. `body` is canonical."""

    body: str
    prev_hash: str
    hash: str
    signature: str
    key_id: str

    @property
    def head(self) -> str:
        """Answer the hash of the last receipt of that moment."""
        return str(json.loads(self.body)["head"])


def anchor_body(store: str, day: date, head: str, audit_seq: int, audit_head: str, faults: Sequence[str]) -> str:
    """Write what an anchor says: the last receipt's hash and the audit's, and no number that counts sales."""
    return canonical(
        {
            "store": store,
            "day": day.isoformat(),
            "head": head,
            "audit_seq": audit_seq,
            "audit_head": audit_head,
            "faults": list(faults),
        }
    )


def anchor_link(prev_hash: str, body: str) -> str:
    """Answer the hash that chains an anchor to the one before it."""
    return hashlib.sha256(f"{ANCHORS}\n{prev_hash}\n{body}".encode()).hexdigest()


def anchor_message(digest: str) -> bytes:
    """Answer what the store's key signs of an anchor."""
    return f"{ANCHORS}\n{digest}".encode()


def anchors_file(anchors: Sequence[Anchor]) -> bytes:
    """Write the anchors as the store publishes them, the oldest first."""
    said = {
        "format": ANCHORS,
        "anchors": [
            {
                "body": json.loads(one.body),
                "prev_hash": one.prev_hash,
                "hash": one.hash,
                "signature": one.signature,
                "key_id": one.key_id,
            }
            for one in anchors
        ],
    }
    return (json.dumps(said, sort_keys=True, indent=2, ensure_ascii=False) + "\n").encode()


def anchors_in_file(file: bytes) -> tuple[Anchor, ...]:
    """Read published anchors back; none when it is no such file. Ask `faults_of_anchors` before believing them."""
    try:
        said = _read(file)["anchors"]
        read = [
            Anchor(canonical(one["body"]), *(str(one[part]) for part in ("prev_hash", "hash", "signature", "key_id")))
            for one in said
        ]
        return tuple(one for one in read if len(one.head) == len(FIRST))
    except (ValueError, RecursionError, LookupError, TypeError):
        return ()


def faults_of_anchors(anchors: Sequence[Anchor], public_key: bytes) -> tuple[str, ...]:
    """Answer what is wrong with a run of anchors under a raw public key, by names."""
    faults = set()
    for before, one in pairwise(anchors):
        if one.prev_hash != before.hash:
            faults.add("chain_broken")
    for one in anchors:
        if one.key_id != key_id(public_key):
            faults.add("other_key")
        if anchor_link(one.prev_hash, one.body) != one.hash:
            faults.add("hash_differs")
        if not _signs(one.signature, public_key, anchor_message(one.hash)):
            faults.add("signature_invalid")
    return tuple(sorted(faults))


def _is_signed(sealed: Sealed, public_key: bytes) -> bool:
    return _signs(sealed.signature, public_key, message(sealed.hash))


def _signs(given: str, public_key: bytes, said: bytes) -> bool:
    try:
        signature = base64.b64decode(given, validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, said)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    # Base64 has spare bits: only one spelling counts.
    return base64.b64encode(signature).decode() == given
