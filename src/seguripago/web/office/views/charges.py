"""«Cobro rápido»: a link without a cart. The list of those made, and the form that makes one."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from seguripago.foundations.stores.commands import AccountsExhausted
from seguripago.journey.orders.commands import CheckoutAlreadyUsed, DetailsRefused, NumberTaken
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.orders.queries import orders_of_store, quick_by_state
from seguripago.journey.orders.shapes import OrderRow
from seguripago.journey.payments.commands import make_quick_charge
from seguripago.journey.payments.queries import newest_links
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.charging import BuyerChargeForm
from seguripago.web.sharing import link_state

LIMIT: Final = 100
# A filter of the list is one or several states of the order.
FILTERS: Final = {
    "por-aceptar": ("placed",),
    "por-pagar": ("verified",),
    "pagados": ("paid", "preparing", "shipped", "delivered", "closed"),
    "vencidos": ("expired",),
    "cancelados": ("cancelled",),
}
TONES: Final = {"placed": "", "verified": "info", "cancelled": "bad", "expired": "warn"}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter of the list."""

    name: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class ChargeLine:
    """A charge in the list; `link` and `link_tone` are its newest link's badge."""

    row: OrderRow
    tone: str
    link: str
    link_tone: str


@require_GET
@staff_only("owner", "supervisor")
def charge_list(request: StaffRequest) -> HttpResponse:
    """The charges made without a cart, the newest first, by state and by what is searched."""
    wanted, search = request.GET.get("estado", ""), request.GET.get("q", "").strip()[:80]
    if wanted not in FILTERS:
        wanted = ""
    store_id = request.member.store_id
    rows = orders_of_store(store_id, states=FILTERS.get(wanted, ()), kind="quick", search=search, limit=LIMIT)
    context = {
        "section": "charges",
        "lines": _lines(rows),
        "is_cut": len(rows) == LIMIT,
        "wanted": wanted,
        "search": search,
        "chips": _chips(quick_by_state(store_id)),
        "live_topics": "desk",
    }
    part = "#rows" if request.headers.get("HX-Request") else ""
    return render(request, f"office/charges.html{part}", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("owner", "supervisor")
def new_charge(request: StaffRequest) -> HttpResponse:
    """Make a charge and its link; sent twice, it is one. What was typed stays when something is wrong."""
    form = BuyerChargeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        by, at = Actor.staff(request.member.user_id, request.member.name), timezone.now()
        asked, token = form.asked(form.buyer()), secrets.token_urlsafe(32)
        try:
            made = make_quick_charge(request.member.store_id, asked, token=token, by=by, at=at)
        except DetailsRefused as refused:
            for fault in refused.faults:
                form.add_error(_field_of(fault.field), fault.says)
        except CheckoutAlreadyUsed:
            form.add_error(None, _("Ese formulario ya hizo otro cobro. Abre uno nuevo."))
        except AccountsExhausted:
            form.add_error(None, _("Tu tienda ya no tiene cuentas CLABE por asignar: pide más en Bancos."))
        except NumberTaken:
            form.add_error(None, _("No se pudo crear. Inténtalo otra vez."))
        else:
            return HttpResponseRedirect(reverse("office_order", args=[read_order(made).number]) + "#link")
    context = {"section": "charges", "form": form}
    return render(request, "office/charge_new.html", context, status=422 if form.errors else 200)


def _field_of(name: str) -> str | None:
    return {"quick.concept": "concept", "quick.amount": "amount", "quick.iva": "iva", "quick.note": "note"}.get(
        name, {"quick.days": "days", "buyer.name": "name", "buyer.email": "email", "buyer.phone": "phone"}.get(name)
    )


def _lines(rows: tuple[OrderRow, ...]) -> list[ChargeLine]:
    links = newest_links([row.id for row in rows], at=timezone.now())
    lines = []
    for row in rows:
        found = links.get(row.id)
        state, tone = link_state(found) if found is not None else (_("Sin link"), "")
        lines.append(ChargeLine(row, TONES.get(row.state, "ok"), state, tone))
    return lines


def _chips(counted: dict[str, int]) -> tuple[Chip, ...]:
    words = {
        "por-aceptar": _("Por aceptar"),
        "por-pagar": _("Por pagar"),
        "pagados": _("Pagados"),
        "vencidos": _("Vencidos"),
        "cancelados": _("Cancelados"),
    }
    every = Chip("", _("Todos"), sum(counted.values()))
    return (
        every,
        *(Chip(name, words[name], sum(counted.get(state, 0) for state in states)) for name, states in FILTERS.items()),
    )
