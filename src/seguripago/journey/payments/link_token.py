"""The token of a payment link: PASETO v4.local carrying a handle, expiry and audience, and nothing else.

Store and purpose are implicit assertions; the footer names the key and the store. Amount, order and version stay in the
row. The key is derived from the installation's main key and changes with it: a token opens as long as the main key that
made it is in the ring, whether it is the current one, the one before or the next.

Whatever is wrong with a token, the answer is the same and so is the work: reading any token opens one and fails to open
one, the second of them a decoy's. A token whose time is over is genuine: `Claims.is_over` tells it apart.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

import pyseto
from pyseto import Key, Paseto

from seguripago.foundations.stores import keyring

AUDIENCE: Final = "pago"
PURPOSE: Final = "payment link"
_HEAD: Final = "v4.local."
_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{1,900}\.[A-Za-z0-9_-]{1,120}")
_CLAIMS: Final = frozenset({"jti", "exp", "aud"})
# pyseto reads JSON and checks the audience. Its own clock would call an expired token an error like any other, so it is
# given three hundred years; ours tells expired from forged, by the caller's clock.
_READER: Final = Paseto.new(leeway=10_000_000_000)


class BadToken(ValueError):
    """Forged, altered, cut, written otherwise, of another key, store or audience: one and the same answer for all."""


@dataclass(frozen=True, slots=True)
class Claims:
    handle: str
    expires_at: datetime
    store_id: int

    def is_over(self, at: datetime) -> bool:
        """Whether the token's own time has come; what its row says counts besides."""
        return self.expires_at <= at


@dataclass(frozen=True, slots=True)
class _Sealed:
    """A token whose shape is right, and the key that it names."""

    key: Any
    encoded: str
    store_id: int


def make(handle: str, *, store_id: int, expires_at: datetime) -> str:
    """Write the token of a link, under the current main key, without what all of them begin with."""
    return _make(keyring.ring()[0], handle, store_id, expires_at)


def read(token: str) -> Claims:
    """Open a token, expired ones too. Raises BadToken. Good or bad, it takes the same work.

    Doing so only for what is refused would not do: a genuine token whose link there never was is refused later, by
    whoever looks for it, and what is done after that look is slower than what is done before.
    """
    sealed = _sealed(token)
    good, bad = _decoys()
    try:
        claims = _claims(_open(sealed or bad), (sealed or bad).store_id)
    except pyseto.DecryptError:
        _claims(_open(good), good.store_id)
        raise BadToken from None
    except (pyseto.PysetoError, ValueError, TypeError, AttributeError):
        _fail(bad)
        raise BadToken from None
    _fail(bad)
    return claims


def _fail(bad: _Sealed) -> None:
    with suppress(pyseto.DecryptError):
        _open(bad)


def _make(main_key: bytes, handle: str, store_id: int, expires_at: datetime, audience: str = AUDIENCE) -> str:
    key, kid = _derived(main_key)
    payload = {"jti": handle, "exp": expires_at.astimezone(UTC).isoformat(timespec="seconds"), "aud": audience}
    token: bytes = pyseto.encode(
        key, payload, footer=_footer(kid, store_id), implicit_assertion=_assertion(store_id), serializer=json
    )
    return token.decode().removeprefix(_HEAD)


def _sealed(token: str) -> _Sealed | None:
    """The token, if it is written as we write tokens and names a key of ours; None when it need not be opened.

    Base64 has several spellings of the same bytes (bits behind the end, padding): only ours is the token.
    """
    if not _SHAPE.fullmatch(token):
        token = _decoys()[1].encoded.removeprefix(_HEAD)  # Whatever has no shape is read as if it had one.
    body, _, tail = token.partition(".")
    raw, footer = _exact(body), _exact(tail)
    try:
        said = json.loads(footer or b"{}")
        kid, store_id = said["kid"], said["s"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if raw is None or type(kid) is not str or type(store_id) is not int or _footer(kid, store_id) != footer:
        return None
    for main_key in keyring.ring():
        key, name = _derived(main_key)
        if name == kid:
            return _Sealed(key, f"{_HEAD}{token}", store_id)
    return None


def _open(sealed: _Sealed) -> Any:
    return _READER.decode(
        sealed.key, sealed.encoded, implicit_assertion=_assertion(sealed.store_id), deserializer=json
    ).payload


def _claims(said: Any, store_id: int) -> Claims:
    if said.keys() != _CLAIMS or said["aud"] != AUDIENCE:
        raise ValueError
    return Claims(str(said["jti"]), datetime.fromisoformat(said["exp"]), store_id)


def _exact(part: str) -> bytes | None:
    """The bytes, if this is the one way to write them."""
    try:
        raw = base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    return raw if base64.urlsafe_b64encode(raw).rstrip(b"=") == part.encode() else None


def _footer(kid: str, store_id: int) -> bytes:
    return json.dumps({"kid": kid, "s": store_id}).encode()


def _assertion(store_id: int) -> bytes:
    return f"seguripago\x1f{PURPOSE}\x1f{store_id}".encode()


@lru_cache(maxsize=64)
def _derived(main_key: bytes) -> tuple[Any, str]:
    """The key of links under a main key, and the name that footers call it by."""
    derived = hashlib.sha256(b"seguripago link key 2 " + main_key).digest()
    return Key.new(version=4, purpose="local", key=derived), keyring.key_id(main_key).hex()


@lru_cache(maxsize=1)
def _decoys() -> tuple[_Sealed, _Sealed]:
    """A token that opens and one whose seal does not fit, of a key that nobody has."""
    nobodys = hashlib.sha256(b"seguripago decoy " + keyring.ring()[0]).digest()
    key, _ = _derived(nobodys)
    good = _make(nobodys, "d" * 43, 1, datetime(2100, 1, 1, tzinfo=UTC))
    body, _, tail = good.partition(".")
    bad = f"{body[:40]}{'A' if body[40] != 'A' else 'B'}{body[41:]}.{tail}"
    return _Sealed(key, f"{_HEAD}{good}", 1), _Sealed(key, f"{_HEAD}{bad}", 1)
