"""What the chat says of a parcel on its way: where it is, that it is late, that it came back."""

from __future__ import annotations

from django.utils.translation import gettext as _

from seguripago.journey.delivery import queries as delivery
from seguripago.journey.delivery.facts import ShipmentLate, ShipmentMoved, ShipmentReturned, ShipmentWithheld
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView

from ..models import Conversation
from . import cards


def moved(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ShipmentMoved) -> None:
    """Say what the carrier told."""
    found = delivery.event_of(fact.event_id)
    if found is not None:
        cards.post_status(conversation, "parcel_moved", found.one_line, (order.id, fact.event_id), at=fact.at)


def late(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ShipmentLate) -> None:
    """Say honestly that a parcel is late, or that the buyer's word was noted."""
    text = {
        "to_send": _("Tu pedido no salió en el plazo que la tienda prometió. Ya se lo dijimos."),
        "to_arrive": _("Tu pedido no llegó en la fecha prometida. ¿Ya lo tienes? Dinos en la página de tu pedido."),
        "missed": _("Anotamos que no te ha llegado. La tienda lo busca, y nada se da por entregado sin ti."),
    }.get(fact.kind, "")
    if text:
        cards.post_status(conversation, "parcel_late", text, (order.id, fact.shipment_id, fact.kind), at=fact.at)


def came_back(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ShipmentReturned
) -> None:
    """Say that a parcel came back, and why."""
    text = _("Un paquete de tu pedido regresó a la tienda: %(reason)s. La tienda lo vuelve a enviar.") % {
        "reason": fact.reason.rstrip(".")
    }
    cards.post_status(conversation, "parcel_returned", text, (order.id, fact.shipment_id), at=fact.at)


def unsent(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ShipmentWithheld) -> None:
    """Say that the store will not send the rest, why, and where its money is told."""
    text = _("La tienda no enviará lo que faltaba de tu pedido: %(reason)s. En tu pedido ves cómo va tu dinero.") % {
        "reason": fact.reason.rstrip(".")
    }
    cards.post_status(conversation, "parcel_unsent", text, (order.id, fact.shipment_id), at=fact.at)
