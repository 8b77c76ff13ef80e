"""CEP: the XML that the receiving bank seals for every SPEI transfer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from seguripago.ports.cep import looks_like_cep_xml
from seguripago.ports.cep_examination import examine_xml
from seguripago.ports.receipt_readers import PinnedKeys, ReceiptReading


@dataclass(frozen=True, slots=True)
class CepXml:
    """Reads CEPs in XML."""

    slug: str = "cep_xml"
    title: str = "CEP de Banxico (XML)"
    is_slow: bool = False

    def reads(self, body: bytes) -> bool:
        return looks_like_cep_xml(body)

    def read(self, body: bytes, pinned_keys: PinnedKeys) -> ReceiptReading:
        return examine_xml(body, pinned_keys).reading


ADAPTER: Final = CepXml()
