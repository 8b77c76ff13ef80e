"""The identity of a bank movement, and which notices are believed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

from seguripago.ports.bank_feeds import BELIEVED, Authenticity


def identity(owner_account: str, sending_institution: str, tracking_key: str, operation_date: date) -> str:
    """One bank movement has one identity, by whatever road it is heard of. The feed is no part of it."""
    return f"{owner_account}|{sending_institution}|{plain_key(tracking_key)}|{operation_date:%Y%m%d}"


def plain_key(tracking_key: str) -> str:
    """Tracking keys are compared without case and surrounding space: banks print them either way."""
    return tracking_key.strip().upper()


def owner_account(clabe: str, prefixes: Sequence[str]) -> tuple[str, bool]:
    """The account of the store that a CLABE stands for (its prefix), and whether it is the store's at all."""
    for prefix in prefixes:
        if clabe.startswith(prefix):
            return prefix, True
    return clabe[:18], False


def is_believed(authenticity: Authenticity, *, accepts_unsigned: bool) -> bool:
    """Whose word makes money move. Unsigned notices announce, unless two people of the store decided otherwise."""
    return authenticity in BELIEVED or (authenticity is Authenticity.SECRET and accepts_unsigned)


def plain_text(text: str, limit: int) -> str:
    """A text from the outside without control, bidi and zero-width characters, cut to the column."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:limit]
    shown = "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return re.sub(r"\s+", " ", shown).strip()[:limit]
