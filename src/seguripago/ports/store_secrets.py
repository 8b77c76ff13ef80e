"""The secret that a store shares with one of its providers, derived and never stored.

HMAC-SHA256 of the installation's main key over the purpose and the store's hook key: a new hook key means new secrets,
and no table holds any of them. The demo's sandbox derives the same values from the same main key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac


def store_secret(main_key: bytes, purpose: str, hook_key: str) -> str:
    """Give the secret of a store for a purpose such as `bank:sandbox` or `card:sandbox`.

    Its shape, `whsec_` and 32 bytes in base64, is the one that the Standard Webhooks libraries take.
    """
    if len(main_key) < 32:
        raise ValueError("the main key has at least 32 bytes")
    message = b"\x1f".join((b"seguripago:store-secret:v1", purpose.encode(), hook_key.encode()))
    return "whsec_" + base64.b64encode(hmac.new(main_key, message, hashlib.sha256).digest()).decode()


def secret_path(secret: str) -> str:
    """Give the form of a secret that fits in an address or a Basic password: 43 URL-safe characters."""
    raw = base64.b64decode(secret.removeprefix("whsec_"))
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
