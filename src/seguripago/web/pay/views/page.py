"""The page behind a link, its live part, and the way from it to the buyer's own page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from seguripago.web.pay.notes import note
from seguripago.web.pay.page import Panel, Way
from seguripago.web.pay.passes import keep_pass, keep_proof
from seguripago.web.pay.proof import Proof
from seguripago.web.pay.reading import Shown, context_of, mark_of, shown
from seguripago.web.pay.shut import payers, with_gateway


@payers
@require_safe
def show(request: HttpRequest, place: str) -> HttpResponse:
    """Show what the link asks for, to whoever holds its pass."""
    seen = shown(request, place)
    return closed(request) if seen is None else drawn(request, seen)


@payers
@require_safe
def state(request: HttpRequest, place: str) -> HttpResponse:
    """Show only what changes: the page asks for it when it is woken."""
    seen = shown(request, place)
    if seen is None:
        return render(request, "pay/page.html#live")
    context = context_of(request, seen, way=way_of(request))
    if request.GET.get("v") == mark_of(context):
        return _renewed(HttpResponse(status=204), seen)
    return _renewed(with_gateway(render(request, "pay/page.html#live", context), context), seen)


@payers
@require_safe
def order(request: HttpRequest, place: str) -> HttpResponse:
    """Lead to the buyer's own page. Four digits are not enough for it: they ask for the whole e-mail or telephone."""
    seen = shown(request, place)
    if seen is None or seen.panel is not Panel.PAID or not seen.proof:
        return closed(request) if seen is None else HttpResponseRedirect(reverse("pay:page", args=[place]))
    if not seen.proof.opens_order:
        return drawn(request, seen, only_whole=True)
    return HttpResponseRedirect(reverse("shop:order", args=[seen.order.access_token]))


def drawn(request: HttpRequest, seen: Shown, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the whole page, with what was typed."""
    context = {**context_of(request, seen, way=way_of(request)), "note": note(request.GET.get("aviso", "")), **more}
    return _renewed(with_gateway(render(request, "pay/page.html", context, status=status), context), seen)


def closed(request: HttpRequest) -> HttpResponse:
    """Say what to do where there is no pass: the cookie is over, is another browser's, or was not kept."""
    status = 403 if request.method == "POST" else 200
    return render(request, "pay/closed.html", {"host": request.get_host()}, status=status)


def way_of(request: HttpRequest) -> Way:
    """How the payer wants to pay."""
    return Way.CARD if request.GET.get("con") == Way.CARD else Way.SPEI


def _renewed(response: HttpResponse, seen: Shown) -> HttpResponse:
    """Whoever has the page open keeps it: the money may take longer than the pass."""
    keep_pass(response, seen.held)
    if seen.proof in {Proof.DIGITS, Proof.WHOLE}:
        keep_proof(response, seen.held, seen.proof)
    return response
