"""Secrets at rest: AES-256-GCM under the main key, bound to what they belong to."""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


def seal(secret: bytes, *, belongs_to: str) -> bytes:
    """Encrypt; `belongs_to` (e.g. `store:sierra-alta:signing`) must be the same when it is opened."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(settings.SEGURIPAGO.main_key).encrypt(nonce, secret, belongs_to.encode())


def unseal(sealed: bytes | memoryview, *, belongs_to: str) -> bytes:
    """Decrypt; raises cryptography.exceptions.InvalidTag when altered or of another owner."""
    return AESGCM(settings.SEGURIPAGO.main_key).decrypt(
        bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), belongs_to.encode()
    )
