"""`verify-evidence FILE` and `cep pin SERIAL FILE.pem`: judge a comprobante on the spot, without a database.

Keys are pinned by the operator alone, one file a serial, under the data directory. A key that came inside a file which
somebody shows us would prove nothing: a forger seals with his own.
"""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from seguripago.adapters.receipt_readers import cep_xml
from seguripago.ports.receipt_readers import (
    MAX_RECEIPT_BYTES,
    PINS_FOLDER,
    ReceiptKind,
    ReceiptReading,
    Seal,
    pinned_keys,
)
from seguripago.values.refusal import Refusal

_SERIAL: Final = re.compile(r"\d{20}", re.ASCII)
_STARTS: Final = {
    b"%PDF-": ReceiptKind.PDF,
    b"\x89PNG\r\n\x1a\n": ReceiptKind.IMAGE,
    b"\xff\xd8\xff": ReceiptKind.IMAGE,
    b"GIF8": ReceiptKind.IMAGE,
}


class EvidenceUnread(Refusal):
    """The file cannot be opened, or is too long to be a comprobante."""

    code = "SP-490"


class PinUnfit(Refusal):
    """A pin is a certificate serial of 20 digits and a PEM with an RSA key of at least 2048 bits."""

    code = "SP-491"


def verify_evidence(*, file: str) -> dict[str, Any]:
    """Say what a file is, what it claims and whether its seal is good; raises EvidenceUnread."""
    reading = read_evidence(_bytes_of(file), data_dir())
    return {
        "kind": reading.kind.value,
        "seal": reading.seal.value,
        "fields": dict(reading.fields),
        "reasons": list(reading.reasons),
    }


def pin(*, serial: str, file: str) -> dict[str, Any]:
    """Pin the key that seals under a certificate serial; raises PinUnfit."""
    body = _bytes_of(file)
    if not _SERIAL.fullmatch(serial):
        raise PinUnfit("El número de certificado tiene 20 dígitos.")
    try:
        key = cep_xml.load_key(body)
    except ValueError:
        raise PinUnfit("El archivo no trae una llave RSA de 2048 bits o más en PEM.") from None
    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    folder = data_dir() / PINS_FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    written = folder / f".{serial}.new"
    written.write_bytes(body)
    written.replace(folder / f"{serial}.pem")
    return {"serial": serial, "spki_sha256": hashlib.sha256(der).hexdigest(), "pinned": len(pinned_keys(data_dir()))}


def read_evidence(body: bytes, pins_under: Path) -> ReceiptReading:
    """Judge bytes against the pins of a data directory."""
    if cep_xml.ADAPTER.reads(body):
        return cep_xml.ADAPTER.read(body, pinned_keys(pins_under))
    return ReceiptReading(_kind_of(body), Seal.NONE, {}, ("not_a_cep",))


def data_dir() -> Path:
    """Give the folder of local data, as the settings do."""
    return Path(os.environ.get("SEGURIPAGO_DATA_DIR", ".data")).absolute()


def _kind_of(body: bytes) -> ReceiptKind:
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return ReceiptKind.IMAGE
    return next((kind for start, kind in _STARTS.items() if body.startswith(start)), ReceiptKind.UNKNOWN)


def _bytes_of(file: str) -> bytes:
    """Read a whole file of a comprobante's length; raises EvidenceUnread."""
    try:
        with Path(file).open("rb") as opened:
            body = opened.read(MAX_RECEIPT_BYTES + 1)
    except OSError as trouble:
        raise EvidenceUnread(f"No se puede leer {file}: {trouble.strerror}.") from None
    if len(body) > MAX_RECEIPT_BYTES:
        raise EvidenceUnread(f"{file} pasa de {MAX_RECEIPT_BYTES // 1_048_576} MB.")
    return body
