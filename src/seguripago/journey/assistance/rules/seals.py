"""What the store signs of a bank-details card, and the short code that a person can compare."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final

SIGNED: Final = ("number", "clabe", "bank", "beneficiary", "amount_centavos", "concept", "reference", "expires_at")


def signed_text(store_id: int, conversation: str, entry: str, body: Mapping[str, Any]) -> bytes:
    """The exact bytes under the signature: store, folio, account, amount, expiry, and the entry that shows them."""
    said = {name: body.get(name, "") for name in SIGNED}
    said |= {"what": "bank_details", "version": 1, "store": store_id, "conversation": conversation, "entry": entry}
    return json.dumps(said, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def check_code(signature: str) -> str:
    """Eight letters of a signature, `K7QM-2XPD`: what a person compares. The signature itself is what counts."""
    letters = base64.b32encode(hashlib.sha256(signature.encode()).digest()).decode()[:8]
    return f"{letters[:4]}-{letters[4:]}"
