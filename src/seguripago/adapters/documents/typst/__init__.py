"""Prints Carta pages with typst: our own fonts, data as JSON that is never part of a source, QR by segno."""

import json
from datetime import datetime
from functools import cache
from threading import local
from typing import Final, assert_never

import typst

from seguripago.ports.documents import (
    Certificate,
    Document,
    Dossier,
    PreInvoice,
    PreInvoiceLine,
    Receipt,
    Report,
)
from seguripago.values import clabe
from seguripago.values.amount_words import in_words
from seguripago.values.money import Money

from .house import dossier, report
from .writing import (
    PAPER,
    Page,
    Row,
    arrival,
    day,
    fours,
    frame,
    groups,
    moment,
    named,
    place,
    qr,
    rate,
    rows,
    soft,
    soft_lines,
    warranty,
)

_ACCOMPANIED: Final = {
    "merchant_obligation": "acompañada por CONNECT@Me",
    "licensed_partner": "acompañada por CONNECT@Me y con el pago a cargo de una institución autorizada",
}
_SENT: Final = "Tu pedido sale y llega en el plazo prometido, con guía para seguirlo. Si no llega, respondemos."
_HANDED_OVER: Final = "La tienda te entrega o realiza lo que pagaste, como lo acordaron. Si no cumple, respondemos."


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
                return self._print("report", report(document), document.printed_at)
            case Dossier():
                return self._print("dossier", dossier(document), document.printed_at)
            case never:
                assert_never(never)

    def _print(self, paper: str, page: Page, drawn_at: datetime) -> bytes:
        compilers: dict[str, typst.Compiler] = self._warm.__dict__
        if paper not in compilers:
            compilers[paper] = typst.Compiler(
                str(PAPER / f"{paper}.typ"), root=str(PAPER), font_paths=_fonts(), ignore_system_fonts=True
            )
        drawn = compilers[paper].compile(
            format="pdf", sys_inputs={"document": json.dumps(page)}, timestamp=int(drawn_at.timestamp())
        )
        if not isinstance(drawn, bytes):
            raise TypeError("typst answered pages instead of one file")
        return drawn


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(PAPER / "fonts")])


def _pre_invoice(paper: PreInvoice) -> Page:
    billing, shipping = paper.billing, paper.shipping
    form = paper.payment_form or "99"
    return {
        **frame(paper.store, "PRE-FACTURA", paper.order_number),
        "keywords": [paper.order_number, paper.verification_key],
        "running": f"No. de Pedido {paper.order_number}",
        "number": paper.order_number,
        "placed": moment(paper.placed_at) + (f" · versión {paper.version}" if paper.version > 1 else ""),
        "valid": moment(paper.valid_until),
        "after_payment": (
            "Recibirás tu factura cuando se confirme tu pago."
            if billing.wants_invoice
            else "No pediste factura; puedes solicitarla a la tienda."
        ),
        "billing": {
            "name": soft(billing.legal_name),
            "lines": soft_lines(
                f"RFC {billing.rfc}",
                f"Régimen {named(billing.tax_regime, 'tax_regimes')}",
                f"Uso de CFDI {named(billing.cfdi_use, 'cfdi_uses')}",
                f"C.P. fiscal {billing.tax_postal_code}" if billing.tax_postal_code else "",
                billing.address,
            ),
        },
        "shipping": {
            "title": "Entrega a" if paper.is_sent else "Entrega",
            "name": soft(shipping.name),
            "lines": soft_lines(
                *shipping.lines,
                f"Tel. {shipping.phone}" if shipping.phone else "",
                shipping.references,
                arrival(shipping.promised_from, shipping.promised_to),
            ),
        },
        "lines": [_pre_invoice_line(line) for line in paper.lines],
        "words": paper.total_in_words or in_words(paper.total),
        "payment_lines": [
            f"Forma de pago: {named(form, 'payment_forms')}",
            "Método de pago: PUE, una sola exhibición",
        ],
        "sums": _sums(paper),
        "total": str(paper.total),
        **_how_to_pay(paper),
        "qr": qr(paper.order_url),
    }


def _pre_invoice_line(line: PreInvoiceLine) -> Page:
    return {
        "quantity": str(line.quantity),
        "unit": line.sat_unit_key,
        "sat": line.sat_product_key,
        "name": soft(line.name),
        "note": soft(" · ".join(part for part in (line.sku, warranty(line.warranty_days)) if part)),
        "price": str(line.unit_price),
        "iva": str(line.iva_amount),
        "iva_rate": rate(line.iva_bp),
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
        *([{"name": "Envío", "value": "Sin costo" if free else str(paper.shipping_fee)}] if paper.is_sent else []),
        *({"name": f"IVA {rate(points)}", "value": str(iva)} for points, iva in sorted(by_rate.items(), reverse=True)),
    ]


def _how_to_pay(paper: PreInvoice) -> Page:
    identity = rows(
        ("No. de Pedido", paper.order_number),
        ("Clave de verificación", fours(paper.verification_key)),
        ("Analista", soft(paper.analyst)),
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
        "pay_says": f"Vigentes hasta el {moment(spei.expires_at)}." if spei.expires_at else "",
        "pay_rows": rows(
            ("Banco", spei.bank),
            ("CLABE", clabe.pretty(spei.clabe)),
            ("Beneficiario", soft(spei.beneficiary)),
            ("Monto exacto", f"{spei.amount} MXN"),
            ("Concepto", spei.concept),
            ("Referencia", spei.reference),
        )
        + identity,
    }


def _receipt(paper: Receipt) -> Page:
    return {
        **frame(paper.store, f"Recibo {paper.number}", paper.number),
        "number": paper.number,
        "order_number": paper.order_number,
        "issued": moment(paper.issued_at),
        "confirmed": moment(paper.confirmed_at),
        "amount": str(paper.amount),
        "facts": rows(
            ("Paga", soft(paper.buyer_name)),
            ("Medio", paper.channel_label),
            ("Banco que envió", soft(paper.sending_bank)),
            ("Clave de rastreo", soft(paper.tracking_key)),
            ("Recibido", moment(paper.received_at) if paper.received_at else ""),
            ("Confirmado", moment(paper.confirmed_at)),
        ),
        "lines": [
            *(
                {"quantity": str(line.quantity), "name": soft(line.name), "amount": str(line.amount)}
                for line in paper.lines
            ),
            *([_shipping_line(paper.shipping_fee)] if paper.shipping_fee and paper.lines else []),
        ],
        "verify_place": place(paper.verify_url),
        "hash": groups(paper.hash),
        "signature": groups(paper.signature),
        "key_id": paper.key_id,
        "file": paper.file.decode(),
        "invoice_says": f"Para cualquier aclaración, escribe a {paper.store.email or paper.store.name}.",
        "qr": qr(paper.verify_url),
    }


def _shipping_line(fee: Money) -> Row:
    return {"quantity": "1", "name": "Envío", "amount": "Sin costo" if fee.is_zero else str(fee)}


def _certificate(paper: Certificate) -> Page:
    window = f"{paper.inspection_days} días después de la entrega"
    until = moment(paper.inspection_ends_at) if paper.inspection_ends_at else window
    ship_by, deliver_by = paper.ship_by, paper.deliver_by
    return {
        **frame(paper.store, "Certificado de Garantía CONNECT@Me", paper.number),
        "number": paper.number,
        "order_number": paper.order_number,
        "buyer_name": soft(paper.buyer_name),
        "amount": str(paper.amount),
        "promises": [
            {
                "title": "Tu compra",
                "says": "Recibes lo que compraste: completo, sin daños e igual a lo que viste. Si no, te lo "
                "reponemos o te hacemos un reembolso.",
                "until": f"Hasta {until}",
                "claim": "Reclama si llega dañado, incompleto o distinto.",
            },
            {
                "title": "Tu pago",
                "says": "Tu pago está confirmado y ligado a este pedido. Si la tienda no cumple, recibes tu reembolso.",
                "until": "Hasta que la tienda cumpla, o te reembolse",
                "claim": "Reclama si la tienda no cumple lo que pagaste.",
            },
            {
                "title": "Tu envío" if paper.is_sent else "Tu entrega",
                "says": _SENT if paper.is_sent else _HANDED_OVER,
                "until": f"Llega a más tardar el {day(deliver_by)}" if deliver_by else "En el plazo de tu pedido",
                "claim": f"Reclama si no {'sale o no llega' if paper.is_sent else 'se cumple'} a tiempo.",
            },
        ],
        "facts": rows(
            ("Compra de", soft(paper.buyer_name)),
            ("Vendido por", soft(paper.store.legal_name)),
            ("Entrega en", soft(paper.delivery_place)),
            ("Monto", f"{paper.amount} MXN"),
        ),
        "dates": rows(
            ("Emitido", moment(paper.issued_at)),
            ("Sale a más tardar", day(ship_by) if ship_by and paper.is_sent else ""),
            ("Llega a más tardar" if paper.is_sent else "A más tardar", day(deliver_by) if deliver_by else ""),
            ("Puedes reclamar", f"hasta {until}"),
            ("Operación respaldada", f"el {day(paper.backed_at)}" if paper.backed_at else ""),
        ),
        "claim_steps": [
            f"Entra a {place(paper.claim_url)} o escribe en el ASISTENTE CONNECT@Me con tu No. de Pedido.",
            "Cuéntanos qué pasó y agrega fotos, si las tienes.",
            "Una persona de la tienda te responde y acuerda contigo: reposición, reparación o reembolso.",
        ],
        "claim_rows": rows(
            ("Correo", soft(paper.claims_email or paper.store.email, longest=40)),
            ("Clave de verificación", fours(paper.key)),
        ),
        "legal": (
            f"La Garantía CONNECT@Me es una promesa de la tienda, {_accompanied(paper)}, además de la garantía "
            f"legal de cada producto. {paper.store.legal_name}, RFC {paper.store.rfc}, {paper.store.address}."
        ),
        "qr": qr(paper.verify_url),
    }


def _accompanied(paper: Certificate) -> str:
    said = _ACCOMPANIED[paper.mode]
    return said.replace("una institución", f"{soft(paper.partner)}, institución") if paper.partner else said


ADAPTER: Final = Typst()
