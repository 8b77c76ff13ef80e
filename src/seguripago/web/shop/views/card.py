"""Pay an order with a card, on its own page. What the form sends and is answered stands in web/card_form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from seguripago.web.card_form import paying
from seguripago.web.shop.views.order import card_place, order_or_404


@require_POST
def pay_by_card(request: HttpRequest, token: str) -> HttpResponse:
    """Run the six checks by themselves and charge the card."""
    return paying.pay(request, card_place(order_or_404(token)))


@require_GET
@never_cache
def card_return(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """Come back from the gateway's own page."""
    return paying.came_back(card_place(order_or_404(token)), key)


@require_POST
def card_status(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """Say what became of a charge; asks the gateway."""
    return paying.told(request, card_place(order_or_404(token)), key)


@require_POST
def card_other(request: HttpRequest, token: str, key: str) -> HttpResponse:
    """«Usar otra tarjeta»: give up the charge that waits."""
    return paying.gave_up(request, card_place(order_or_404(token)), key)
