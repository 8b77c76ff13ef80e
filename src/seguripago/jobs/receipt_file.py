"""`seguripago verify-receipt FILE [--key PEM]`: whether a downloaded receipt is genuine.

With a key nothing else is needed. Without one the key is the store's, as this installation knows it. A file cannot
vouch for itself: where neither is there, the answer is no, and says which key to fetch.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seguripago.journey.receipts.rules import KEY_UNKNOWN, faults_of_file, key_id, named_in_file, raw_public_key


@dataclass(frozen=True, slots=True)
class KnownKey:
    """A store's public key, and where it was found."""

    raw: bytes
    store: str
    found_in: str


def verify_receipt(*, file: str, key: str | None = None) -> dict[str, Any]:
    """Check the file under the key (PEM, or its 32 bytes in base64), else under the store's own: valid or not, and why.

    `reasons` names what is wrong: file_missing, key_unreadable, key_unknown, not_a_receipt, unknown_format, other_key,
    hash_differs, signature_invalid, written_differently. `key_from` is "file", "installation" or "".
    """
    try:
        receipt = Path(file).read_bytes()
        pem = Path(key).read_bytes() if key is not None else None
    except OSError:
        return _said(["file_missing"])
    named = named_in_file(receipt)
    if named is None:
        return _said(["not_a_receipt"])
    if pem is not None:
        raw = raw_public_key(pem)
        known = KnownKey(raw, "", "file") if raw is not None else None
        missing = "key_unreadable"
    else:
        known, missing = _installed_key(named.key_id), KEY_UNKNOWN
    if known is None:
        return _said([missing], number=named.number, named=named.key_id)
    faults = faults_of_file(receipt, known.raw)
    return _said(list(faults), number=named.number, named=named.key_id, known=known)


def _said(reasons: list[str], *, number: str = "", named: str = "", known: KnownKey | None = None) -> dict[str, Any]:
    return {
        "valid": not reasons,
        "reasons": reasons,
        "number": number,
        "key_id": named,
        "store": known.store if known else "",
        "key_from": known.found_in if known else "",
    }


def _installed_key(wanted: str) -> KnownKey | None:
    """Ask this machine's installation, if one is there, for the store whose key has this id."""
    from django.apps import apps

    if not apps.ready:
        return None
    from django.db import Error

    from seguripago.foundations.stores.queries import stores_all

    try:
        stores = stores_all()
    except Error:
        return None
    for store in stores:
        raw = base64.b64decode(store.public_key)
        if key_id(raw) == wanted:
            return KnownKey(raw, store.slug, "installation")
    return None
