"""What the buyer showed: each comprobante with its verdict, and its clean copy drawn; never the sealed original."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Final

from seguripago.journey.evidence.queries import EvidenceFile, evidence_file, evidence_of
from seguripago.journey.reconciliation.queries.comprobantes import verdicts_of
from seguripago.ports.documents import DossierFile, DossierSection, ReportTable
from seguripago.ports.file_stores import FileMissing
from seguripago.ports.pdf_opening import Frame, PdfBusy, PdfFails, drawn_pages
from seguripago.values.calendar import MEXICO
from seguripago.values.clabe import institution_name
from seguripago.values.money import Money, UnreadableAmount

MOST_PAGES: Final = 3
FRAME: Final = Frame(scale=1.6, widest=1_400, tallest=2_400)
PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
SAID: Final = {
    "tracking_key": "Clave de rastreo",
    "amount": "Monto",
    "date": "Fecha",
    "credited_date": "Fecha de abono",
    "time": "Hora",
    "hour": "Hora",
    "bank": "Banco que envió",
    "payer_bank": "Banco que envió",
    "payer": "Ordenante",
    "payer_name": "Ordenante",
    "payer_account": "Cuenta del ordenante",
    "payer_rfc": "RFC del ordenante",
    "beneficiary_bank": "Banco que recibió",
    "receiving_institution": "Institución que recibió",
    "beneficiary": "Beneficiario",
    "beneficiary_name": "Beneficiario",
    "clabe": "CLABE",
    "clabe_tail": "Últimos dígitos de la cuenta",
    "concept": "Concepto",
    "reference": "Referencia",
    "payment_type": "Tipo de pago",
    "cep_url": "Liga al CEP",
    "certificate": "Número de certificado",
}
"""The names of what a comprobante says, in the order in which a person reads one."""
BANK_CODES: Final = frozenset({"bank", "receiving_institution"})


def comprobantes(order_id: int) -> DossierSection | None:
    """Every comprobante of the order, the first first."""
    papers, verdicts = evidence_of(order_id)[::-1], verdicts_of(order_id)
    if not papers:
        return None
    tables, files = [], []
    for place, paper in enumerate(papers, start=1):
        verdict = verdicts.get(paper.id)
        rows = [
            ("Recibido", _moment(paper.kept_at)),
            ("Qué es", f"{paper.kind.upper()} · {paper.verdict_label}"),
            ("Veredicto", f"{verdict.label}, {_moment(verdict.at)}" if verdict else "Sin leer todavía"),
            ("Razones", " · ".join(verdict.reasons) if verdict else " · ".join(paper.reasons)),
            *_said(paper.fields),
        ]
        title = f"Comprobante {place} · {paper.filename}"
        tables.append(ReportTable(title=title, columns=("", ""), rows=tuple(rows)))
        files.extend(_drawn(paper.id, f"Comprobante {place}"))
    return DossierSection(
        title="Comprobantes y veredictos",
        says="Un comprobante es lo que el comprador muestra; nunca mueve dinero. Aquí van las copias limpias.",
        tables=tuple(tables),
        files=tuple(files),
    )


def _said(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    order = list(SAID)
    known = sorted(fields, key=lambda name: (order.index(name) if name in SAID else len(order), name))
    return [(f"Dice: {SAID.get(name, name)}", _read(name, fields[name])) for name in known]


def _read(name: str, value: str) -> str:
    if name in BANK_CODES and (bank := institution_name(value)):
        return f"{bank} ({value})"
    if name == "amount":
        with suppress(UnreadableAmount):
            return str(Money.parse(value))
    if name in {"date", "credited_date"}:
        with suppress(ValueError):
            return f"{date.fromisoformat(value):%d/%m/%Y}"
    return value


def _drawn(evidence_id: int, name: str) -> list[DossierFile]:
    try:
        found = evidence_file(evidence_id)
    except FileMissing:
        return [_file(name, "application/octet-stream", b"", "Su copia limpia ya no está en el almacén.")]
    if found is None:
        return [_file(name, "application/octet-stream", b"", "Todavía sin copia limpia: espera al antivirus.")]
    if found.content_type in PICTURES:
        return [_file(name, found.content_type, found.body, found.filename)]
    if found.content_type == "application/pdf":
        return _pages(found, name)
    return [_file(name, found.content_type, found.body, f"{found.filename}: son datos, sus campos están arriba.")]


def _pages(found: EvidenceFile, name: str) -> list[DossierFile]:
    """The first pages of a clean PDF as pictures; of one that cannot be drawn its hash, and that it could not."""
    try:
        pages = drawn_pages(found.body, FRAME, most=MOST_PAGES)
    except (PdfFails, PdfBusy):
        pages = []
    if not pages:
        return [
            _file(name, found.content_type, found.body, f"{found.filename}: no se pudo dibujar; su huella es esta.")
        ]
    return [
        _file(f"{name}, página {place}", "image/png", page, found.filename) for place, page in enumerate(pages, start=1)
    ]


def _file(name: str, media_type: str, body: bytes, says: str) -> DossierFile:
    digest = hashlib.sha256(body).hexdigest()
    return DossierFile(filename=name, media_type=media_type, body=body, sha256=digest, says=says)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(MEXICO):%d/%m/%Y %H:%M:%S}"
