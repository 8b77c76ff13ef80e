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

from seguripago.journey.delivery.commands import hand_over
from seguripago.journey.delivery.queries import ShipmentView, carrier_choices, shipments_of
from seguripago.journey.guarantee.commands import will_not_send
from seguripago.journey.guarantee.queries import GuaranteeView, guarantee_of, rest_of
from seguripago.journey.orders.commands import NotByHand, ShippingHeld, WrongState
from seguripago.journey.orders.queries import find_order, orders_by_state, orders_of_store
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView, payment_of
from seguripago.journey.payments.rules.asked_deposit import LEAST
from seguripago.journey.refunds.commands import cancel_order
from seguripago.journey.refunds.queries import RefundView, refunds_of
from seguripago.journey.refunds.refusals import NothingPaid
from seguripago.journey.refunds.rules import RefundReason, RefundState
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.sharing import link_box

from ..forms import CancelForm, DossierForm, ShipForm, UnsentForm

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
    parcels: tuple[ShipmentView, ...]
    guarantee: GuaranteeView | None
    refunds: tuple[RefundView, ...]
    tone: str

    @property
    def can_ship(self) -> bool:
        """Say whether the parcel may leave now; a charge without a cart has none."""
        is_back = self.order.state == "shipped" and self.to_send is not None and not self.order.shipping_hold
        return (self._is_ready or is_back) and not self.order.is_quick

    @property
    def can_hand_over(self) -> bool:
        """Say whether what was charged without a cart may be said to be given or done."""
        return self._is_ready and self.order.is_quick

    @property
    def _is_ready(self) -> bool:
        return self.order.state in {"paid", "preparing"} and not self.order.shipping_hold

    @property
    def can_cancel(self) -> bool:
        """Say whether it may be cancelled: at once while nobody paid it, by two people while nothing of it left."""
        has_left = any(parcel.shipped_at for parcel in self.parcels)
        if self.order.is_open:
            return True
        return self.order.state in {"paid", "preparing"} and not has_left and self.cancel_asked is None

    @property
    def cancel_asked(self) -> RefundView | None:
        """Give the refund with which a paid order is to be cancelled, while it waits for it."""
        if self.order.state not in {"paid", "preparing"}:
            return None
        return next((each for each in self.refunds if each.asks_to_cancel), None)

    @property
    def to_send(self) -> ShipmentView | None:
        """Give the parcel in preparation: what is left to send."""
        return next((parcel for parcel in self.parcels if parcel.state == "preparing"), None)

    @property
    def unsent(self) -> tuple[ShipmentView, ...]:
        """Give what the store said that it will not send."""
        return tuple(parcel for parcel in self.parcels if parcel.is_unsent)

    @property
    def sent(self) -> tuple[ShipmentView, ...]:
        """Give the parcels that have left."""
        return tuple(parcel for parcel in self.parcels if parcel.shipped_at and not parcel.is_by_hand)


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
    return page_of(request, order_of(request, number))


@require_POST
@staff_only("owner", "supervisor")
def deliver(request: StaffRequest, number: str) -> HttpResponse:
    """Say that the store gave or did what was charged without a cart; pressing twice changes nothing."""
    order = order_of(request, number)
    try:
        hand_over(order.id, by=by_person(request), at=timezone.now())
    except (NotByHand, ShippingHeld, WrongState):
        return page_of(request, order, link_error=_("Todavía no se puede marcar como entregado: revisa su estado."))
    return _back(order)


@require_POST
@staff_only("owner", "supervisor")
def cancel(request: StaffRequest, number: str) -> HttpResponse:
    """Cancel an order that nobody has paid for; of one that was paid and has not left, propose it with its refund."""
    order = order_of(request, number)
    form = CancelForm(request.POST)
    if form.is_valid():
        said, by, at = form.cleaned_data["reason"], by_person(request), timezone.now()
        try:
            try:
                cancel_order(order.id, note=said, by=by, at=at)
            except NothingPaid:
                # What was paid is gone already: a bank took all of it for good.
                will_not_send(order.id, reason=said, by=by, at=at)
        except Refusal as refusal:
            form.add_error(None, _("Este pedido ya no se puede cancelar (%(code)s).") % {"code": refusal.code})
        else:
            return _back(order)
    return page_of(request, order, cancel_form=form)


@require_POST
@staff_only("owner", "supervisor")
def unsent(request: StaffRequest, number: str) -> HttpResponse:
    """Say that what is left will not be sent; where money is owed for it, that is proposed to a second person."""
    order = order_of(request, number)
    form = UnsentForm(request.POST)
    if form.is_valid():
        try:
            will_not_send(order.id, reason=form.cleaned_data["reason"], by=by_person(request), at=timezone.now())
        except Refusal as refusal:
            form.add_error(None, _why_sent(refusal))
        else:
            return _back(order)
    return page_of(request, order_of(request, number), unsent_form=form)


def _why_sent(refusal: Refusal) -> str:
    said = {
        "SP-423": _("Ya no queda nada por enviar de este pedido."),
        "SP-424": _("Ya se pidió: espera a la segunda persona."),
        "SP-425": _("Hay una reclamación abierta: ahí se decide qué pasa con lo que falta."),
        "SP-426": _("El banco del tarjetahabiente todavía no decide. Espera su respuesta."),
        "SP-253": _("Esta pasarela solo reembolsa cobros completos: acuerda con tu cliente el reembolso de todo."),
        "SP-535": _("Escribe el motivo sin números de tarjeta."),
    }.get(refusal.code, _("No se pudo. Revisa cómo va el pedido y vuelve a intentarlo."))
    return f"{said} ({refusal.code})"


def order_of(request: StaffRequest, number: str) -> OrderView:
    """The store's order with this number, or 404."""
    order = find_order(request.member.store_id, number)
    if order is None:
        raise Http404
    return order


def page_of(
    request: StaffRequest,
    order: OrderView,
    *,
    ship_form: ShipForm | None = None,
    cancel_form: CancelForm | None = None,
    dossier_form: DossierForm | None = None,
    unsent_form: UnsentForm | None = None,
    link_error: str = "",
    parcel_error: str = "",
    typed_deposit: str = "",
) -> HttpResponse:
    """Draw the page of one order, with the forms as they were typed."""
    payment = payment_of(order.id)
    label, tone = _payment_words(payment)
    screen = OrderScreen(
        order=order,
        payment=payment,
        payment_label=label,
        payment_tone=tone,
        parcels=shipments_of(order.id),
        guarantee=guarantee_of(order.id),
        refunds=refunds_of(order.id) if order.paid_at else (),
        tone=TONES.get(order.state, ""),
    )
    is_wrong = any(form is not None and form.errors for form in (ship_form, cancel_form, dossier_form, unsent_form))
    is_wrong = is_wrong or bool(link_error or parcel_error)
    context = {
        "section": "charges" if order.is_quick else "orders",
        **_link_context(order, payment),
        "link_error": link_error,
        "typed_deposit": typed_deposit,
        "was_mailed": request.GET.get("aviso") == "correo",
        "screen": screen,
        "order": order,
        "parcel_error": parcel_error,
        "ship_form": ship_form or _ship_form(screen),
        "cancel_form": cancel_form or CancelForm(),
        "dossier_form": dossier_form or DossierForm(),
        **_unsent_context(screen, unsent_form),
        "live_topics": f"order:{order.access_token}",
    }
    return render(request, f"office/{_part(request)}", context, status=422 if is_wrong else 200)


def _unsent_context(screen: OrderScreen, form: UnsentForm | None) -> dict[str, object]:
    """What is left of an order of which a part left, and the refund that was asked for it."""
    is_partly = screen.to_send is not None and any(parcel.shipped_at for parcel in screen.parcels)
    asked = [one for one in screen.refunds if one.reason is RefundReason.UNSENT] if is_partly else []
    return {
        "rest": rest_of(screen.order.id) if is_partly and screen.order.state in {"preparing", "shipped"} else None,
        "unsent_asked": next((one for one in asked if one.state is RefundState.ASKED), None),
        "unsent_form": form or UnsentForm(),
    }


def _ship_form(screen: OrderScreen) -> ShipForm:
    waiting = screen.to_send
    lines, known = (waiting.lines, {"parcel": waiting.id}) if waiting else ((), {})
    return ShipForm(carrier_choices(screen.order.store_id), lines, initial=known)


def _link_context(order: OrderView, payment: PaymentView | None) -> dict[str, object]:
    """The order's links, and whether another may be asked for now."""
    missing = payment.missing if payment is not None and payment.is_open else order.total
    is_agreed = order.accepted_at is not None or order.is_quick
    return {
        "link_box": link_box(order.id, at=timezone.now(), with_openings=True),
        "can_ask": order.is_open and is_agreed,
        "can_ask_part": order.is_open and order.accepted_at is not None and missing.centavos > LEAST.centavos,
        "deposit_least": LEAST,
        "deposit_most": Money(max(0, missing.centavos - 1), missing.currency),
    }


def _part(request: StaffRequest) -> str:
    if not request.headers.get("HX-Request"):
        return "order.html"
    return {"envio": "order.html#shipping", "link": "_link.html"}.get(request.GET.get("parte", ""), "order.html#status")


def _back(order: OrderView) -> HttpResponse:
    return HttpResponseRedirect(reverse("office_order", args=[order.number]))


def by_person(request: StaffRequest) -> Actor:
    """Whoever presses the button."""
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
    if payment.state == "partly_paid" and payment.by_deposit:
        return _("Anticipo recibido") if payment.link_purpose != "deposit" else _("Pago parcial"), "info"
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
