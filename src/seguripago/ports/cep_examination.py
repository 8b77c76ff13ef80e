"""Examine a CEP, as XML or as Banxico prints it: one answer for comprobantes, for the bank feed and for the look-up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from seguripago.ports.cep import Cep, NotACep, disagreements, fields_of, looks_like_cep_xml, parse_xml
from seguripago.ports.cep_paper import find_cep, is_printed_cep, misprints, read_paper
from seguripago.ports.cep_seal import Judged, digest_of, judge
from seguripago.ports.receipt_readers import TRACKING_KEY_NOT_SEALED, PinnedKeys, ReceiptKind, ReceiptReading, Seal


@dataclass(frozen=True, slots=True)
class Examined:
    """What a file is; `cep` is there when it is a CEP that could be taken apart, and says the chain that verified."""

    reading: ReceiptReading
    cep: Cep | None = None

    @property
    def is_verified(self) -> bool:
        return self.cep is not None and self.reading.seal is Seal.VERIFIED


def examine(body: bytes, pinned_keys: PinnedKeys) -> Examined:
    """Say what bytes are: a CEP with its seal judged, another PDF, or nothing that is known here. Never raises."""
    if body.startswith(b"%PDF-"):
        return examine_paper(body, pinned_keys)
    if looks_like_cep_xml(body):
        return examine_xml(body, pinned_keys)
    return Examined(ReceiptReading(ReceiptKind.UNKNOWN, Seal.NONE, {}, ("not_a_cep",)))


def examine_xml(body: bytes, pinned_keys: PinnedKeys) -> Examined:
    """Judge a CEP in XML. Never raises."""
    try:
        cep = parse_xml(body)
    except NotACep as trouble:
        return _no_cep(trouble.reason)
    judged = judge((cep.chain,), seal=cep.seal, serial=cep.serial, pinned_keys=pinned_keys)
    return _judged(cep, judged, disagreements(cep))


def examine_paper(body: bytes, pinned_keys: PinnedKeys) -> Examined:
    """Judge a PDF: a CEP when its text layer holds a chain. Never raises."""
    try:
        paper = read_paper(body)
    except NotACep as trouble:
        return Examined(ReceiptReading(ReceiptKind.PDF, Seal.NONE, {}, ("not_a_cep", trouble.reason)))
    if not is_printed_cep(paper):
        return Examined(ReceiptReading(ReceiptKind.PDF, Seal.NONE, {}, ("not_a_cep",)))
    try:
        printed = find_cep(paper)
        cep = printed.cep()
    except NotACep as trouble:
        return _no_cep(trouble.reason)
    judged = judge(printed.chains(), seal=printed.seal, serial=cep.serial, pinned_keys=pinned_keys)
    if judged.chain:
        cep = printed.cep(judged.chain)
    return _judged(cep, judged, (*disagreements(cep), *misprints(printed, cep)))


def claims(body: bytes) -> Cep:
    """Take the CEP out of bytes, consistent with itself but with its seal unjudged; raises NotACep."""
    if body.startswith(b"%PDF-"):
        printed = find_cep(read_paper(body))
        cep = printed.cep()
        differences = (*disagreements(cep), *misprints(printed, cep))
    else:
        cep = parse_xml(body)
        differences = disagreements(cep)
    if differences:
        raise NotACep(differences[0])
    return cep


def _judged(cep: Cep, judged: Judged, differences: tuple[str, ...]) -> Examined:
    """What disagrees with itself is invalid, however good its seal; what agrees is as good as its seal."""
    digest = digest_of(cep.seal)
    fields: Mapping[str, str] = fields_of(cep)
    if not digest:
        differences = (*differences, *judged.reasons)
    if differences:
        reading = ReceiptReading(ReceiptKind.CEP, Seal.INVALID, fields, (*differences, TRACKING_KEY_NOT_SEALED), digest)
        return Examined(reading, cep)
    if judged.encoding and judged.encoding != "ascii":
        fields = {**fields, "sealed_in": judged.encoding}
    reasons = (*judged.reasons, TRACKING_KEY_NOT_SEALED)
    return Examined(ReceiptReading(ReceiptKind.CEP, judged.seal, fields, reasons, digest), cep)


def _no_cep(reason: str) -> Examined:
    return Examined(ReceiptReading(ReceiptKind.CEP, Seal.INVALID, {}, (reason, TRACKING_KEY_NOT_SEALED)))
