"""Prints Carta pages with typst: our own fonts, data as JSON that is never part of a source, QR by segno."""

import json
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from threading import local
from typing import Any, Final, assert_never

import segno
import typst

from seguripago.ports.documents import (
    Certificate,
    Document,
    PreInvoice,
    PreInvoiceLine,
    Receipt,
    Report,
    StoreIdentity,
)
from seguripago.values import clabe
from seguripago.values.amount_words import in_words
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money

type Row = dict[str, str]
type Page = dict[str, object]

_PAPER: Final = Path(str(files(__package__) / "paper"))
_SOFT_BREAK: Final = "\N{ZERO WIDTH SPACE}"


class Typst:
    """Keeps one warm compiler per thread and paper: the second page costs half of the first."""

    slug = "typst"
    title = "Typst"

    def __init__(self) -> None:
        self._warm = local()

    def pdf(self, document: Document) -> bytes:
        """Draw the document on Carta, with a text layer that can be read again."""
        match document:
            case PreInvoice():
                return self._print("pre_invoice", _pre_invoice(document), document.placed_at)
            case Receipt():
                return self._print("receipt", _receipt(document), document.issued_at)
            case Certificate():
                return self._print("certificate", _certificate(document), document.issued_at)
            case Report():
                return self._print("report", _report(document), document.printed_at)
            case never:
                assert_never(never)

    def _print(self, paper: str, page: Page, drawn_at: datetime) -> bytes:
        compilers: dict[str, typst.Compiler] = self._warm.__dict__
        if paper not in compilers:
            compilers[paper] = typst.Compiler(
                str(_PAPER / f"{paper}.typ"), root=str(_PAPER), font_paths=_fonts(), ignore_system_fonts=True
            )
        drawn = compilers[paper].compile(
            format="pdf", sys_inputs={"document": json.dumps(page)}, timestamp=int(drawn_at.timestamp())
        )
        if not isinstance(drawn, bytes):
            raise TypeError("typst answered pages instead of one file")
        return drawn


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(_PAPER / "fonts")])


@cache
def _told(file: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((_PAPER / f"{file}.json").read_text("utf-8"))
    return told


def _pre_invoice(paper: PreInvoice) -> Page:
    billing, shipping = paper.billing, paper.shipping
    form = paper.payment_form or "99"
    return {
        **_frame(paper.store, "PRE-FACTURA", paper.order_number),
        "keywords": [paper.order_number, paper.verification_key],
        "running": f"No. de Pedido {paper.order_number}",
        "number": paper.order_number,
        "placed": _moment(paper.placed_at) + (f" · versión {paper.version}" if paper.version > 1 else ""),
        "valid": _moment(paper.valid_until),
        "after_payment": (
            "Recibirás tu factura cuando se confirme tu pago."
            if billing.wants_invoice
            else "No pediste factura; puedes solicitarla a la tienda."
        ),
        "billing": {
            "name": _soft(billing.legal_name),
            "lines": _soft_lines(
                f"RFC {billing.rfc}",
                f"Régimen {_named(billing.tax_regime, 'tax_regimes')}",
                f"Uso de CFDI {_named(billing.cfdi_use, 'cfdi_uses')}",
                f"C.P. fiscal {billing.tax_postal_code}" if billing.tax_postal_code else "",
                billing.address,
            ),
        },
        "shipping": {
            "name": _soft(shipping.name),
            "lines": _soft_lines(
                *shipping.lines,
                f"Tel. {shipping.phone}" if shipping.phone else "",
                shipping.references,
                _arrival(shipping.promised_from, shipping.promised_to),
            ),
        },
        "lines": [_pre_invoice_line(line) for line in paper.lines],
        "words": paper.total_in_words or in_words(paper.total),
        "payment_lines": [
            f"Forma de pago: {_named(form, 'payment_forms')}",
            "Método de pago: PUE, una sola exhibición",
        ],
        "sums": _sums(paper),
        "total": str(paper.total),
        **_how_to_pay(paper),
        "qr": _qr(paper.order_url),
    }


def _pre_invoice_line(line: PreInvoiceLine) -> Page:
    return {
        "quantity": str(line.quantity),
        "unit": line.sat_unit_key,
        "sat": line.sat_product_key,
        "name": _soft(line.name),
        "note": _soft(" · ".join(part for part in (line.sku, _warranty(line.warranty_days)) if part)),
        "price": str(line.unit_price),
        "iva": str(line.iva_amount),
        "iva_rate": _rate(line.iva_bp),
        "amount": str(line.amount),
    }


def _sums(paper: PreInvoice) -> list[Row]:
    """IVA apart for each rate; what the lines do not carry is the shipping's, at the general rate."""
    by_rate: dict[int, Money] = {}
    for line in paper.lines:
        by_rate[line.iva_bp] = by_rate.get(line.iva_bp, Money.zero()) + line.iva_amount
    of_shipping = paper.iva - Money.sum(by_rate.values())
    if not of_shipping.is_zero:
        by_rate[1600] = by_rate.get(1600, Money.zero()) + of_shipping
    free = paper.shipping_fee.is_zero
    return [
        {"name": "Subtotal", "value": str(paper.subtotal)},
        {"name": "Envío", "value": "Sin costo" if free else str(paper.shipping_fee)},
        *({"name": f"IVA {_rate(rate)}", "value": str(iva)} for rate, iva in sorted(by_rate.items(), reverse=True)),
    ]


def _how_to_pay(paper: PreInvoice) -> Page:
    identity = _rows(
        ("No. de Pedido", paper.order_number),
        ("Clave de verificación", _fours(paper.verification_key)),
        ("Analista", _soft(paper.analyst)),
    )
    if paper.spei is None:
        return {
            "pay_title": f"Pagarás con {paper.payment_label}",
            "pay_says": (
                "Escribe tu No. de Pedido en el ASISTENTE CONNECT@Me, o suelta ahí este archivo. "
                "En cuanto confirmemos tu pedido te enviamos por ese medio cómo pagar."
            ),
            "pay_rows": [*identity[:2], {"name": "Monto", "value": f"{paper.total} MXN"}, *identity[2:]],
        }
    spei = paper.spei
    return {
        "pay_title": "Datos para transferir por SPEI",
        "pay_says": f"Vigentes hasta el {_moment(spei.expires_at)}." if spei.expires_at else "",
        "pay_rows": _rows(
            ("Banco", spei.bank),
            ("CLABE", clabe.pretty(spei.clabe)),
            ("Beneficiario", _soft(spei.beneficiary)),
            ("Monto exacto", f"{spei.amount} MXN"),
            ("Concepto", spei.concept),
            ("Referencia", spei.reference),
        )
        + identity,
    }


def _receipt(paper: Receipt) -> Page:
    return {
        **_frame(paper.store, f"Recibo {paper.number}", paper.number),
        "number": paper.number,
        "order_number": paper.order_number,
        "issued": _moment(paper.issued_at),
        "confirmed": _moment(paper.confirmed_at),
        "amount": str(paper.amount),
        "facts": _rows(
            ("Paga", _soft(paper.buyer_name)),
            ("Medio", paper.channel_label),
            ("Banco que envió", _soft(paper.sending_bank)),
            ("Clave de rastreo", _soft(paper.tracking_key)),
            ("Recibido", _moment(paper.received_at) if paper.received_at else ""),
            ("Confirmado", _moment(paper.confirmed_at)),
        ),
        "lines": [
            *(
                {"quantity": str(line.quantity), "name": _soft(line.name), "amount": str(line.amount)}
                for line in paper.lines
            ),
            *([_shipping_line(paper.shipping_fee)] if paper.shipping_fee and paper.lines else []),
        ],
        "verify_place": _place(paper.verify_url),
        "hash": _groups(paper.hash),
        "signature": _groups(paper.signature),
        "key_id": paper.key_id,
        "invoice_says": f"Para cualquier aclaración, escribe a {paper.store.email or paper.store.name}.",
        "qr": _qr(paper.verify_url),
    }


def _shipping_line(fee: Money) -> Row:
    return {"quantity": "1", "name": "Envío", "amount": "Sin costo" if fee.is_zero else str(fee)}


def _certificate(paper: Certificate) -> Page:
    window = f"{paper.inspection_days} días después de la entrega"
    until = _moment(paper.inspection_ends_at) if paper.inspection_ends_at else window
    ship_by, deliver_by = paper.ship_by, paper.deliver_by
    return {
        **_frame(paper.store, "Certificado de Garantía CONNECT@Me", paper.number),
        "number": paper.number,
        "order_number": paper.order_number,
        "buyer_name": _soft(paper.buyer_name),
        "amount": str(paper.amount),
        "promises": [
            {
                "title": "Tu compra",
                "says": "Recibes lo que compraste: completo, sin daños e igual a lo que viste. Si no, te lo "
                "reponemos o te hacemos un reembolso.",
                "until": f"Hasta {until}",
            },
            {
                "title": "Tu pago",
                "says": "Tu pago está confirmado y ligado a este pedido. Si la tienda no cumple, recibes tu reembolso.",
                "until": f"Confirmado el {_moment(paper.issued_at)}",
            },
            {
                "title": "Tu envío",
                "says": "Tu pedido sale y llega en el plazo prometido, con guía para seguirlo. "
                "Si no llega, respondemos.",
                "until": f"Llega a más tardar el {_day(deliver_by)}" if deliver_by else "En el plazo de tu pedido",
            },
        ],
        "facts": _rows(
            ("Compra de", _soft(paper.buyer_name)),
            ("Vendido por", _soft(paper.store.legal_name)),
            ("Entrega en", _soft(paper.delivery_place)),
            ("Monto", f"{paper.amount} MXN"),
        ),
        "dates": _rows(
            ("Emitido", _moment(paper.issued_at)),
            ("Sale a más tardar", _day(ship_by) if ship_by else ""),
            ("Llega a más tardar", _day(deliver_by) if deliver_by else ""),
            ("Puedes reclamar", f"hasta {until}"),
        ),
        "claim_steps": [
            f"Entra a {_place(paper.claim_url)} o escribe en el ASISTENTE CONNECT@Me con tu No. de Pedido.",
            "Cuéntanos qué pasó y agrega fotos, si las tienes.",
            "Una persona de la tienda te responde y acuerda contigo: reposición, reparación o reembolso.",
        ],
        "claim_rows": _rows(
            ("Correo", _soft(paper.claims_email or paper.store.email, longest=40)),
            ("Clave de verificación", _fours(paper.key)),
        ),
        "legal": (
            "La Garantía CONNECT@Me es una promesa de la tienda, acompañada por CONNECT@Me, además de la garantía "
            f"legal de cada producto. {paper.store.legal_name}, RFC {paper.store.rfc}, {paper.store.address}."
        ),
        "qr": _qr(paper.verify_url),
    }


def _report(paper: Report) -> Page:
    return {
        **_frame(paper.store, paper.title, paper.number),
        **{name: getattr(paper, name) for name in ("tone", "headline", "says", "seal_says")},
        "printed": _moment(paper.printed_at),
        "figures": _rows(*paper.figures),
        "seal": [{"name": name, "value": value if " " in value else _groups(value)} for name, value in paper.seal],
        "tables": [
            {
                "title": table.title,
                "columns": list(table.columns),
                "numbers": list(table.numbers),
                "rows": [[_soft(cell, longest=26) for cell in row] for row in table.rows],
                "empty": table.empty,
            }
            for table in paper.tables
        ],
    }


def _frame(store: StoreIdentity, title: str, number: str) -> Page:
    return {
        "title": title,
        "running": number,
        "keywords": [number],
        "store": {
            "name": _soft(store.name),
            "legal_name": _soft(store.legal_name),
            "lines": _soft_lines(
                f"RFC {store.rfc}",
                f"Régimen {_named(store.tax_regime, 'tax_regimes')}",
                store.address,
                f"C.P. {store.postal_code}" if store.postal_code and store.postal_code not in store.address else "",
            ),
        },
        "contact": _soft(" · ".join(part for part in (store.name, store.phone, store.email) if part), longest=60),
    }


def _rows(*pairs: tuple[str, str]) -> list[Row]:
    return [{"name": name, "value": value} for name, value in pairs if value]


def _named(code: str, catalogue: str) -> str:
    name = _told("sat")[catalogue].get(code)
    return f"{code}, {name}" if name else code


def _rate(basis_points: int) -> str:
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02d}%" if rest else f"{whole}%"


def _warranty(days: int) -> str:
    if days <= 0:
        return ""
    if days % 365 == 0:
        return f"Garantía de {days // 365 * 12} meses"
    return f"Garantía de {days} días"


def _day(at: datetime | date) -> str:
    local_day = at.astimezone(MEXICO).date() if isinstance(at, datetime) else at
    return f"{local_day.day} de {_told('words')['months'][local_day.month - 1]} de {local_day.year}"


def _moment(at: datetime) -> str:
    return f"{_day(at)}, {at.astimezone(MEXICO):%H:%M}"


def _arrival(first: date | None, last: date | None) -> str:
    if first is None or last is None:
        return ""
    if first == last:
        return f"Llega el {_day(first)}"
    start = (
        f"{first.day}" if first.month == last.month else f"{first.day} de {_told('words')['months'][first.month - 1]}"
    )
    return f"Llega del {start} al {last.day} de {_told('words')['months'][last.month - 1]}"


def _place(url: str) -> str:
    return url.split("://", 1)[-1].split("?", 1)[0]


def _qr(content: str) -> str:
    drawn = BytesIO()
    segno.make(content, error="m", micro=False).save(drawn, kind="svg", border=0, dark="#04211c", xmldecl=False)
    return drawn.getvalue().decode()


def _groups(text: str) -> str:
    return " ".join(text[start : start + 8] for start in range(0, len(text), 8))


def _fours(key: str) -> str:
    """Write a key as a person can read it aloud: `4F7K-Q2M9-XW3T`."""
    return key if "-" in key else "-".join(key[start : start + 4] for start in range(0, len(key), 4))


def _soft(text: str, longest: int = 22) -> str:
    """Let a word that no line can hold break, by letters, instead of leaving the page."""
    return " ".join(
        word if len(word) <= longest else _SOFT_BREAK.join(word[start : start + 8] for start in range(0, len(word), 8))
        for word in text.split()
    )


def _soft_lines(*lines: str) -> list[str]:
    return [_soft(line) for line in lines if line.strip()]


ADAPTER: Final = Typst()
