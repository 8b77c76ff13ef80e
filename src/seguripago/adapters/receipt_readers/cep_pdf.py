"""CEP: the PDF that Banxico prints of what the receiving bank sealed. Any other PDF is said to be just that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from seguripago.ports.cep_examination import examine_paper
from seguripago.ports.receipt_readers import PinnedKeys, ReceiptReading


@dataclass(frozen=True, slots=True)
class CepPdf:
    """Reads CEPs in the text layer of a PDF."""

    slug: str = "cep_pdf"
    title: str = "CEP de Banxico (PDF)"
    is_slow: bool = False

    def reads(self, body: bytes) -> bool:
        return body.startswith(b"%PDF-")

    def read(self, body: bytes, pinned_keys: PinnedKeys) -> ReceiptReading:
        return examine_paper(body, pinned_keys).reading


ADAPTER: Final = CepPdf()
