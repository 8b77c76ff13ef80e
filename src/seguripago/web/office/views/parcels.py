"""Parcels: what waits to be sent, what is late, what is on its way; and what the store does with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seguripago.journey.delivery.commands import (
    add_proof,
    mark_delivered,
    mark_returned,
    prepare_shipments,
    send_parcel,
)
from seguripago.journey.delivery.queries import (
    ShipmentView,
    carrier_choices,
    open_parcels,
    proof_file,
    shipments_of,
)
from seguripago.journey.delivery.rules import (
    LinkLooksWrong,
    OrderNotReadyToShip,
    ParcelLeft,
    PiecesNotThere,
    ReasonMissing,
    Says,
    ShipmentCannot,
    TrackingNumberLooksWrong,
    UnknownCarrier,
)
from seguripago.journey.orders.commands import ShippingHeld
from seguripago.journey.orders.queries import orders_by_id
from seguripago.journey.orders.shapes import OrderView
from seguripago.values.calendar import MEXICO
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.handing import hand_over
from seguripago.web.uploads import taken

from ..forms import DeliveredForm, ReturnedForm, ShipForm
from .orders import by_person, order_of, page_of


@dataclass(frozen=True, slots=True)
class ParcelRow:
    """A parcel in the list, with its order."""

    parcel: ShipmentView
    order: OrderView


@dataclass(frozen=True, slots=True)
class ParcelGroup:
    """Parcels that want the same of the store."""

    slug: str
    title: str
    says: str
    tone: str
    rows: tuple[ParcelRow, ...]


@require_GET
@staff_only("owner", "supervisor")
def parcel_list(request: StaffRequest) -> HttpResponse:
    """What to send, what is late and what is on its way, the most urgent first."""
    parcels = open_parcels(request.member.store_id)
    orders = orders_by_id({parcel.order_id for parcel in parcels})
    rows = [ParcelRow(parcel, orders[parcel.order_id]) for parcel in parcels]
    groups = _groups(rows, timezone.now())
    context = {"section": "parcels", "groups": groups, "count": len(rows), "live_topics": "desk"}
    template = "office/parcels.html#rows" if request.headers.get("HX-Request") else "office/parcels.html"
    return render(request, template, context)


@require_POST
@staff_only("owner", "supervisor")
def ship(request: StaffRequest, number: str) -> HttpResponse:
    """Send a parcel: all that is left, or the pieces that were chosen, with carrier and tracking number."""
    order = order_of(request, number)
    # The listener that prepares parcels may not have come by yet.
    prepare_shipments([order.id], by=by_person(request), at=timezone.now())
    waiting = next((one for one in shipments_of(order.id) if one.state == "preparing"), None)
    form = ShipForm(carrier_choices(order.store_id), waiting.lines if waiting else (), request.POST)
    if form.is_valid():
        wish = form.cleaned_data
        try:
            send_parcel(
                order.id,
                form.pieces(),
                carrier=wish["carrier"],
                tracking_number=wish["tracking_number"],
                tracking_link=wish["tracking_link"],
                parcel=wish["parcel"],
                by=by_person(request),
                at=timezone.now(),
            )
        except ParcelLeft:
            form.show_parcel(waiting.id if waiting else None)
            form.add_error(None, _("Otro paquete de este pedido salió mientras tanto. Revisa qué falta y envíalo."))
        except TrackingNumberLooksWrong as wrong:
            form.add_error("tracking_number", wrong.says)
        except LinkLooksWrong:
            form.add_error("tracking_link", _("Pega la liga completa: empieza con https:// y no lleva espacios."))
        except UnknownCarrier:
            form.add_error("carrier", _("Elige una paquetería de la lista."))
        except PiecesNotThere:
            form.add_error(None, _("Elige al menos una pieza, y no más de las que faltan por enviar."))
        except ShippingHeld:
            form.add_error(None, _("Este envío está detenido. Arriba, en el estado del pedido, dice por qué."))
        except (OrderNotReadyToShip, ShipmentCannot):
            form.add_error(None, _("El pedido ya no está por enviarse: revisa su estado."))
        else:
            return _back(order)
    return page_of(request, order_of(request, number), ship_form=form)


@require_POST
@staff_only("owner", "supervisor")
def delivered(request: StaffRequest, number: str, shipment_id: int) -> HttpResponse:
    """Mark a parcel delivered, with who received it and a proof if there is one; pressing twice changes nothing."""
    order, parcel = _parcel(request, number, shipment_id)
    form = DeliveredForm(request.POST)
    if not form.is_valid():
        return page_of(request, order, parcel_error=_("Escribe en pocas letras quién lo recibió."))
    whom = form.cleaned_data["received_by"]
    try:
        if parcel.state != "delivered":
            mark_delivered(parcel.id, says=Says.STORE, by=by_person(request), at=timezone.now(), received_by=whom)
    except ShipmentCannot:
        return page_of(request, order_of(request, number), parcel_error=_moved_on())
    error = _keep(request, parcel.id) if request.FILES.get("file") else ""
    return page_of(request, order_of(request, number), parcel_error=error) if error else _back(order)


@require_POST
@staff_only("owner", "supervisor")
def returned(request: StaffRequest, number: str, shipment_id: int) -> HttpResponse:
    """Mark a parcel as come back, with the reason: its pieces wait to be sent again."""
    order, parcel = _parcel(request, number, shipment_id)
    form = ReturnedForm(request.POST)
    if not form.is_valid():
        return page_of(request, order, parcel_error=_("Escribe por qué regresó: tu cliente lo va a leer."))
    reason = form.cleaned_data["reason"]
    try:
        if parcel.state != "returned":
            mark_returned(parcel.id, reason=reason, says=Says.STORE, by=by_person(request), at=timezone.now())
    except ReasonMissing:
        return page_of(request, order, parcel_error=_("Escribe por qué regresó: tu cliente lo va a leer."))
    except ShipmentCannot:
        return page_of(request, order_of(request, number), parcel_error=_moved_on())
    return _back(order)


@require_POST
@staff_only("owner", "supervisor")
def prove(request: StaffRequest, number: str, shipment_id: int) -> HttpResponse:
    """Keep a proof of a delivery: a picture or a PDF."""
    order, parcel = _parcel(request, number, shipment_id)
    error = _keep(request, parcel.id)
    return page_of(request, order, parcel_error=error) if error else _back(order)


@require_GET
@staff_only("owner", "supervisor")
def proof(request: StaffRequest, number: str, proof_id: int) -> HttpResponse:
    """Hand over the clean copy of a proof of delivery, where strangers' files are served."""
    order, found = order_of(request, number), proof_file(proof_id)
    if found is None or found.order_id != order.id:
        raise Http404
    return hand_over("delivery", found.id, found.sha256, at=timezone.now())


def _keep(request: StaffRequest, shipment_id: int) -> str:
    def keep(name: str, body: bytes) -> None:
        add_proof(shipment_id, filename=name, body=body, by=by_person(request), at=timezone.now())

    return taken(request, keep, nothing=_("Elige la foto o el PDF de la entrega."))


def _parcel(request: StaffRequest, number: str, shipment_id: int) -> tuple[OrderView, ShipmentView]:
    order = order_of(request, number)
    parcel = next((one for one in shipments_of(order.id) if one.id == shipment_id), None)
    if parcel is None:
        raise Http404
    return order, parcel


def _groups(rows: list[ParcelRow], at: datetime) -> tuple[ParcelGroup, ...]:
    today = at.astimezone(MEXICO).date()
    late = [row for row in rows if row.parcel.late or row.parcel.is_missed]
    rest = [row for row in rows if row not in late]
    waiting = [row for row in rest if row.parcel.state == "preparing"]
    held = [row for row in waiting if row.order.shipping_hold]
    today_ones = [row for row in waiting if row not in held and row.parcel.ship_by.astimezone(MEXICO).date() <= today]
    later = [row for row in waiting if row not in held and row not in today_ones]
    going = [row for row in rest if row.parcel.is_on_the_way]
    every = (
        ParcelGroup("tarde", _("Tarde"), _("Tu cliente ya lo sabe. Envía, o dile qué pasó."), "bad", tuple(late)),
        ParcelGroup("hoy", _("Por enviar hoy"), "", "warn", tuple(today_ones)),
        ParcelGroup("despues", _("Por enviar"), "", "", tuple(later)),
        ParcelGroup(
            "detenidos", _("Detenidos"), _("Por una duda, una reclamación o una cancelación."), "", tuple(held)
        ),
        ParcelGroup("camino", _("En camino"), "", "info", tuple(going)),
    )
    return tuple(group for group in every if group.rows)


def _moved_on() -> str:
    return _("Ese paquete ya no está en ese punto. Así va ahora; no se cambió nada.")


def _back(order: OrderView) -> HttpResponse:
    return HttpResponseRedirect(reverse("office_order", args=[order.number]))
