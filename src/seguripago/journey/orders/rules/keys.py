"""What proves that two requests are one, and that a person holds the PRE-FACTURA."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from typing import Any

from seguripago.values.safe_text import clean

from ..shapes import Buyer, PlaceOrder, PlaceQuickOrder


def request_hash(placing: PlaceOrder) -> str:
    """Hash what the buyer asked for; the drawn number and token play no part."""
    asked: dict[str, Any] = {
        "buyer": placing.buyer.to_json(),
        "billing": placing.billing.to_json(),
        "shipping": placing.shipping.to_json(),
        "lines": sorted((line.product_id, line.quantity) for line in placing.lines),
        "preference": str(placing.preference),
        "privacy_version": placing.privacy_version,
        "marketing_opt_in": placing.marketing_opt_in,
    }
    return _digest(asked)


def quick_hash(asked: PlaceQuickOrder) -> str:
    """Hash what the store asks of a buyer; the drawn number and token play no part."""
    return _digest(
        {
            "kind": "quick",
            "buyer": asked.buyer.to_json(),
            "concept": asked.concept,
            "centavos": asked.amount.centavos,
            "iva_bp": asked.iva_bp,
            "note": asked.note,
            "valid_days": asked.valid_days,
        }
    )


def pre_invoice_key(access_token: str, number: str) -> str:
    """Derive the key printed on the PRE-FACTURA: 16 letters and digits (80 bits) that do not give the token away.

    Every version of an order's PRE-FACTURA carries the same key: a paper printed before a correction still proves.
    """
    digest = hmac.new(access_token.encode(), f"pre-factura:{number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:10]).decode()


def phone_digits(phone: str) -> str:
    """Bring a Mexican telephone to its ten digits; shorter ones stay as they are and prove nothing."""
    return re.sub(r"\D", "", clean(phone))[-10:]


def proves(buyer: Buyer, key: str, *, email: str, phone: str, pre_invoice_key: str) -> bool:
    """Say whether one of the proofs given is the order's: its e-mail, its telephone or the key of its PRE-FACTURA.

    An empty proof proves nothing; every comparison is made, in constant time.
    """
    typed_phone, typed_email = phone_digits(phone), email.strip().casefold()
    typed_key = re.sub(r"[^A-Z2-7]", "", pre_invoice_key.upper())
    same_email = _same(typed_email, buyer.email.strip().casefold())
    same_phone = len(typed_phone) == 10 and _same(typed_phone, phone_digits(buyer.phone))
    return any([same_email, same_phone, _same(typed_key, key)])


def _same(typed: str, known: str) -> bool:
    return hmac.compare_digest(typed.encode(), known.encode()) and bool(typed)


def _digest(asked: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(asked, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
