"""What we ask of whoever reads a file that a buyer shows us: what is it, what does it say, is its seal good?

A reading is a claim with reasons; it never moves money.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

FAMILY: Final = "receipt_readers"
MAX_RECEIPT_BYTES: Final = 10 * 1_048_576

TRACKING_KEY_NOT_SEALED: Final = "tracking_key_not_sealed"
"""Every CEP carries it: the clave de rastreo is an attribute outside the sealed chain, so anybody may edit it."""

OCR_SETTING: Final = "SEGURIPAGO_OCR"
OCR_OFF: Final = "ocr_off"
"""The reason of a picture that nobody looked at, because the operator wants it so."""

type PinnedKeys = Mapping[str, bytes]
"""Certificate serial → PEM (a certificate or a bare public key) that the operator approved."""


PINS_FOLDER: Final = "cep_pins"
"""Under the data directory: one `<serial>.pem` for each certificate that the operator approved."""


def pinned_keys(data_dir: Path) -> dict[str, bytes]:
    """Read what the operator pinned; nothing pinned gives nothing, and then no seal is verifiable."""
    return {file.stem: file.read_bytes() for file in sorted((data_dir / PINS_FOLDER).glob("*.pem"))}


def ocr_is_on(environment: Mapping[str, str]) -> bool:
    """Whether pictures are looked at: unless SEGURIPAGO_OCR says off. Text layers are read anyhow."""
    return environment.get(OCR_SETTING, "").lower() not in {"0", "off", "no", "false"}


class ReceiptKind(StrEnum):
    """What a file is, as far as its bytes say."""

    CEP = "cep"
    IMAGE = "image"
    PDF = "pdf"
    UNKNOWN = "unknown"


class Seal(StrEnum):
    """What is known of the seal. NOT_VERIFIABLE never becomes VERIFIED by a default."""

    VERIFIED = "verified"
    INVALID = "invalid"
    NOT_VERIFIABLE = "not_verifiable"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class ReceiptReading:
    """What a file says.

    `fields`: tracking_key, amount (decimal text), date (ISO operation date), clabe (the beneficiary's) and more.
    `confidences`: how sure the reader is of each field, 0 to 1; empty where they are data and not a look.
    `seal_digest` is the SHA-256 of the seal, in hex: the one thing by which a CEP is unique; empty where there is none.
    """

    kind: ReceiptKind
    seal: Seal
    fields: Mapping[str, str]
    reasons: tuple[str, ...]
    seal_digest: str = ""
    confidences: Mapping[str, float] = field(default_factory=dict)


class ReceiptReader(Protocol):
    """Reads one kind of file."""

    @property
    def slug(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def is_slow(self) -> bool:
        """Say whether reading takes seconds and a process of its own; such a reader never runs while somebody waits."""
        ...

    def reads(self, body: bytes) -> bool:
        """Say whether these bytes look like this reader's kind; cheap, never raises."""
        ...

    def read(self, body: bytes, pinned_keys: PinnedKeys) -> ReceiptReading:
        """Read them; a file that is broken or altered gives a reading with reasons, never an exception."""
        ...
