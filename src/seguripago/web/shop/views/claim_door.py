"""`/reclamar/`: the way to one's claim for whoever has no link at hand, and how to claim without a computer.

A browser that placed orders goes straight on. Anybody else types number and second proof; the way goes by mail to the
order's own address, and the answer is the same, with the same work behind it, whether there is such an order or not.
"""

from __future__ import annotations

import unicodedata

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from seguripago.foundations.limits.commands import take
from seguripago.foundations.stores.queries import store, stores_all
from seguripago.journey.notices.commands import ask_way_to_claim
from seguripago.journey.orders.queries import orders_by_tokens, proved_orders
from seguripago.journey.orders.shapes import OrderRow
from seguripago.values import order_number
from seguripago.web.limits import WAYS_TO_CLAIM, WAYS_TO_CLAIM_OF_CALLER, alias_of
from seguripago.web.shop.cookies import order_tokens

BOUGHT = frozenset({"paid", "preparing", "shipped", "delivered", "closed"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def claim_door(request: HttpRequest) -> HttpResponse:
    """Show the form with the store's contact and times; take number and second proof."""
    if request.method != "POST":
        return _page(request, sent=request.GET.get("enviado") == "1")
    typed = {"number": _typed(request, "number", 40), "proof": _typed(request, "proof", 254)}
    number, errors = order_number.parse(typed["number"]), {}
    if number is None:
        errors["number"] = _("Ese número no está completo o tiene un error. Es como CM-7K3F-92QX.")
    if not typed["proof"]:
        errors["proof"] = _("Escribe el correo o el teléfono con el que compraste.")
    if number is None or errors:
        return _page(request, status=422, typed=typed, errors=errors)
    own = next((row for row in _own(request) if row.number == number), None)
    if own is not None:
        return HttpResponseRedirect(reverse("shop:claim_page", args=[own.access_token]))
    at, caller = timezone.now(), alias_of(request)
    if caller and (wait_s := take(WAYS_TO_CLAIM_OF_CALLER, caller, at=at)):
        again = _("Hiciste varios intentos seguidos. Espera %(n)s min y vuelve a intentar.") % {"n": -(-wait_s // 60)}
        response = _page(request, status=429, typed=typed, errors={"number": again})
        response["Retry-After"] = str(wait_s)
        return response
    found = proved_orders([each.id for each in stores_all()], number, typed["proof"])
    # Wrong tries have a count of their own: they cost the same, and use up nothing of who has the right proof.
    is_over = take(WAYS_TO_CLAIM, number, bool(found), at=at)
    ask_way_to_claim(() if is_over else found)
    return HttpResponseRedirect(f"{request.path}?enviado=1")


def _page(request: HttpRequest, *, status: int = 200, **more: object) -> HttpResponse:
    slug = request.GET.get("tienda", "").replace("\x00", "")
    every = stores_all()
    chosen = store(slug) if slug else (every[0] if len(every) == 1 else None)
    if slug and chosen is None:
        raise Http404
    own = [row for row in _own(request) if row.state in BOUGHT]
    context = {"store": chosen, "stores": every, "own": own, "typed": {}, "errors": {}, **more}
    return render(request, "shop/claim_door.html", context, status=status)


def _own(request: HttpRequest) -> list[OrderRow]:
    """The orders that this browser placed, in every store: it holds their keys already."""
    tokens = order_tokens(request)
    return [row for each in stores_all() for row in orders_by_tokens(each.id, tokens)] if tokens else []


def _typed(request: HttpRequest, name: str, longest: int) -> str:
    return unicodedata.normalize("NFKC", request.POST.get(name, "").replace("\x00", "")).strip()[:longest]
