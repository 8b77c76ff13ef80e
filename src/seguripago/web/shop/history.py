"""«Historia de tu pedido»: payment, parcels, claims, refunds and the guarantee's end in one list, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.journey.claims.queries import ClaimView, claim_timelines
from seguripago.journey.delivery.queries import ShipmentView
from seguripago.journey.guarantee.queries import GuaranteeView
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.refunds.queries import RefundView
from seguripago.journey.refunds.rules import RefundReason
from seguripago.web.claiming import detail, title


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A thing that happened to the order."""

    at: datetime
    title: str
    detail: str = ""


def history_of(
    order: OrderView,
    *,
    parcels: Sequence[ShipmentView],
    claims: Sequence[ClaimView],
    refunds: Sequence[RefundView],
    guarantee: GuaranteeView | None,
) -> tuple[HistoryLine, ...]:
    """Put together what the rooms know of a paid order."""
    found = [HistoryLine(order.placed_at, _("Hiciste tu pedido"))]
    if order.paid_at is not None:
        found.append(HistoryLine(order.paid_at, _("Pago confirmado"), str(order.total)))
    for parcel in parcels:
        name = _("Paquete %(n)s") % {"n": parcel.position} if len(parcels) > 1 else ""
        found += [
            HistoryLine(each.at, each.label, " · ".join(part for part in (name, each.place, each.says) if part))
            for each in parcel.events
        ]
    if order.is_quick and order.delivered_at is not None:
        found.append(HistoryLine(order.delivered_at, _("Entregado")))
    timelines = claim_timelines([claim.id for claim in claims]) if claims else {}
    for timeline in timelines.values():
        found += [
            HistoryLine(each.at, title(each, is_buyer=True), detail(each, is_buyer=True)[:160]) for each in timeline
        ]
    for refund in refunds:
        found += _of_refund(refund)
    if guarantee is not None:
        found += _of_guarantee(guarantee)
    # Of what happened at one moment the last told is the newest.
    found.sort(key=lambda line: line.at)
    return tuple(found[::-1])


def _of_refund(refund: RefundView) -> list[HistoryLine]:
    amount, found = str(refund.amount), []
    if refund.reason is RefundReason.CANCELLED and refund.asked_by_buyer:
        found.append(HistoryLine(refund.asked_at, _("Pediste cancelar tu pedido"), refund.note))
    if refund.approved_at is not None:
        found.append(HistoryLine(refund.approved_at, _("Reembolso aprobado"), amount))
    if refund.instructed_at is not None:
        found.append(HistoryLine(refund.instructed_at, _("Reembolso en camino"), amount))
    if refund.ended_at is not None:
        ends = {
            "confirmed": _("Reembolso enviado"),
            "failed": _("El reembolso no llegó"),
            "rejected": _("El reembolso no procede"),
        }
        found.append(HistoryLine(refund.ended_at, ends.get(refund.state.value, _("Reembolso")), amount))
    return found


def _of_guarantee(guarantee: GuaranteeView) -> list[HistoryLine]:
    if guarantee.released_at is None:
        return []
    if guarantee.state == "resolved":
        return [HistoryLine(guarantee.released_at, _("Tu garantía terminó con tu reembolso"))]
    return [HistoryLine(guarantee.released_at, _("Garantía cumplida"))]
