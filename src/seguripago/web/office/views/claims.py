"""How to claim: a true page with the store's contact and times, for anyone."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from seguripago.foundations.stores.queries import store, stores_all


@require_GET
def claims_page(request: HttpRequest) -> HttpResponse:
    """The store's claims address and clocks; where there are several stores, first which one."""
    slug = request.GET.get("tienda", "")
    every = stores_all() if not slug else ()
    chosen = store(slug) if slug else (every[0] if len(every) == 1 else None)
    if slug and chosen is None:
        raise Http404
    return render(request, "claims/claims.html", {"store": chosen, "stores": every})
