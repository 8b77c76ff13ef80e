"""The chapters of an evidence file, in the order in which a stranger would ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.conf import settings

from seguripago.foundations.audit.queries import sealed_history
from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.backing.queries import backing_of
from seguripago.journey.bank.queries import deposits, payers
from seguripago.journey.cards.queries import paid_charges
from seguripago.journey.claims.queries import claim_timelines, claims_of
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.guarantee.queries import guarantee_history, guarantee_of
from seguripago.journey.orders.queries import pre_invoice
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.receipts.queries import receipt_of
from seguripago.journey.reconciliation.queries.of_order import deposits_of_payment
from seguripago.journey.refunds.queries import refunds_of
from seguripago.ports import bank_feeds, registry
from seguripago.ports.documents import DossierSection, ReportTable
from seguripago.values import clabe
from seguripago.values.calendar import MEXICO
from seguripago.web.claiming import detail, title
from seguripago.web.monitor import words

from .shown import comprobantes
from .talks import acceptances, conversations

PROMISE_WORDS: Final = {
    "held": "La promesa quedó vigente",
    "ship_soon": "Se recordó el plazo para enviar",
    "ship_late": "Pasó el plazo para enviar",
    "deliver_soon": "Se recordó el plazo para entregar",
    "deliver_late": "Pasó el plazo para entregar",
    "delivered": "Llegó: empezó el plazo de revisión",
    "inspection_soon": "Se recordó el plazo de revisión",
    "accepted": "El comprador dijo que todo está bien",
    "clock_ended": "Terminó el plazo sin reclamación",
    "claimed": "Se abrió una reclamación",
    "claim_withdrawn": "La reclamación se retiró",
    "replaced": "Llegó el cambio: empezó otra vez el plazo de revisión",
    "resolved": "La reclamación se resolvió",
    "refunded": "Terminó con el reembolso",
    "payment_reversed": "El banco retiró el depósito",
    "charged_back": "Terminó: el banco del tarjetahabiente le devolvió el pago",
}
"""What each line of a guarantee's history was."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """What every chapter is about."""

    store: StoreView
    order: OrderView
    payment: PaymentView | None


type Chapter = Callable[[Purchase], DossierSection | None]


def moment(at: datetime | None) -> str:
    """Write a moment as Mexico reads it, to the second."""
    return f"{at.astimezone(MEXICO):%d/%m/%Y %H:%M:%S}" if at else ""


def day(on: date) -> str:
    """Write a day."""
    return f"{on:%d/%m/%Y}"


def _road(slug: str) -> str:
    """Name what told us of a deposit; what is no longer installed keeps its slug."""
    feed = registry.adapters(bank_feeds.FAMILY).get(slug)
    return str(feed.title) if feed else slug


def the_order(bought: Purchase) -> DossierSection:
    """What was bought, by whom, sent where; and what each version of the PRE-FACTURA asked."""
    order = bought.order
    address = ", ".join(line for line in pre_invoice(order.id).shipping.lines if line)
    lines = tuple((str(one.quantity), one.sku, one.name, str(one.subtotal)) for one in order.lines)
    versions = tuple(
        (str(number), str(paper.total), paper.billing.legal_name, ", ".join(paper.shipping.lines))
        for number in range(1, order.pre_invoice_version + 1)
        for paper in [pre_invoice(order.id, number)]
    )
    return DossierSection(
        title="Pedido y PRE-FACTURA",
        facts=(
            ("No. de Pedido", order.number),
            ("Hecho el", moment(order.placed_at)),
            ("Compra", f"{order.buyer.name} · {order.buyer.email} · {order.buyer.phone}"),
            ("Entrega en", address if not order.is_quick else "Sin envío: cobro sin carrito"),
            ("Total con IVA", f"{order.total} MXN (IVA {order.iva}, envío {order.shipping_fee})"),
            ("Estado", order.state_label),
        ),
        tables=(
            ReportTable(title="Artículos", columns=("Pzas.", "SKU", "Artículo", "Importe"), rows=lines, numbers=(0, 3)),
            ReportTable(
                title="Versiones de la PRE-FACTURA", columns=("Versión", "Total", "Factura a", "Entrega"), rows=versions
            ),
        ),
    )


def the_checks(bought: Purchase) -> DossierSection:
    """The six checks, each with its evidence."""
    rows = tuple(
        (one.label, "Sí" if one.ok else "No", one.confirmed_by, moment(one.confirmed_at), one.detail or one.says)
        for one in bought.order.checks
    )
    return DossierSection(
        title="Las seis comprobaciones",
        says="Lo que la tienda comprobó antes de pedir el pago, con su evidencia.",
        tables=(ReportTable(title="", columns=("Qué", "Bien", "Quién", "Cuándo", "Evidencia"), rows=rows),),
    )


def the_details(bought: Purchase) -> DossierSection | None:
    """The bank details that were sent: never changed, so these are the ones."""
    sent = bought.payment.instructions if bought.payment else None
    if sent is None:
        return None
    return DossierSection(
        title="Datos bancarios enviados",
        facts=(
            ("Banco", sent.bank),
            ("CLABE", clabe.pretty(sent.clabe)),
            ("Beneficiario", sent.beneficiary),
            ("Concepto", sent.concept),
            ("Monto", f"{sent.amount} MXN"),
            ("Enviados el", moment(sent.sent_at)),
            ("Vigentes hasta", moment(sent.expires_at)),
        ),
    )


def the_money(bought: Purchase) -> DossierSection | None:
    """The three moments, and every deposit or charge that paid, as bank or gateway told it."""
    payment = bought.payment
    if payment is None:
        return None
    applied = {one.id: one for one in deposits_of_payment(payment.id)}
    sent_by = payers(applied)
    told = tuple(
        ReportTable(
            title=f"Depósito {place}",
            columns=("", ""),
            rows=(
                ("Monto", f"{one.amount} MXN, de los que {applied[one.id].applied} son de este pedido"),
                ("Clave de rastreo", one.tracking_key),
                ("Banco", f"{one.bank_name} ({one.sending_institution}), cuenta {applied[one.id].account}"),
                ("Ordenante", sent_by[one.id].name or one.payer_name),
                ("Fecha de operación", day(one.operation_date)),
                ("Liquidado", moment(one.settled_at)),
                ("Recibido aquí", f"{moment(one.received_at)}, por {_road(one.feed)}"),
            ),
        )
        for place, one in enumerate(deposits(applied), start=1)
    )
    charges = tuple((str(one.captured), one.says) for one in paid_charges([payment.id]).get(payment.id, ()))
    return DossierSection(
        title="El pago",
        facts=(
            ("Pedido", f"{payment.amount} MXN"),
            ("Recibido", f"{payment.received} MXN"),
            ("Monitoreado desde", moment(payment.monitored_at)),
            ("El comprador dijo «Ya transferí»", moment(payment.claimed_at)),
            ("Recibido el", moment(payment.received_at)),
            ("Confirmado el", moment(payment.confirmed_at)),
            ("Confirmó", payment.confirmed_by),
        ),
        tables=(
            *told,
            *([ReportTable(title="Cargos a tarjeta", columns=("Monto", "Voucher"), rows=charges)] if charges else []),
        ),
    )


def the_papers(bought: Purchase) -> DossierSection | None:
    """Receipt, certificate and what backs the purchase, with their hashes."""
    receipt, promise, backing = (
        receipt_of(bought.order.id),
        guarantee_of(bought.order.id),
        backing_of(bought.order.id),
    )
    facts = [
        ("Recibo", f"{receipt.number}, emitido el {moment(receipt.issued_at)}"),
        ("Huella del recibo", receipt.hash),
        ("Firma del recibo", receipt.signature),
        ("Llave", receipt.key_id),
    ] if receipt else []  # fmt: skip
    if promise:
        facts.append(("Certificado de garantía", f"{promise.number}, desde el {moment(promise.held_at)}"))
    if backing:
        said = f"el {moment(backing.backed_at)} con {backing.filed_label}" if backing.is_backed else "todavía no"
        facts.append(("Operación respaldada", said))
    if not facts:
        return None
    return DossierSection(title="Recibo, certificado y respaldo", facts=tuple(facts))


def the_parcels(bought: Purchase) -> DossierSection | None:
    """Each parcel with what is in it and what happened to it."""
    tables = tuple(
        ReportTable(
            title=f"Envío {parcel.position} · {parcel.carrier_label} {parcel.tracking_number}".strip(),
            columns=("Cuándo", "Qué", "Dónde", "Lo dijo"),
            rows=(
                ("", "Contiene", ", ".join(f"{one.quantity} × {one.name}" for one in parcel.lines), ""),
                *((moment(one.at), one.label, one.place or one.says, one.source_label) for one in parcel.events),
                *([("", "Recibió", parcel.received_by, "")] if parcel.received_by else []),
            ),
        )
        for parcel in shipments_of(bought.order.id)
    )
    return DossierSection(title="Envíos y entregas", tables=tables) if tables else None


def the_promise(bought: Purchase) -> DossierSection | None:
    """The guarantee's clocks and its history."""
    promise = guarantee_of(bought.order.id)
    if promise is None:
        return None
    rows = tuple(
        (moment(one.at), PROMISE_WORDS.get(one.kind, one.kind), one.actor_name)
        for one in guarantee_history(bought.order.id)
    )
    return DossierSection(
        title="Garantía",
        facts=(
            ("Folio", promise.number),
            ("Compra garantizada por", f"{promise.amount} MXN"),
            ("Enviar a más tardar", moment(promise.ship_by)),
            ("Entregar a más tardar", moment(promise.deliver_by)),
            ("Revisión hasta", moment(promise.inspection_ends_at)),
        ),
        tables=(ReportTable(title="", columns=("Cuándo", "Qué", "Quién"), rows=rows),),
    )


def the_claims(bought: Purchase) -> DossierSection | None:
    """Each claim with its whole timeline, also what only the store saw."""
    claims = claims_of(bought.order.id)
    if not claims:
        return None
    facts, tables = [], []
    timelines = claim_timelines([one.id for one in claims], is_public=False)
    for one in claims:
        facts += [
            (
                f"Reclamación {one.number}",
                f"{one.reason_label} · {one.state_label} · abierta el {moment(one.opened_at)}",
            ),
            ("Dijo el comprador", one.details),
            ("Cómo terminó", one.outcome_label),
        ]
        rows = tuple(
            (
                moment(each.at),
                each.actor_name,
                title(each, is_buyer=False),
                detail(each, is_buyer=False),
                str(each.amount or ""),
            )
            for each in timelines[one.id]
        )
        columns = ("Cuándo", "Quién", "Qué", "Palabras", "Monto")
        tables.append(ReportTable(title=one.number, columns=columns, rows=rows, numbers=(4,)))
    return DossierSection(title="Reclamaciones", facts=tuple(facts), tables=tuple(tables))


def the_refunds(bought: Purchase) -> DossierSection | None:
    """What went back, or is on its way, by each road."""
    rows = tuple(
        (
            moment(one.asked_at),
            str(one.amount),
            str(one.reason_label),
            str(one.state_label),
            " · ".join(f"{leg.amount} {leg.tracking_key or leg.bank_ref}".strip() for leg in one.living_legs),
            f"{one.asked_by} / {one.approved_by}",
        )
        for one in refunds_of(bought.order.id)
    )
    if not rows:
        return None
    columns = ("Pedido el", "Monto", "Motivo", "Estado", "Camino", "Pidió / aprobó")
    return DossierSection(title="Reembolsos", tables=(ReportTable(title="", columns=columns, rows=rows, numbers=(1,)),))


def the_record(bought: Purchase) -> DossierSection:
    """What the audit keeps of the order, with the links of its chain."""
    rows = tuple(
        (
            moment(one.entry.at),
            words.deed(one.entry.action),
            one.entry.actor_name,
            str(one.seq) if one.seq else "por sellar",
            one.hash,
        )
        for one in sealed_history(bought.store.id, [f"order:{bought.order.id}"])
    )
    return DossierSection(
        title="Bitácora",
        says="Cada asiento se encadena al anterior; quien cambia uno cambia todos los que siguen.",
        tables=(ReportTable(title="", columns=("Cuándo", "Qué", "Quién", "Sello", "Huella"), rows=rows),),
    )


def the_seals(bought: Purchase) -> DossierSection:
    """Who signs this file, and how a stranger checks it."""
    return DossierSection(
        title="Firmas",
        says=(
            "La última línea del archivo lleva la firma Ed25519 de la tienda sobre todos los bytes anteriores. Se "
            "comprueba con «seguripago verify-receipt», o a mano como dice docs/receipts.md."
        ),
        facts=(
            ("Firma", f"{bought.store.legal_name}, RFC {bought.store.rfc}"),
            ("Llave pública (base64)", bought.store.public_key),
            ("Dónde descargarla", f"{settings.SEGURIPAGO.base_url}/verificar/llave/{bought.store.slug}.pem"),
        ),
    )


CHAPTERS: Final[tuple[Chapter, ...]] = (
    the_order,
    lambda bought: acceptances(bought.store, bought.order),
    the_checks,
    lambda bought: conversations(bought.store.id, bought.order.id),
    the_details,
    the_money,
    lambda bought: comprobantes(bought.order.id),
    the_papers,
    the_parcels,
    the_promise,
    the_claims,
    the_refunds,
    the_record,
    the_seals,
)
