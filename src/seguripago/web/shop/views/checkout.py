"""The checkout: from a cart to one order, however often it is sent."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.catalogue.commands import OutOfStock, Short, Wanted
from seguripago.journey.checkout import commands as checkout_commands
from seguripago.journey.checkout import queries as checkout_queries
from seguripago.journey.checkout.queries import CartView
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders import queries as order_queries
from seguripago.journey.orders.commands import CheckoutAlreadyUsed, DetailsRefused, NumberTaken
from seguripago.journey.orders.shapes import PlaceOrder
from seguripago.values import order_number
from seguripago.values.steps import Preference
from seguripago.web.card_form import paying
from seguripago.web.card_form.policy import with_gateway
from seguripago.web.shop.cookies import cart_token, keep_order
from seguripago.web.shop.forms import CheckoutForm, written
from seguripago.web.shop.stores import store_or_404
from seguripago.web.shop.views.order import card_place

PRIVACY_VERSION: Final = "2026-11"


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def checkout(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Show the checkout, or place the order that it asks for."""
    store = store_or_404(store_slug)
    token = cart_token(request)
    cart = checkout_queries.cart(store.id, token) if token else None
    if request.method == "POST":
        return _place(request, store, token, cart)
    if cart is None or not cart.lines or cart.is_short:
        return HttpResponseRedirect(reverse("shop:cart", args=[store.slug]))
    kept = dict(cart.details)
    return _page(
        request, store, cart, CheckoutForm(initial={**kept, "same_address": not kept or "same_address" in kept})
    )


def _place(request: HttpRequest, store: StoreView, token: str, cart: CartView | None) -> HttpResponse:
    at = timezone.now()
    form = CheckoutForm(request.POST)
    is_this_cart = cart is not None and cart.lines and cart.checkout_key == request.POST.get("checkout_key")
    if not form.is_valid():
        if cart is None or not cart.lines:
            return HttpResponseRedirect(reverse("shop:cart", args=[store.slug]))
        checkout_commands.keep_details(store.id, token, form.to_keep(), at=at)
        return _page(request, store, cart, form, status=422)
    if is_this_cart and cart is not None and set(form.cleaned_data["lines"]) != set(_wanted(cart)):
        return _page(request, store, cart, form, changed=True, status=409)
    try:
        order_id = _placed(store.id, form, at)
    except CheckoutAlreadyUsed as used:
        return _already_used(request, used.order_id)
    except DetailsRefused as refusal:
        for fault in refusal.faults:
            form.add_error(None, fault.says)
        if cart is None or not cart.lines:
            return HttpResponseRedirect(reverse("shop:cart", args=[store.slug]))
        return _page(request, store, cart, form, status=422)
    except OutOfStock as refusal:
        if cart is None or not cart.lines:
            return HttpResponseRedirect(reverse("shop:cart", args=[store.slug]))
        checkout_commands.keep_details(store.id, token, form.to_keep(), at=at)
        return _page(request, store, cart, form, short=refusal.lines, status=409)
    if is_this_cart and cart is not None:
        checkout_commands.empty_cart(store.id, token, at=at, details=form.to_keep())
    # A repeated press got the first one's order, with the token that was drawn then.
    access_token = order_queries.access_token(order_id)
    response = _charged(request, form, order_id) or HttpResponseRedirect(reverse("shop:order", args=[access_token]))
    keep_order(request, response, access_token)
    return response


def _charged(request: HttpRequest, form: CheckoutForm, order_id: int) -> HttpResponse | None:
    """Charge the card that the form carried, once for each checkout; without one the order's page asks for it."""
    if form.preference() != Preference.CARD or not request.POST.get("token"):
        return None
    place = card_place(order_queries.order(order_id))
    return paying.pay(request, place, key=f"{order_id}-{form.cleaned_data['checkout_key']}")


def _placed(store_id: int, form: CheckoutForm, at: datetime) -> int:
    try:
        return orders.place_order(store_id, _asked(form), at=at)
    except NumberTaken:  # one in thirty thousand million: draw again
        return orders.place_order(store_id, _asked(form), at=at)


def _asked(form: CheckoutForm) -> PlaceOrder:
    return PlaceOrder(
        checkout_key=form.cleaned_data["checkout_key"],
        number=order_number.draw(secrets.choice),
        access_token=secrets.token_urlsafe(24),
        buyer=form.buyer(),
        billing=form.billing(),
        shipping=form.shipping(),
        lines=form.cleaned_data["lines"],
        preference=form.preference(),
        privacy_version=PRIVACY_VERSION,
        marketing_opt_in=form.cleaned_data["marketing"],
    )


def _already_used(request: HttpRequest, order_id: int) -> HttpResponse:
    order = order_queries.order(order_id)
    response = render(request, "shop/already_used.html", {"order": order}, status=409)
    keep_order(request, response, order.access_token)
    return response


def _wanted(cart: CartView) -> tuple[Wanted, ...]:
    return tuple(Wanted(line.product.id, line.quantity) for line in cart.lines)


def _page(
    request: HttpRequest,
    store: StoreView,
    cart: CartView,
    form: CheckoutForm,
    *,
    short: tuple[Short, ...] = (),
    changed: bool = False,
    status: int = 200,
) -> HttpResponse:
    lines: list[dict[str, Any]] = [
        {
            "picture": line.product.picture,
            "name": line.product.name,
            "quantity": line.quantity,
            "warranty_days": line.product.warranty_days,
            "subtotal": line.subtotal,
        }
        for line in cart.lines
    ]
    context: dict[str, Any] = {
        "store": store,
        "cart": cart,
        "cart_count": cart.count,
        "lines": lines,
        "form": form,
        "checkout_key": cart.checkout_key,
        "written": written(_wanted(cart)),
        "short": short,
        "changed": changed,
        "arrival": order_queries.arrival_of(
            store,
            [(line.product.lead_days_min, line.product.lead_days_max) for line in cart.lines],
            str(form["postal_code"].value() or ""),
            at=timezone.now(),
        ),
    }
    drawn = paying.carried(request, store.id, cart.total)
    context["card_form"] = drawn.form
    return with_gateway(render(request, "shop/checkout.html", context, status=status), drawn.config)
