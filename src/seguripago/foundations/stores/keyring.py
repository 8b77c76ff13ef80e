"""Secrets at rest: AES-256-GCM under the main key, bound to what they belong to.

A sealed secret names the key that sealed it, so that the main key can be changed without a moment in which something
cannot be read: `SEGURIPAGO_MAIN_KEY` seals and opens, `SEGURIPAGO_MAIN_KEY_PREVIOUS` only opens, until
`seguripago rotate-keys` has sealed everything again.
"""

from __future__ import annotations

import hashlib
import os
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES: Final = 12
MARK: Final = b"SPK1"
KEY_ID_BYTES: Final = 4
_HEAD: Final = len(MARK) + KEY_ID_BYTES


def ring() -> tuple[bytes, ...]:
    """Every main key that may open something: the current one first."""
    return (settings.SEGURIPAGO.main_key, *settings.SEGURIPAGO.previous_main_keys)


def key_id(key: bytes) -> bytes:
    """The name of a key, from which nobody learns the key."""
    return hashlib.sha256(b"seguripago key id " + key).digest()[:KEY_ID_BYTES]


def seal(secret: bytes, *, belongs_to: str) -> bytes:
    """Encrypt; `belongs_to` (e.g. `store:sierra-alta:signing`) must be the same when it is opened."""
    key = settings.SEGURIPAGO.main_key
    nonce = os.urandom(NONCE_BYTES)
    return MARK + key_id(key) + nonce + AESGCM(key).encrypt(nonce, secret, belongs_to.encode())


def unseal(sealed: bytes | memoryview, *, belongs_to: str) -> bytes:
    """Decrypt; raises cryptography.exceptions.InvalidTag when altered, of another owner or of a key that is gone."""
    raw = bytes(sealed)
    if raw.startswith(MARK):
        for key in ring():
            if key_id(key) == raw[len(MARK) : _HEAD]:
                return _open(key, raw[_HEAD:], belongs_to)
    # Sealed before keys had names (or, once in four thousand million, a nonce that looks like the mark).
    for key in ring():
        try:
            return _open(key, raw, belongs_to)
        except InvalidTag:
            continue
    raise InvalidTag


def opens(sealed: bytes | memoryview, *, belongs_to: str) -> bool:
    """Whether one of our main keys opens it."""
    try:
        unseal(sealed, belongs_to=belongs_to)
    except InvalidTag:
        return False
    return True


def is_current(sealed: bytes | memoryview) -> bool:
    """Whether the current main key sealed it: nothing is left to do for it."""
    return bytes(sealed[:_HEAD]) == MARK + key_id(settings.SEGURIPAGO.main_key)


def _open(key: bytes, raw: bytes, belongs_to: str) -> bytes:
    return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], belongs_to.encode())
