"""The shelf and the page of one product."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seguripago.journey.catalogue import queries as catalogue
from seguripago.web.shop.stores import around, store_or_404

FEW = 5


@require_safe
def shelf(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Show what is on sale, searched and by kind."""
    store = store_or_404(store_slug)
    search, kind = request.GET.get("q", "").strip()[:80], request.GET.get("tipo", "").strip()[:60]
    context = around(
        request,
        store,
        products=catalogue.shelf(store.id, search=search, kind=kind),
        kinds=catalogue.kinds(store.id),
        search=search,
        kind=kind,
        few=FEW,
    )
    return render(request, "shop/shelf.html", context)


@require_safe
def product(request: HttpRequest, store_slug: str, product_slug: str) -> HttpResponse:
    """Show one product with all that a buyer wants to know before deciding."""
    store = store_or_404(store_slug)
    found = catalogue.product(store.id, product_slug)
    if found is None:
        raise Http404
    return render(request, "shop/product.html", around(request, store, product=found, few=FEW))
