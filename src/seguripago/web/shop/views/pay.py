"""The page behind an encrypted payment link: for whoever pays, who may be somebody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seguripago.journey.orders import queries as orders
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.queries import link, payment_of
from seguripago.web.shop.order_page import PAID_STATES
from seguripago.web.shop.stores import store_of

_LONGEST = 1024


@require_safe
@never_cache
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show what the link asks for; the order's own page stays its buyer's."""
    context = _context(request, token)
    if request.method == "GET" and context["state"] == "open":
        payments.open_link(token, at=timezone.now())
    return _shut(render(request, "shop/pay.html", context))


@require_safe
@never_cache
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Show only what changes."""
    return _shut(render(request, "shop/pay.html#live", _context(request, token)))


def _context(request: HttpRequest, token: str) -> dict[str, Any]:
    found = link(token) if len(token) <= _LONGEST else None
    if found is None:
        raise Http404
    order, payment = orders.order(found.order_id), payment_of(found.order_id)
    here = reverse("shop:pay", args=[token])
    return {
        "order": order,
        "payment": payment,
        "store": store_of(found.store_id),
        "state": _state(order.state, found.state, is_over=found.expires_at <= timezone.now(), has=payment is not None),
        "state_url": reverse("shop:pay_state", args=[token]),
        "order_url": f"{settings.SEGURIPAGO.base_url.rstrip('/')}{here}",
        "host": request.get_host(),
    }


def _state(order_state: str, link_state: str, *, is_over: bool, has: bool) -> str:
    if order_state in PAID_STATES:
        return "paid"
    if link_state in {"superseded", "revoked"}:
        return "superseded"
    if order_state in {"cancelled", "expired"} or link_state == "expired" or is_over or not has:
        return "expired"
    return "open"


def _shut(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
