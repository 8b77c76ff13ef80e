"""The token of a payment link: PASETO v4.local carrying a handle, expiry and audience, and nothing else.

Store and purpose are implicit assertions; the footer names the key and the store. Amount and order stay in the row.
The key is derived from the installation's main key and changes with it; a link made under the main key before this one
opens as long as that key is in the ring.
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
from pyseto import Key

from seguripago.foundations.stores import keyring

AUDIENCE: Final = "pago"
FIRST_KEY_ID: Final = "k1"
"""What footers said before keys had names of their own: any key of the ring may have made them."""


class BadToken(ValueError):
    """Forged, altered, cut, of another key or store: one and the same answer for all."""


@dataclass(frozen=True, slots=True)
class Claims:
    handle: str
    expires_at: datetime
    store_id: int


def make(handle: str, *, store_id: int, expires_at: datetime) -> str:
    payload = {"jti": handle, "exp": expires_at.astimezone(UTC).isoformat(timespec="seconds"), "aud": AUDIENCE}
    main_key = keyring.ring()[0]
    footer = json.dumps({"kid": _name(main_key), "s": store_id}).encode()
    token: bytes = pyseto.encode(_key(main_key), payload, footer=footer, implicit_assertion=_assertion(store_id))
    return token.decode().removeprefix("v4.local.")


def read(token: str) -> Claims:
    """Open a token. Raises BadToken; an expired one is read too: the row says what it is worth now."""
    try:
        encoded = f"v4.local.{token}"
        footer = json.loads(_footer(encoded))
        store_id = int(footer["s"])
        payload: dict[str, Any] = json.loads(_open(encoded, str(footer["kid"]), _assertion(store_id)))
        if payload["aud"] != AUDIENCE:
            raise BadToken
        return Claims(str(payload["jti"]), datetime.fromisoformat(payload["exp"]), store_id)
    except BadToken:
        raise
    except Exception as error:
        raise BadToken from error


def _open(encoded: str, key_id: str, assertion: bytes) -> bytes:
    for main_key in keyring.ring():
        if key_id not in {_name(main_key), FIRST_KEY_ID}:
            continue
        try:
            # No deserializer: pyseto would refuse an expired token, which must be told apart from a forged one.
            return cast(bytes, pyseto.decode(_key(main_key), encoded, implicit_assertion=assertion).payload)
        except pyseto.DecryptError:
            continue
    raise BadToken


def _name(main_key: bytes) -> str:
    return keyring.key_id(main_key).hex()


def _footer(encoded: str) -> bytes:
    part = encoded.split(".")[3]
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _assertion(store_id: int) -> bytes:
    return f"seguripago:link:v1:{store_id}".encode()


@cache
def _key(main_key: bytes) -> Any:
    derived = hashlib.sha256(b"seguripago link key " + FIRST_KEY_ID.encode() + main_key).digest()
    return Key.new(version=4, purpose="local", key=derived)
