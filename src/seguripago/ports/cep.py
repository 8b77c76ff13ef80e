"""CEP: what the receiving bank seals for every SPEI transfer, taken apart and compared with itself.

Two readers, a bank feed and the look-up at Banxico speak of CEPs, and adapters do not know one another, so the shape
lives with what we ask of them. The seal binds `cadenaCDA` only: every attribute is first compared with its field of
the chain. The clave de rastreo, which the chain does not hold, is never believed for its own sake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

MAX_CEP_BYTES: Final = 262_144
FEWEST_PARTS: Final = 23
"""The chains seen have 23 (2019), 30 (2022) and 47 (2024) parts; parts 2 to 19 kept their places in all of them."""
UNSAID: Final = frozenset({"", "NA"})

_AMOUNT: Final = re.compile(r"\d{1,18}(?:\.\d{1,2})?", re.ASCII)
_SERIAL: Final = re.compile(r"\d{20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cep:
    """The parts of a CEP as the file says them, each attribute by name, before anything is believed."""

    head: Mapping[str, str]
    beneficiary: Mapping[str, str]
    payer: Mapping[str, str]

    @property
    def chain(self) -> str:
        return self.head.get("cadenaCDA", "")

    @property
    def seal(self) -> str:
        return self.head.get("sello", "")

    @property
    def serial(self) -> str:
        return self.head.get("numeroCertificado", "")

    @property
    def tracking_key(self) -> str:
        return self.head.get("claveRastreo", "")


class NotACep(Exception):
    """The bytes are not one well-formed CEP."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def looks_like_cep_xml(body: bytes) -> bool:
    """Say whether bytes look like a CEP in XML; cheap, never raises."""
    head = body[:MAX_CEP_BYTES]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    return head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and b"SPEI_Tercero" in head


def parse_xml(body: bytes) -> Cep:
    """Take a CEP apart; raises NotACep. No DTD, no entities, one beneficiary and one payer in any order."""
    if len(body) > MAX_CEP_BYTES:
        raise NotACep("too_long")
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise NotACep("forbidden_xml") from None
    except (ParseError, ValueError, LookupError):
        raise NotACep("not_well_formed") from None
    found = [element for element in root.iter() if _local(element) == "SPEI_Tercero"]
    if len(found) != 1:
        raise NotACep("not_one_transfer")
    parts: dict[str, list[Element]] = {"Beneficiario": [], "Ordenante": []}
    for child in found[0].iter():
        if _local(child) in parts:
            parts[_local(child)].append(child)
    if any(len(elements) != 1 for elements in parts.values()):
        raise NotACep("not_one_payer_and_beneficiary")
    return Cep(dict(found[0].attrib), dict(parts["Beneficiario"][0].attrib), dict(parts["Ordenante"][0].attrib))


def from_chain(chain: str, tracking_key: str) -> Cep:
    """Say as attributes what a chain says (with its seal at the end), for a carrier that has no attributes.

    Raises NotACep for a chain that cannot be taken apart.
    """
    parts = chain.split("|")
    if not _is_chain(parts, chain):
        raise NotACep("chain_unreadable")
    operation_date, hour = chain_date(parts[3]), _chain_hour(parts[5])
    if operation_date is None or hour is None:
        raise NotACep("chain_unreadable")
    head = {
        "FechaOperacion": operation_date,
        "Hora": hour,
        "ClaveSPEI": parts[6],
        "sello": parts[-1],
        "numeroCertificado": parts[-3],
        "cadenaCDA": chain,
        "claveRastreo": tracking_key,
    }
    payer = dict(zip(("BancoEmisor", "Nombre", "TipoCuenta", "Cuenta", "RFC"), parts[7:12], strict=True))
    names = ("BancoReceptor", "Nombre", "TipoCuenta", "Cuenta", "RFC", "Concepto", "IVA", "MontoPago")
    return Cep(head, dict(zip(names, parts[12:20], strict=True)), payer)


def disagreements(cep: Cep) -> tuple[str, ...]:
    """Name every attribute that is not equal to its field of the chain; nothing when all agree."""
    chain, parts = cep.chain, cep.chain.split("|")
    if not _is_chain(parts, chain) or not cep.seal:
        return ("chain_unreadable",)
    head, ben, payer = cep.head, cep.beneficiary, cep.payer
    equal = {
        "operation_date": (chain_date(parts[3]) or "?") == head.get("FechaOperacion"),
        "hour": (_chain_hour(parts[5]) or "?") == head.get("Hora"),
        "receiver": parts[6] == head.get("ClaveSPEI"),
        "payer_bank": _same(parts[7], payer.get("BancoEmisor")),
        "payer_name": _same(parts[8], payer.get("Nombre")),
        "payer_account_type": _same_type(parts[9], payer.get("TipoCuenta")),
        "payer_account": _same(parts[10], payer.get("Cuenta")),
        "payer_rfc": _same(parts[11], payer.get("RFC")),
        "beneficiary_bank": _same(parts[12], ben.get("BancoReceptor")),
        "beneficiary_name": _same(parts[13], ben.get("Nombre")),
        "beneficiary_account_type": _same_type(parts[14], ben.get("TipoCuenta")),
        "beneficiary_account": _same(parts[15], ben.get("Cuenta")),
        "beneficiary_rfc": _same(parts[16], ben.get("RFC")),
        "concept": _same(parts[17], ben.get("Concepto")),
        "iva": _same_amount(parts[18], ben.get("IVA")) or _same(parts[18], ben.get("IVA")),
        "amount": _same_amount(parts[19], ben.get("MontoPago")),
        "certificate": parts[-3] == cep.serial and bool(_SERIAL.fullmatch(cep.serial)),
        "seal": parts[-1] == cep.seal,
    }
    return tuple(f"{name}_differs_from_chain" for name, agrees in equal.items() if not agrees)


def fields_of(cep: Cep) -> dict[str, str]:
    """Say what the file claims, in our names; what is not said is left out."""
    parts = cep.chain.split("|")
    has_chain = len(parts) >= FEWEST_PARTS
    amount = cep.beneficiary.get("MontoPago", "")
    day = cep.head.get("FechaOperacion", "")
    claimed = {
        "tracking_key": cep.tracking_key,
        "amount": f"{Decimal(amount):.2f}" if is_amount(amount) else "",
        "date": day if _is_iso_date(day) else "",
        "hour": cep.head.get("Hora", ""),
        "clabe": cep.beneficiary.get("Cuenta", ""),
        "beneficiary_name": cep.beneficiary.get("Nombre", ""),
        "beneficiary_bank": cep.beneficiary.get("BancoReceptor", ""),
        "receiving_institution": cep.head.get("ClaveSPEI", ""),
        "payer_name": cep.payer.get("Nombre", ""),
        "payer_account": cep.payer.get("Cuenta", ""),
        "payer_rfc": cep.payer.get("RFC", ""),
        "payer_bank": cep.payer.get("BancoEmisor", ""),
        "concept": cep.beneficiary.get("Concepto", ""),
        "payment_type": parts[2].lstrip("0") or parts[2] if has_chain else "",
        "credited_date": (chain_date(parts[4]) or "") if has_chain else "",
        "certificate": cep.serial,
    }
    return {name: value for name, value in claimed.items() if value not in UNSAID}


def is_amount(text: str) -> bool:
    """Whether a text is an amount as banks write it: `300`, `13887.7`, `000000000000008.17`."""
    return _AMOUNT.fullmatch(text) is not None


def chain_date(digits: str) -> str | None:
    """Read `ddmmyyyy` of a chain as an ISO date."""
    if not re.fullmatch(r"\d{8}", digits, re.ASCII):
        return None
    spelled = f"{digits[4:]}-{digits[2:4]}-{digits[:2]}"
    return spelled if _is_iso_date(spelled) else None


def _is_chain(parts: list[str], chain: str) -> bool:
    return len(parts) >= FEWEST_PARTS and chain.startswith("||") and not parts[1] and not parts[-2]


def _same(sealed: str, shown: str | None) -> bool:
    """An attribute that is missing or empty says what the chain says by "NA"."""
    if sealed in UNSAID:
        return shown is None or shown in UNSAID
    return sealed == shown


def _same_type(sealed: str, shown: str | None) -> bool:
    """Account types are numbers: `06` of a chain is `6` in its attribute, and "NA" is "-1"."""
    if shown is not None and sealed.isascii() and sealed.isdigit() and shown.isascii() and shown.isdigit():
        return len(sealed) <= 3 and len(shown) <= 3 and int(sealed) == int(shown)
    return _same(sealed, None if shown == "-1" else shown)


def _same_amount(sealed: str, shown: str | None) -> bool:
    """Amounts are equal as numbers."""
    return shown is not None and is_amount(sealed) and is_amount(shown) and Decimal(sealed) == Decimal(shown)


def _chain_hour(digits: str) -> str | None:
    return f"{digits[:2]}:{digits[2:4]}:{digits[4:]}" if re.fullmatch(r"\d{6}", digits, re.ASCII) else None


def _is_iso_date(spelled: str) -> bool:
    try:
        return date.fromisoformat(spelled).isoformat() == spelled
    except ValueError:
        return False


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
