"""`verify-evidence FILE` and `cep pin SERIAL FILE.pem`: judge a comprobante on the spot, without a database.

A picture or a bank's PDF is read as comprobantes are, in this very process; it has no seal, whatever it shows.

Keys are pinned by the operator alone, one file a serial, under the data directory. A key that came inside a file which
somebody shows us would prove nothing: a forger seals with his own.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, Final

from seguripago.adapters.receipt_readers.rapid_ocr import ADAPTER as RECEIPTS
from seguripago.ports import cep_seal
from seguripago.ports.cep_examination import examine
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


class EvidenceUnread(Refusal):
    """The file cannot be opened."""

    code = "SP-490"


class PinUnfit(Refusal):
    """A pin is a serial of 20 digits and a PEM with an RSA key of 2048 bits; a certificate must have that serial."""

    code = "SP-491"


def verify_evidence(*, file: str) -> dict[str, Any]:
    """Say what a file is, what it claims, how surely, and whether its seal is good; raises EvidenceUnread."""
    reading = read_evidence(_bytes_of(file), data_dir())
    return {
        "kind": reading.kind.value,
        "seal": reading.seal.value,
        "fields": dict(reading.fields),
        "confidences": dict(reading.confidences),
        "reasons": list(reading.reasons),
    }


def pin(*, serial: str, file: str) -> dict[str, Any]:
    """Pin the key that seals under a certificate serial; raises PinUnfit.

    Gives the key's fingerprint, to be compared with what the bank or Banxico publishes: pinning is the whole trust.
    """
    body = _bytes_of(file)
    if not _SERIAL.fullmatch(serial):
        raise PinUnfit("El número de certificado tiene 20 dígitos.")
    try:
        key = cep_seal.load_key(body)
        own_serial = cep_seal.certificate_serial(body)
    except ValueError:
        raise PinUnfit("El archivo no trae una llave RSA de 2048 bits en PEM.") from None
    if own_serial and own_serial != serial:
        raise PinUnfit(f"Ese certificado tiene otro número: {own_serial}.")
    folder = data_dir() / PINS_FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    pinned = folder / f"{serial}.pem"
    before = pinned.read_bytes() if pinned.exists() else b""
    written = folder / f".{serial}.new"
    written.write_bytes(body)
    written.replace(pinned)
    return {
        "serial": serial,
        "key": f"RSA-{key.key_size}",
        "spki_sha256": cep_seal.fingerprint(key),
        "replaced": bool(before) and before != body,
        "pinned": len(pinned_keys(data_dir())),
    }


def read_evidence(body: bytes, pins_under: Path) -> ReceiptReading:
    """Judge bytes against the pins of a data directory."""
    if not body:
        return ReceiptReading(ReceiptKind.UNKNOWN, Seal.NONE, {}, ("not_a_cep", "empty"))
    if len(body) > MAX_RECEIPT_BYTES:
        return ReceiptReading(ReceiptKind.UNKNOWN, Seal.NONE, {}, ("not_a_cep", "too_long"))
    reading = examine(body, pinned_keys(pins_under)).reading
    if reading.kind is not ReceiptKind.CEP and RECEIPTS.reads(body):
        return RECEIPTS.read(body, {})
    if reading.kind is ReceiptKind.UNKNOWN and body.startswith(b"GIF8"):
        return ReceiptReading(ReceiptKind.IMAGE, Seal.NONE, {}, ("not_a_cep", "not_taken"))
    return reading


def data_dir() -> Path:
    """Give the folder of local data, as the settings do."""
    return Path(os.environ.get("SEGURIPAGO_DATA_DIR", ".data")).absolute()


def _bytes_of(file: str) -> bytes:
    """Read a file, at most one byte more than a comprobante may have; raises EvidenceUnread."""
    try:
        with Path(file).open("rb") as opened:
            return opened.read(MAX_RECEIPT_BYTES + 1)
    except OSError as trouble:
        raise EvidenceUnread(f"No se puede leer {file}: {trouble.strerror}.") from None
