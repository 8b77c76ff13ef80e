"""`seguripago verify-receipt FILE --key PEM`: whether a downloaded receipt is genuine, without any database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from seguripago.journey.receipts.rules import faults_of_file, raw_public_key


def verify_receipt(*, file: str, key: str) -> dict[str, Any]:
    """Check the file under the store's public key (PEM, or its 32 bytes in base64): valid or not, and why not.

    `reasons` names what is wrong: file_missing, key_unreadable, not_a_receipt, unknown_format, other_key, hash_differs,
    signature_invalid, written_differently.
    """
    try:
        receipt, pem = Path(file).read_bytes(), Path(key).read_bytes()
    except OSError:
        return {"valid": False, "reasons": ["file_missing"]}
    public_key = raw_public_key(pem)
    if public_key is None:
        return {"valid": False, "reasons": ["key_unreadable"]}
    faults = faults_of_file(receipt, public_key)
    return {"valid": not faults, "reasons": list(faults)}
