"""How STP wants its clients to sign: RSA, PKCS#1 v1.5, SHA-256, base64, over a chain between double bars.

Two generations of chains are in use. The payment order's has 34 fields, and so has a query of the older service
(`speiws/rest/ordenPago`), which fills only the fields it asks by. The queries of the newer one (`efws/API`) chain just
what they ask. Learnt from public clients of STP (stpmex 3.x, speid), whose behaviour agrees; STP's own pages need an
account.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from .asking import ask
from .bank_feeds import Credentials, FeedRefused, credential

ORDER_FIELDS: Final = (
    "institucionContraparte",
    "empresa",
    "fechaOperacion",
    "folioOrigen",
    "claveRastreo",
    "institucionOperante",
    "monto",
    "tipoPago",
    "tipoCuentaOrdenante",
    "nombreOrdenante",
    "cuentaOrdenante",
    "rfcCurpOrdenante",
    "tipoCuentaBeneficiario",
    "nombreBeneficiario",
    "cuentaBeneficiario",
    "rfcCurpBeneficiario",
    "emailBeneficiario",
    "tipoCuentaBeneficiario2",
    "nombreBeneficiario2",
    "cuentaBeneficiario2",
    "rfcCurpBeneficiario2",
    "conceptoPago",
    "conceptoPago2",
    "claveCatUsuario1",
    "claveCatUsuario2",
    "clavePago",
    "referenciaCobranza",
    "referenciaNumerica",
    "tipoOperacion",
    "topologia",
    "usuario",
    "medioEntrega",
    "prioridad",
    "iva",
)
"""The 34 fields of an order, in the order in which they are signed."""


class BarInside(FeedRefused):
    """A value holds the bar that separates values: the chain could be read two ways."""

    def __init__(self) -> None:
        super().__init__("bar_inside")


def order_chain(fields: Mapping[str, str]) -> str:
    """Chain the 34 fields of an order or of a query of the older service; what is not given is empty.

    Amounts are given as texts with two decimals. Raises KeyError for a field that an order does not have.
    """
    strange = fields.keys() - set(ORDER_FIELDS)
    if strange:
        raise KeyError(sorted(strange)[0])
    return chain(*(fields.get(name, "") for name in ORDER_FIELDS))


def chain(*values: str) -> str:
    """Put values between bars. Raises BarInside."""
    if any("|" in value or "\n" in value or "\r" in value for value in values):
        raise BarInside
    return f"||{'|'.join(values)}||"


def sign(text: str, *, private_key: str, passphrase: str = "") -> str:
    """Sign a chain with the company's key (PEM). Raises FeedRefused for a key that is none, or another password."""
    try:
        key = load_pem_private_key(private_key.encode(), passphrase.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise FeedRefused("private_key") from None
    if not isinstance(key, RSAPrivateKey):
        raise FeedRefused("private_key")
    return base64.b64encode(key.sign(text.encode(), PKCS1v15(), SHA256())).decode()


def ask_signed(
    method: str, path: str, said: Mapping[str, object], signed: str, credentials: Credentials, *, limit: int
) -> bytes:
    """Ask STP with a signature over a chain (`signed`), as `ask` does; raises what it and `sign` raise."""
    private_key, passphrase = credential(credentials, "private_key"), credentials.get("passphrase", "")
    signature = sign(signed, private_key=private_key, passphrase=passphrase)
    return ask(
        method,
        credential(credentials, "address").rstrip("/") + path,
        headers={"content-type": "application/json"},
        body=json.dumps({**said, "firma": signature}).encode(),
        limit=limit,
    )
