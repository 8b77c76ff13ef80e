"""Orders: the list, one order, and what the store does with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seguripago.journey.delivery.commands import mark_delivered, ship_order
from seguripago.journey.delivery.queries import ShipmentView, carrier_choices, shipment_of
from seguripago.journey.delivery.rules import (
    OrderNotReadyToShip,
    ShipmentCannot,
    TrackingNumberLooksWrong,
    UnknownCarrier,
)
from seguripago.journey.guarantee.queries import GuaranteeView, guarantee_of
from seguripago.journey.orders.commands import ShippingHeld, cancel_order
from seguripago.journey.orders.queries import find_order, orders_by_state, orders_of_store
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView, payment_of
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..forms import CancelForm, ShipForm

LIMIT: Final = 100
TONES: Final = {
    "placed": "",
    "verified": "info",
    "paid": "ok",
    "preparing": "warn",
    "shipped": "info",
    "delivered": "ok",
    "closed": "brand",
    "cancelled": "bad",
    "expired": "bad",
}


@dataclass(frozen=True, slots=True)
class StateChip:
    """A filter of the list."""

    state: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class OrderScreen:
    """Everything that the page of one order draws."""

    order: OrderView
    payment: PaymentView | None
    payment_label: str
    payment_tone: str
    shipment: ShipmentView | None
    guarantee: GuaranteeView | None
    tone: str

    @property
    def can_ship(self) -> bool:
        """Say whether the parcel may leave now."""
        return self.order.state in {"paid", "preparing"} and not self.order.shipping_hold

    @property
    def can_deliver(self) -> bool:
        """Say whether the parcel is on its way."""
        return self.shipment is not None and self.shipment.state in {"shipped", "in_transit"}


@require_GET
@staff_only("owner", "supervisor")
def order_list(request: StaffRequest) -> HttpResponse:
    """The store's orders, newest first, by state and by what is searched."""
    state = request.GET.get("estado", "")
    search = request.GET.get("q", "").strip()[:80]
    if state not in TONES:
        state = ""
    store_id = request.member.store_id
    rows = orders_of_store(store_id, state=state or None, search=search, limit=LIMIT)
    context = {
        "section": "orders",
        "rows": [(row, TONES.get(row.state, "")) for row in rows],
        "is_cut": len(rows) == LIMIT,
        "state": state,
        "search": search,
        "chips": _chips(orders_by_state(store_id)),
        "live_topics": "desk",
    }
    template = "office/orders.html#rows" if request.headers.get("HX-Request") else "office/orders.html"
    return render(request, template, context)


@require_GET
@staff_only("owner", "supervisor")
def order_page(request: StaffRequest, number: str) -> HttpResponse:
    """One order of the store, and what can be done with it now."""
    return _page(request, _order(request, number))


@require_POST
@staff_only("owner", "supervisor")
def ship(request: StaffRequest, number: str) -> HttpResponse:
    """Mark an order sent, with carrier and tracking number."""
    order = _order(request, number)
    form = ShipForm(carrier_choices(), request.POST)
    if form.is_valid():
        wish = form.cleaned_data
        try:
            ship_order(
                order.id,
                carrier=wish["carrier"],
                tracking_number=wish["tracking_number"],
                by=_by(request),
                at=timezone.now(),
            )
        except TrackingNumberLooksWrong as wrong:
            form.add_error("tracking_number", wrong.says)
        except UnknownCarrier:
            form.add_error("carrier", _("Elige una paquetería de la lista."))
        except ShippingHeld:
            form.add_error(None, _("Este envío está detenido mientras se aclara una duda."))
        except (OrderNotReadyToShip, ShipmentCannot):
            form.add_error(None, _("El pedido ya no está por enviarse: revisa su estado."))
        else:
            return _back(order)
    return _page(request, _order(request, number), ship_form=form)


@require_POST
@staff_only("owner", "supervisor")
def deliver(request: StaffRequest, number: str) -> HttpResponse:
    """Mark an order delivered; pressing twice changes nothing."""
    order = _order(request, number)
    shipment = shipment_of(order.id)
    if shipment is None or shipment.state != "delivered":
        mark_delivered(order.id, by=_by(request), at=timezone.now())
    return _back(order)


@require_POST
@staff_only("owner", "supervisor")
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Cancel an order that nobody has paid for; its pieces go back to the shelf."""
    order = _order(request, number)
    form = CancelForm(request.POST)
    if not order.is_open:
        form.add_error(None, _("Este pedido ya tiene un pago o ya terminó: no se puede cancelar aquí."))
    if form.is_valid():
        cancel_order(order.id, by=_by(request), reason=form.cleaned_data["reason"], at=timezone.now())
        return _back(order)
    return _page(request, order, cancel_form=form)


def _order(request: StaffRequest, number: str) -> OrderView:
    order = find_order(request.member.store_id, number)
    if order is None:
        raise Http404
    return order


def _page(
    request: StaffRequest,
    order: OrderView,
    *,
    ship_form: ShipForm | None = None,
    cancel_form: CancelForm | None = None,
) -> HttpResponse:
    payment = payment_of(order.id)
    label, tone = _payment_words(payment)
    screen = OrderScreen(
        order=order,
        payment=payment,
        payment_label=label,
        payment_tone=tone,
        shipment=shipment_of(order.id),
        guarantee=guarantee_of(order.id),
        tone=TONES.get(order.state, ""),
    )
    is_wrong = any(form is not None and form.errors for form in (ship_form, cancel_form))
    context = {
        "section": "orders",
        "screen": screen,
        "order": order,
        "ship_form": ship_form or ShipForm(carrier_choices()),
        "cancel_form": cancel_form or CancelForm(),
        "live_topics": f"order:{order.access_token}",
    }
    return render(request, f"office/order.html{_part(request)}", context, status=422 if is_wrong else 200)


def _part(request: StaffRequest) -> str:
    if not request.headers.get("HX-Request"):
        return ""
    return "#shipping" if request.GET.get("parte") == "envio" else "#status"


def _back(order: OrderView) -> HttpResponse:
    return HttpResponseRedirect(reverse("office_order", args=[order.number]))


def _by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)


def _chips(counted: dict[str, int]) -> tuple[StateChip, ...]:
    words = (
        ("placed", _("Por confirmar")),
        ("verified", _("Por pagar")),
        ("preparing", _("Por enviar")),
        ("shipped", _("Enviados")),
        ("delivered", _("Entregados")),
        ("closed", _("Concluidos")),
        ("cancelled", _("Cancelados")),
        ("expired", _("Vencidos")),
    )
    every = StateChip("", _("Todos"), sum(counted.values()))
    return (every, *(StateChip(state, label, counted.get(state, 0)) for state, label in words))


def _payment_words(payment: PaymentView | None) -> tuple[str, str]:
    if payment is None:
        return _("Sin datos enviados"), ""
    return {
        "awaiting": (_("En espera"), ""),
        "monitored": (_("Monitoreada"), "info"),
        "partly_paid": (_("Pago parcial"), "warn"),
        "confirmed": (_("Confirmado"), "ok"),
        "cancelled": (_("Cancelado"), "bad"),
        "expired": (_("Fuera de plazo"), "bad"),
        "refunded": (_("Reembolsado"), "info"),
        "partly_refunded": (_("Reembolso parcial"), "info"),
        "charged_back": (_("Contracargo"), "bad"),
        "reversed": (_("Revertido"), "bad"),
    }.get(payment.state, (payment.state, ""))
