"""What the buyer says of each parcel: it is here, or it has not come. And the proof of its delivery."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from seguripago.journey.delivery.commands import mark_delivered, say_not_received
from seguripago.journey.delivery.queries import proof_file, shipments_of
from seguripago.journey.delivery.rules import Says
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.handing import hand_over
from seguripago.web.shop.views.order import order_or_404


@require_POST
def received(request: HttpRequest, token: str, shipment_id: int) -> HttpResponse:
    """«Ya lo recibí»: this parcel is in the buyer's hands; the days to look at it go on."""

    def arrived(parcel_id: int, by: Actor, at: datetime) -> None:
        mark_delivered(parcel_id, says=Says.BUYER, by=by, at=at)

    return _said(token, shipment_id, arrived, "paquete-recibido")


@require_POST
def missed(request: HttpRequest, token: str, shipment_id: int) -> HttpResponse:
    """«No me ha llegado»: no clock counts this parcel as arrived."""

    def not_here(parcel_id: int, by: Actor, at: datetime) -> None:
        say_not_received(parcel_id, by=by, at=at)

    return _said(token, shipment_id, not_here, "no-ha-llegado")


@require_safe
@never_cache
def proof(request: HttpRequest, token: str, proof_id: int) -> HttpResponse:
    """Hand over the clean copy of a proof of delivery, where strangers' files are served."""
    order, found = order_or_404(token), proof_file(proof_id)
    if found is None or found.order_id != order.id:
        raise Http404
    return hand_over("delivery", found.id, found.sha256, at=timezone.now())


def _said(token: str, shipment_id: int, act: Callable[[int, Actor, datetime], None], note: str) -> HttpResponse:
    order = order_or_404(token)
    parcel = next((one for one in shipments_of(order.id) if one.id == shipment_id), None)
    if parcel is None:
        raise Http404
    try:
        act(parcel.id, Actor.buyer(order.buyer.name), timezone.now())
    except Refusal:
        note = "ya-no"
    return HttpResponseRedirect(f"{reverse('shop:order', args=[token])}?aviso={note}")
