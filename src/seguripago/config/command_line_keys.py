"""`seguripago push-keys`: the key pair with which this house signs web push."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def make_push_keys() -> dict[str, Any]:
    """Make a new pair; nothing is stored. The public half is derived from the private one, so only that is kept."""
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_numbers().private_value.to_bytes(32, "big")
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"SEGURIPAGO_PUSH_KEY": _text(private), "public": _text(public)}


def _text(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")
