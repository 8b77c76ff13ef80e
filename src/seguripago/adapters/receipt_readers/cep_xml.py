"""CEP: the XML that the receiving bank seals for every SPEI transfer.

The seal is RSA PKCS#1 v1.5 with SHA-512 over `cadenaCDA` without its last part, the seal itself (established by
experiment on Banxico's test environment, 2024: 14 of 14 verify). It binds the chain only, so every attribute is first
compared with its field of the chain, and the clave de rastreo, which the chain does not hold, is never believed.
Keys come from the operator's pins, never from a file that a buyer shows. No pin: not verifiable, and nothing more.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from seguripago.ports.receipt_readers import TRACKING_KEY_NOT_SEALED, PinnedKeys, ReceiptKind, ReceiptReading, Seal

MAX_CEP_BYTES: Final = 262_144
FEWEST_PARTS: Final = 23
"""The chains seen have 23 (2019), 30 (2022) and 47 (2024) parts; parts 2 to 19 kept their places in all of them."""

_AMOUNT: Final = re.compile(r"\d{1,15}(?:\.\d{1,2})?", re.ASCII)
_SERIAL: Final = re.compile(r"\d{20}", re.ASCII)
_UNSAID: Final = frozenset({"", "NA"})


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


class NotACep(Exception):
    """The bytes are not one well-formed CEP."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CepXml:
    """Reads CEPs in XML."""

    slug: str = "cep_xml"
    title: str = "CEP de Banxico (XML)"

    def reads(self, body: bytes) -> bool:
        start = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
        return start.startswith(b"<") and b"SPEI_Tercero" in body[:MAX_CEP_BYTES]

    def read(self, body: bytes, pinned_keys: PinnedKeys) -> ReceiptReading:
        try:
            cep = parse(body)
        except NotACep as trouble:
            return ReceiptReading(ReceiptKind.CEP, Seal.INVALID, {}, (trouble.reason, TRACKING_KEY_NOT_SEALED))
        seal_bytes, differences = _decoded(cep.seal), disagreements(cep)
        if seal_bytes is None:
            differences = (*differences, "seal_not_base64_of_2048_bits")
        if differences or seal_bytes is None:
            seal, reasons = Seal.INVALID, differences
        else:
            seal, reasons = _judge_seal(cep, seal_bytes, pinned_keys)
        digest = hashlib.sha256(seal_bytes).hexdigest() if seal_bytes else ""
        return ReceiptReading(ReceiptKind.CEP, seal, _fields(cep), (*reasons, TRACKING_KEY_NOT_SEALED), digest)


def parse(body: bytes) -> Cep:
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


def disagreements(cep: Cep) -> tuple[str, ...]:
    """Name every attribute that is not equal to its field of the chain; nothing when all agree."""
    chain, parts = cep.chain, cep.chain.split("|")
    if len(parts) < FEWEST_PARTS or not chain.startswith("||") or parts[1] or parts[-2] or not cep.seal:
        return ("chain_unreadable",)
    head, ben, payer = cep.head, cep.beneficiary, cep.payer
    equal = {
        "operation_date": (_chain_date(parts[3]) or "?") == head.get("FechaOperacion"),
        "hour": (_chain_hour(parts[5]) or "?") == head.get("Hora"),
        "receiver": parts[6] == head.get("ClaveSPEI"),
        "payer_bank": _same(parts[7], payer.get("BancoEmisor")),
        "payer_name": _same(parts[8], payer.get("Nombre")),
        "payer_account_type": _same(parts[9], _said_type(payer)),
        "payer_account": _same(parts[10], payer.get("Cuenta")),
        "payer_rfc": _same(parts[11], payer.get("RFC")),
        "beneficiary_bank": _same(parts[12], ben.get("BancoReceptor")),
        "beneficiary_name": _same(parts[13], ben.get("Nombre")),
        "beneficiary_account_type": _same(parts[14], _said_type(ben)),
        "beneficiary_account": _same(parts[15], ben.get("Cuenta")),
        "beneficiary_rfc": _same(parts[16], ben.get("RFC")),
        "concept": _same(parts[17], ben.get("Concepto")),
        "iva": _same_amount(parts[18], ben.get("IVA")) or _same(parts[18], ben.get("IVA")),
        "amount": _same_amount(parts[19], ben.get("MontoPago")),
        "certificate": parts[-3] == cep.serial and bool(_SERIAL.fullmatch(cep.serial)),
        "seal": parts[-1] == cep.seal,
    }
    return tuple(f"{name}_differs_from_chain" for name, agrees in equal.items() if not agrees)


def load_key(pem: bytes) -> RSAPublicKey:
    """Take the RSA key out of a PEM, a certificate or a bare public key; raises ValueError for anything else."""
    key: object
    try:
        if b"BEGIN CERTIFICATE" in pem:
            key = x509.load_pem_x509_certificate(pem).public_key()
        else:
            key = serialization.load_pem_public_key(pem)
    except UnsupportedAlgorithm as trouble:
        raise ValueError("unsupported key") from trouble
    if not isinstance(key, RSAPublicKey) or key.key_size < 2048:
        raise ValueError("an RSA key of at least 2048 bits is needed")
    return key


def _judge_seal(cep: Cep, seal_bytes: bytes, pinned_keys: PinnedKeys) -> tuple[Seal, tuple[str, ...]]:
    pem = pinned_keys.get(cep.serial)
    if pem is None:
        return Seal.NOT_VERIFIABLE, ("certificate_not_pinned",)
    try:
        key = load_key(pem)
    except ValueError:
        return Seal.NOT_VERIFIABLE, ("pinned_key_unfit",)
    if any(_verifies(key, seal_bytes, message) for message in _spellings(cep.chain[: -len(cep.seal)])):
        return Seal.VERIFIED, ()
    return Seal.INVALID, ("seal_does_not_match",)


def _spellings(sealed: str) -> tuple[bytes, ...]:
    """The samples are ASCII, so whether a bank seals accents in UTF-8 or Latin-1 is open: either is its words."""
    try:
        return (sealed.encode(), sealed.encode("latin-1"))
    except UnicodeEncodeError:
        return (sealed.encode(),)


def _verifies(key: RSAPublicKey, seal: bytes, message: bytes) -> bool:
    try:
        key.verify(seal, message, padding.PKCS1v15(), hashes.SHA512())
    except InvalidSignature:
        return False
    return True


def _decoded(seal: str) -> bytes | None:
    """Give the 256 bytes of a seal. Only its one canonical spelling: another would be a second use in disguise."""
    try:
        raw = base64.b64decode(seal, validate=True)
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == 256 and base64.b64encode(raw).decode() == seal else None


def _fields(cep: Cep) -> dict[str, str]:
    """Say what the file claims, in our names; what is not said is left out."""
    parts = cep.chain.split("|")
    amount = cep.beneficiary.get("MontoPago", "")
    claimed = {
        "tracking_key": cep.head.get("claveRastreo", ""),
        "amount": f"{Decimal(amount):.2f}" if _AMOUNT.fullmatch(amount) else "",
        "date": cep.head.get("FechaOperacion", "") if _is_iso_date(cep.head.get("FechaOperacion", "")) else "",
        "hour": cep.head.get("Hora", ""),
        "clabe": cep.beneficiary.get("Cuenta", ""),
        "beneficiary_name": cep.beneficiary.get("Nombre", ""),
        "beneficiary_bank": cep.beneficiary.get("BancoReceptor", ""),
        "receiving_institution": cep.head.get("ClaveSPEI", ""),
        "payer_name": cep.payer.get("Nombre", ""),
        "payer_account": cep.payer.get("Cuenta", ""),
        "payer_bank": cep.payer.get("BancoEmisor", ""),
        "concept": cep.beneficiary.get("Concepto", ""),
        "payment_type": parts[2] if len(parts) >= FEWEST_PARTS else "",
        "credited_date": (_chain_date(parts[4]) or "") if len(parts) >= FEWEST_PARTS else "",
        "certificate": cep.serial,
    }
    return {name: value for name, value in claimed.items() if value not in _UNSAID}


def _same(sealed: str, shown: str | None) -> bool:
    """An attribute that is missing or empty says what the chain says by "NA"."""
    if sealed in _UNSAID:
        return shown is None or shown in _UNSAID
    return sealed == shown


def _said_type(person: Mapping[str, str]) -> str | None:
    """Account type "-1" in an attribute is "NA" in the chain."""
    shown = person.get("TipoCuenta")
    return None if shown == "-1" else shown


def _same_amount(sealed: str, shown: str | None) -> bool:
    """Amounts are equal as numbers: banks write `300`, `13887.7` and `000000000000008.17`."""
    if shown is None or not (_AMOUNT.fullmatch(sealed) and _AMOUNT.fullmatch(shown)):
        return False
    return Decimal(sealed) == Decimal(shown)


def _chain_date(digits: str) -> str | None:
    if not re.fullmatch(r"\d{8}", digits, re.ASCII):
        return None
    spelled = f"{digits[4:]}-{digits[2:4]}-{digits[:2]}"
    return spelled if _is_iso_date(spelled) else None


def _chain_hour(digits: str) -> str | None:
    return f"{digits[:2]}:{digits[2:4]}:{digits[4:]}" if re.fullmatch(r"\d{6}", digits, re.ASCII) else None


def _is_iso_date(spelled: str) -> bool:
    try:
        return date.fromisoformat(spelled).isoformat() == spelled
    except ValueError:
        return False


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


ADAPTER: Final = CepXml()
