"""The token of a payment link: PASETO v4.local carrying a handle, expiry and audience, and nothing else.

Store and purpose are implicit assertions; the footer names the key and the store. Amount and order stay in the row.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, cast

import pyseto
from django.conf import settings
from pyseto import Key

AUDIENCE: Final = "pago"
KEY_ID: Final = "k1"


class BadToken(ValueError):
    """Forged, altered, cut, of another key or store: one and the same answer for all."""


@dataclass(frozen=True, slots=True)
class Claims:
    handle: str
    expires_at: datetime
    store_id: int


def make(handle: str, *, store_id: int, expires_at: datetime) -> str:
    payload = {"jti": handle, "exp": expires_at.astimezone(UTC).isoformat(timespec="seconds"), "aud": AUDIENCE}
    footer = json.dumps({"kid": KEY_ID, "s": store_id}).encode()
    token: bytes = pyseto.encode(_key(), payload, footer=footer, implicit_assertion=_assertion(store_id))
    return token.decode().removeprefix("v4.local.")


def read(token: str) -> Claims:
    """Open a token. Raises BadToken; an expired one is read too: the row says what it is worth now."""
    try:
        encoded = f"v4.local.{token}"
        footer = json.loads(_footer(encoded))
        store_id = int(footer["s"])
        if footer["kid"] != KEY_ID:
            raise BadToken
        # No deserializer: pyseto would refuse an expired token, which must be told apart from a forged one.
        opened = pyseto.decode(_key(), encoded, implicit_assertion=_assertion(store_id))
        payload: dict[str, Any] = json.loads(cast(bytes, opened.payload))
        if payload["aud"] != AUDIENCE:
            raise BadToken
        return Claims(str(payload["jti"]), datetime.fromisoformat(payload["exp"]), store_id)
    except BadToken:
        raise
    except Exception as error:
        raise BadToken from error


def _footer(encoded: str) -> bytes:
    part = encoded.split(".")[3]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _assertion(store_id: int) -> bytes:
    return f"seguripago:link:v1:{store_id}".encode()


@cache
def _key() -> Any:
    derived = hashlib.sha256(b"seguripago link key " + KEY_ID.encode() + settings.SEGURIPAGO.main_key).digest()
    return Key.new(version=4, purpose="local", key=derived)
