"""Tokens that are none: every way in which one can be wrong, made from a genuine one."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime

import pyseto
from pyseto import Key

from seguripago.journey.payments import link_token

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def wrong_tokens(token: str, *, store_id: int, at: datetime) -> dict[str, str]:
    """Each wrong token by what is wrong with it; `token` is genuine, of the store, and has bits to spare."""
    body, _, footer = token.partition(".")
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    said = {"jti": "h" * 32, "exp": at.isoformat(timespec="seconds"), "aud": link_token.AUDIENCE}
    kid = json.loads(base64.urlsafe_b64decode(footer + "=" * (-len(footer) % 4)))["kid"]
    strange = Key.new(version=4, purpose="local", key=secrets.token_bytes(32))
    ours, _ = link_token._derived(link_token.keyring.ring()[0])
    bound = _footer(kid, store_id), _assertion(store_id)
    return {
        "forged": f"{_text(secrets.token_bytes(len(raw)))}.{footer}",
        "altered in its nonce": f"{_other(body, 3)}.{footer}",
        "altered in its text": f"{_other(body, 60)}.{footer}",
        "altered in its seal": f"{_other(body, len(body) - 8)}.{footer}",
        "altered in its footer": f"{body}.{_other(footer, 14)}",
        "cut by one": f"{body[:-1]}.{footer}",
        "cut in half": f"{body[: len(body) // 2]}.{footer}",
        "cut to nothing": f".{footer}",
        "without its footer": body,
        "with more behind it": f"{token}.{footer}",
        "of another key": _sealed(strange, said, _footer(kid, store_id), _assertion(store_id)),
        "of a key that is not in the ring": _sealed(strange, said, _footer("0badc0de", store_id), _assertion(store_id)),
        "of another store": f"{body}.{_text(_footer(kid, store_id + 1))}",
        "of another store's assertion": _sealed(ours, said, _footer(kid, store_id), _assertion(store_id + 1)),
        "of another purpose": _sealed(ours, said, _footer(kid, store_id), b"seguripago\x1frefund\x1f%d" % store_id),
        "without an assertion": _sealed(ours, said, _footer(kid, store_id), b""),
        "for another audience": _sealed(ours, {**said, "aud": "x"}, *bound),
        "with a claim too many": _sealed(ours, {**said, "nbf": at.isoformat()}, *bound),
        "without its expiry": _sealed(ours, {"jti": "h", "aud": link_token.AUDIENCE}, *bound),
        "with other trailing bits": f"{_other_bits(body)}.{footer}",
        "with other trailing bits in its footer": f"{body}.{_other_bits(footer)}",
        "with padding": f"{body}=.{footer}",
        "in the other alphabet": f"{body[:-1]}+.{footer}",
        "with a line's end": f"{body[:20]}\n{body[20:]}.{footer}",
        "in capitals": token.upper(),
        "in small letters": token.lower(),
        "with its head": f"v4.local.{token}",
        "with another head": f"v4.public.{token}",
        "in other digits": f"{body[:-1]}\uff11.{footer}",
        "with a NUL": f"{token}\0",
        "as JSON too deep": f"{body}.{_text(b'[' * 500)}",
        "for a store that is a word": f"{body}.{_text(json.dumps({'kid': kid, 's': 'x'}).encode())}",
        "for a store that is true": f"{body}.{_text(json.dumps({'kid': kid, 's': True}).encode())}",
        "too long": token + "A" * 2000,
        "empty": "",
    }  # fmt: skip


def _sealed(key: object, said: dict[str, str], footer: bytes, assertion: bytes) -> str:
    token: bytes = pyseto.encode(key, said, footer=footer, implicit_assertion=assertion)  # type: ignore[arg-type]
    return token.decode().removeprefix("v4.local.")


def _footer(kid: str, store_id: int) -> bytes:
    return json.dumps({"kid": kid, "s": store_id}).encode()


def _assertion(store_id: int) -> bytes:
    return b"seguripago\x1fpayment link\x1f%d" % store_id


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _other(text: str, place: int) -> str:
    return text[:place] + ("B" if text[place] == "A" else "A") + text[place + 1 :]


def _other_bits(text: str) -> str:
    """The same bytes in another spelling: only bits that say nothing differ."""
    spare = {2: 16, 3: 4}[len(text) % 4]
    place = _ALPHABET.index(text[-1])
    assert place % spare == 0
    return text[:-1] + _ALPHABET[place + 1]
