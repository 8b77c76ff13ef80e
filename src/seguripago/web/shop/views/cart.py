"""The cart: put in, how many, take out. Every change is a plain form; the answer is the cart again."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.catalogue.commands import QuantityNotPossible
from seguripago.journey.checkout import commands, queries
from seguripago.journey.checkout.commands import NotEnoughLeft
from seguripago.journey.checkout.rules import CartFull, NotForSale
from seguripago.values.refusal import Refusal
from seguripago.web.shop.cookies import cart_token, keep_cart, new_cart_token
from seguripago.web.shop.stores import around, store_or_404

_REFUSALS = (NotEnoughLeft, NotForSale, CartFull, QuantityNotPossible)


@require_safe
@never_cache
def show(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Show the cart with its totals."""
    return _page(request, store_or_404(store_slug))


@require_POST
def add(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Put a product in the cart and show it; what cannot be put in is said beside it."""
    store = store_or_404(store_slug)
    token = cart_token(request) or new_cart_token()
    product_id, quantity = _number(request, "product"), _number(request, "quantity", otherwise=1)
    try:
        commands.put_in_cart(store.id, token, product_id, quantity, at=timezone.now())
    except _REFUSALS as refusal:
        return _page(request, store, trouble=says(refusal), status=409)
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = reverse("shop:cart", args=[store.slug])
    response = HttpResponseRedirect(target)
    keep_cart(response, token)
    return response


@require_POST
def change(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Say how many pieces of a product the cart holds; zero takes it out."""
    store = store_or_404(store_slug)
    token = cart_token(request)
    if token:
        try:
            commands.set_quantity(
                store.id, token, _number(request, "product"), max(0, _number(request, "quantity")), at=timezone.now()
            )
        except _REFUSALS as refusal:
            return _page(request, store, trouble=says(refusal), status=409)
    return HttpResponseRedirect(reverse("shop:cart", args=[store.slug]))


@require_POST
def take_what_is_left(request: HttpRequest, store_slug: str) -> HttpResponse:
    """Lower every line to what is left, and go back to where the buyer was."""
    store = store_or_404(store_slug)
    token = cart_token(request)
    if token:
        commands.take_what_is_left(store.id, token, at=timezone.now())
    back = "shop:checkout" if request.POST.get("next") == "checkout" else "shop:cart"
    return HttpResponseRedirect(reverse(back, args=[store.slug]))


def says(refusal: Refusal) -> str:
    """Put a refusal of the cart in the buyer's words."""
    match refusal:
        case NotEnoughLeft() if refusal.available == 0:
            return _("«%(name)s» se agotó. Puedes elegir otro producto.") % {"name": refusal.name}
        case NotEnoughLeft():
            return _("De «%(name)s» quedan %(left)s. Tu carrito se quedó como estaba.") % {
                "name": refusal.name,
                "left": refusal.available,
            }
        case CartFull():
            return _("Tu carrito ya tiene 60 productos distintos. Termina este pedido y empieza otro.")
        case QuantityNotPossible():
            return _("Escribe una cantidad entre 1 y 9,999.")
    return _("Ese producto ya no está a la venta.")


def _page(request: HttpRequest, store: StoreView, *, trouble: str = "", status: int = 200) -> HttpResponse:
    token = cart_token(request)
    cart = queries.cart(store.id, token) if token else None
    context = {"store": store, "cart": cart, "cart_count": cart.count if cart else 0, "trouble": trouble}
    if cart is None:
        context = around(request, store, cart=None, trouble=trouble)
    return render(request, "shop/cart.html", context, status=status)


def _number(request: HttpRequest, field: str, *, otherwise: int = 0) -> int:
    typed = request.POST.get(field, "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 12 else otherwise
