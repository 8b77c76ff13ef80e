"""What of a person stands beside an order that was paid: parcels, claims, refunds and the accounts he gave for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seguripago.journey.claims.queries import ClaimView, claim_file, claim_timeline, claims_of
from seguripago.journey.delivery.queries import ShipmentView, proof_file, shipments_of
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.refunds.queries import AccountView, RefundView, account_file, accounts_of, refunds_of


def told_beside(order: OrderView) -> dict[str, Any]:
    """What the buyer gave and could read himself; of a refund's reason only what are his own words."""
    return {
        "cancelacion": order.cancel_reason,
        "paquetes": [_parcel(parcel) for parcel in shipments_of(order.id)],
        "reclamaciones": [_claim(claim) for claim in claims_of(order.id)],
        "reembolsos": [_refund(refund, order) for refund in refunds_of(order.id)],
    }


def files_beside(order: OrderView) -> Iterator[tuple[str, bytes]]:
    """The clean copies of proofs of delivery, of what each side of a claim showed, and of what proves an account."""
    for parcel in shipments_of(order.id):
        for kept in parcel.proofs:
            if (proof := proof_file(kept.id)) is not None:
                yield f"{order.number}-{proof.filename}", proof.body
    for claim in claims_of(order.id):
        for shown in claim.files:
            if (found := claim_file(claim.id, shown.id)) is not None:
                yield f"{claim.number}-{shown.side}-{shown.place}{Path(shown.filename).suffix}", found[1]
    for refund in refunds_of(order.id):
        for account in accounts_of(refund.id):
            if (paper := account_file(account.id)) is not None:
                yield f"{order.number}-cuenta-{account.id}{Path(account.filename).suffix}", paper.body


def why_beside(order: OrderView) -> str:
    """What stays with a paid order, in words; nothing for an order that has only its own papers."""
    refunds = refunds_of(order.id)
    kept = (
        ("quién recibió sus paquetes", any(each.received_by or each.proofs for each in shipments_of(order.id))),
        ("lo dicho y mostrado en su reclamación", bool(claims_of(order.id))),
        ("sus reembolsos", bool(refunds)),
        ("la cuenta que dio para un reembolso", any(each.account for each in refunds)),
    )
    said = [words for words, is_kept in kept if is_kept]
    return f"; con él, como prueba de lo que se cumplió y se devolvió: {', '.join(said)}" if said else ""


def _parcel(parcel: ShipmentView) -> dict[str, Any]:
    return {
        "estado": parcel.state_label,
        "paqueteria": parcel.carrier_label,
        "guia": parcel.tracking_number,
        "enviado": parcel.shipped_at,
        "entregado": parcel.delivered_at,
        "lo_recibio": parcel.received_by,
        "regreso": parcel.return_reason,
        "productos": [{"nombre": line.name, "piezas": line.quantity} for line in parcel.lines],
        "sucesos": [{"fecha": each.at, "que": each.label, "donde": each.place} for each in parcel.events],
        "pruebas": [{"archivo": proof.filename, "fecha": proof.kept_at} for proof in parcel.proofs],
    }


def _claim(claim: ClaimView) -> dict[str, Any]:
    return {
        "numero": claim.number,
        "fecha": claim.opened_at,
        "motivo": claim.reason_label,
        "pidio": claim.wanted_label,
        "detalles": claim.details,
        "estado": claim.state_label,
        "resultado": claim.outcome_label,
        "para_el_comprador": claim.to_buyer,
        "historia": [
            {"fecha": each.at, "de": each.actor_name, "texto": each.words, "monto": each.amount}
            for each in claim_timeline(claim.id)
        ],
        "archivos": [{"de": each.by_name, "archivo": each.filename, "fecha": each.kept_at} for each in claim.files],
    }


def _refund(refund: RefundView, order: OrderView) -> dict[str, Any]:
    return {
        "fecha": refund.asked_at,
        "motivo": refund.reason_label,
        "sus_palabras": refund.note if refund.asked_by_buyer else "",
        "monto": refund.amount,
        "estado": refund.state_label,
        "por_que_no": refund.words,
        "a": [{"cuenta_o_tarjeta": leg.to, "titular": leg.holder, "monto": leg.amount} for leg in refund.living_legs],
        "cuentas": [_account(account) for account in accounts_of(refund.id)],
    }


def _account(account: AccountView) -> dict[str, Any]:
    return {
        "fecha": account.given_at,
        "clabe": account.clabe,
        "banco": account.bank_name,
        "titular": account.holder,
        "prueba": account.filename,
        "estado": account.state,
        "por_que_no": account.words,
    }
