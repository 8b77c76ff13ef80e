"""How states and events of a parcel are said on screens."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from ..rules import Happened, Says, ShipmentState

STATE_LABELS: Final = {
    ShipmentState.PREPARING: _("En preparación"),
    ShipmentState.SHIPPED: _("Enviado"),
    ShipmentState.IN_TRANSIT: _("En camino"),
    ShipmentState.DELIVERED: _("Entregado"),
    ShipmentState.RETURNED: _("Devuelto a la tienda"),
    ShipmentState.UNSENT: _("No se enviará"),
}
LABELS: Final = {
    Happened.SENT: _("Salió de la tienda"),
    Happened.COLLECTED: _("La paquetería lo recogió"),
    Happened.TRAVELS: _("En camino"),
    Happened.ARRIVED_NEAR: _("Llegó al centro de reparto"),
    Happened.OUT_FOR_DELIVERY: _("En reparto: llega hoy"),
    Happened.NOT_FOUND: _("No encontraron a nadie"),
    Happened.DELAYED: _("Retrasado por la paquetería"),
    Happened.DELIVERED: _("Entregado"),
    Happened.RETURNED: _("Regresó a la tienda"),
    Happened.LATE_TO_SEND: _("No salió a tiempo"),
    Happened.LATE_TO_ARRIVE: _("No llegó en la fecha prometida"),
    Happened.ASKED: _("Preguntamos si ya llegó"),
    Happened.MISSED: _("Quien compró dice que no le ha llegado"),
    Happened.UNSENT: _("La tienda no enviará lo que falta"),
}
SAYS_LABELS: Final = {
    Says.STORE: _("lo dice la tienda"),
    Says.CARRIER: _("lo dice la paquetería"),
    Says.BUYER: _("lo dice quien compró"),
    Says.CLOCK: _("por el plazo"),
}
