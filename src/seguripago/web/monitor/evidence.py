"""What a store can show the bank of a cardholder who says that he did not buy: what there is of it, and where."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from seguripago.journey.assistance.queries.of_order import conversations_of_order
from seguripago.journey.cards.queries import PaidCharge
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.orders.queries import order as order_of
from seguripago.journey.receipts.queries import receipt_of
from seguripago.web.components.templatetags.sp import moment


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing to show: whether there is one, what it says, and where it is."""

    title: str
    says: str
    is_there: bool
    url: str = ""


def evidence_for(charge: PaidCharge, store_id: int, *, with_papers: bool) -> tuple[Evidence, ...]:
    """What there is of each thing that a bank asks for, in the order in which it weighs.

    The papers' addresses hold the buyer's own key: only for whoever may open the order's page.
    """
    order = order_of(charge.order_id)
    receipt = receipt_of(order.id)
    sent = [parcel for parcel in shipments_of(order.id) if parcel.shipped_at]
    arrived = [parcel for parcel in sent if parcel.delivered_at]
    talks = conversations_of_order(store_id, order.id)
    return (
        Evidence(
            _("Autorización del banco y 3-D Secure"),
            _("Autorización %(code)s, referencia %(ref)s.") % {"code": charge.authorization or "—", "ref": charge.ref},
            bool(charge.authorization),
        ),
        Evidence(
            _("Entrega a tu cliente"),
            ", ".join(moment(parcel.delivered_at) for parcel in arrived) or _("Todavía no hay entrega."),
            bool(arrived),
        ),
        Evidence(
            _("Guía de envío"),
            ", ".join(f"{one.carrier_label} {one.tracking_number}" for one in sent) or _("No ha salido."),
            bool(sent),
        ),
        Evidence(
            _("Aceptación del pedido"),
            _("%(name)s aceptó el %(at)s los seis puntos de su pedido.")
            % {"name": order.buyer.name, "at": moment(order.accepted_at)}
            if order.accepted_at
            else _("No la hay."),
            order.accepted_at is not None,
        ),
        Evidence(
            _("PRE-FACTURA y dirección de envío"),
            order.shipping.one_line,
            True,
            reverse("shop:pre_invoice", args=[order.access_token]) if with_papers else "",
        ),
        Evidence(
            _("Recibo firmado"),
            _("Folio %(number)s.") % {"number": receipt.number} if receipt else _("Aún no se firma."),
            receipt is not None,
            reverse("shop:receipt_pdf", args=[order.access_token]) if receipt and with_papers else "",
        ),
        Evidence(
            _("Conversación"),
            _("Descárgala como texto desde la mesa.") if talks else _("No hubo conversación."),
            bool(talks),
        ),
    )
