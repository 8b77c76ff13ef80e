"""The second proof: outside the buyer's own session a link asks for something that the link itself does not tell.

Pure. A whole proof (e-mail or telephone) is what the chat asks for too; four digits show how to pay, and no more.
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from enum import StrEnum

from seguripago.journey.orders.shapes import Buyer


class Proof(StrEnum):
    """How a browser has proved itself for a link."""

    NONE = ""
    DIGITS = "digits"
    WHOLE = "whole"
    OWN = "own"

    @property
    def opens_order(self) -> bool:
        """Whether it is enough for the buyer's own page, with addresses and papers."""
        return self in {Proof.WHOLE, Proof.OWN}


def proof_in(said: str, buyer: Buyer) -> Proof:
    """Judge what was typed: the order's e-mail, its telephone or its last four digits. Every comparison is made."""
    typed = unicodedata.normalize("NFKC", said).strip()
    digits, known = re.sub(r"\D", "", typed), re.sub(r"\D", "", buyer.phone)[-10:]
    is_number = not re.sub(r"[\d\s()+.-]", "", typed)
    same_email = _same(typed.casefold(), buyer.email.strip().casefold())
    same_phone = _same(digits[-10:], known) and len(digits) >= 10
    same_four = _same(digits, known[-4:]) and len(digits) == 4
    if same_email or (is_number and same_phone):
        return Proof.WHOLE
    return Proof.DIGITS if is_number and same_four else Proof.NONE


def _same(typed: str, known: str) -> bool:
    return hmac.compare_digest(typed.encode(), known.encode()) and bool(typed)
