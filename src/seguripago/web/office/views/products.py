"""Products: what is on the shelf, how many are left, at what price."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from seguripago.journey.catalogue.commands import set_listed, set_price, set_stock
from seguripago.journey.catalogue.queries import ProductCounters, counters
from seguripago.journey.catalogue.rules import ProductNotPossible, StockBelowPromises
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..forms import ProductForm


@require_GET
@staff_only("owner", "supervisor")
def product_list(request: StaffRequest) -> HttpResponse:
    """Every product of the store with its counters."""
    search = request.GET.get("q", "").strip()[:80]
    rows = [(row, row.stock - row.sold) for row in counters(request.member.store_id, search=search)]
    return render(request, "office/products.html", {"section": "products", "rows": rows, "search": search})


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("owner", "supervisor")
def product_page(request: StaffRequest, product_id: int) -> HttpResponse:
    """One product: count it, price it, put it on sale or take it off."""
    row = _row(request, product_id)
    initial = {"on_hand": row.stock - row.sold, "price": row.card.price.plain, "is_listed": row.card.is_listed}
    form = ProductForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and _keep(request, row, form):
        return HttpResponseRedirect(reverse("office_products") + f"#producto-{product_id}")
    context = {"section": "products", "row": row, "form": form}
    return render(request, "office/product.html", context, status=422 if form.errors else 200)


def _row(request: StaffRequest, product_id: int) -> ProductCounters:
    for row in counters(request.member.store_id):
        if row.card.id == product_id:
            return row
    raise Http404


def _keep(request: StaffRequest, row: ProductCounters, form: ProductForm) -> bool:
    store_id, wish = request.member.store_id, form.cleaned_data
    by, at = Actor.staff(request.member.user_id, request.member.name), timezone.now()
    try:
        if wish["on_hand"] != row.stock - row.sold:
            set_stock(store_id, row.card.id, wish["on_hand"] + row.sold, by=by, at=at)
    except StockBelowPromises as short:
        promised = short.promised - row.sold
        form.add_error(
            "on_hand",
            ngettext(
                "Hay %(n)s pieza apartada para un pedido: no puede haber menos.",
                "Hay %(n)s piezas apartadas para pedidos: no puede haber menos.",
                promised,
            )
            % {"n": promised},
        )
        return False
    try:
        if wish["price"] != row.card.price:
            set_price(store_id, row.card.id, wish["price"], by=by, at=at)
    except ProductNotPossible:
        form.add_error("price", _("El precio debe ser mayor que cero."))
        return False
    if wish["is_listed"] != row.card.is_listed:
        set_listed(store_id, row.card.id, is_listed=wish["is_listed"], by=by, at=at)
    return True
