"""What a buyer does about his money on the way back: cancel his order, and say to which account it goes."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.refunds import commands
from seguripago.journey.refunds.queries import refunds_of
from seguripago.journey.refunds.refusals import ClabeWrong, HolderMissing
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.shop.views.order import order_or_404, page
from seguripago.web.uploads import take_upload, taken, told


@require_POST
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Cancel: at once before anybody paid; afterwards it is asked for, and nothing leaves meanwhile."""
    order = order_or_404(token)
    if request.POST.get("sure") != "si":
        return _back(order, "cancelar-no")
    try:
        became = commands.cancel_order(
            order.id, note=request.POST.get("why", "")[:240], by=_buyer(order), at=timezone.now()
        )
    except Refusal:
        return _back(order, "cancelar-tarde")
    return _back(order, "cancelado" if became == "cancelled" else "cancelar")


@require_POST
def keep(request: HttpRequest, token: str, refund_id: int) -> HttpResponse:
    """The buyer wants his order after all, before anybody has decided."""
    order = order_or_404(token)
    _require(order, refund_id)
    try:
        commands.take_cancel_back(refund_id, by=_buyer(order), at=timezone.now())
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "no-cancelar")


@require_POST
def account(request: HttpRequest, token: str, refund_id: int) -> HttpResponse:
    """Keep the account that the buyer gives, with the file that proves it; what is wrong is said beside its field."""
    order = order_or_404(token)
    _require(order, refund_id)
    typed = {"clabe": request.POST.get("clabe", "")[:40], "holder": request.POST.get("holder", "")[:120]}
    wrong: dict[str, str] = {}

    def give(name: str, body: bytes) -> None:
        take_upload(order.id)
        try:
            commands.give_account(refund_id, **typed, filename=name, body=body, by=_buyer(order), at=timezone.now())
        except ClabeWrong:
            wrong["clabe"] = _("Revisa tu CLABE: son 18 dígitos y uno no coincide.")
        except HolderMissing:
            wrong["holder"] = _("Escribe el nombre del titular, como aparece en tu banco.")

    error = taken(request, give, nothing=_("Elige el archivo que muestra tu CLABE y tu nombre."))
    if error:
        wrong["file"] = error
    if wrong:
        said: dict[str, Any] = {"refund_id": refund_id, "wrong": wrong, **typed}
        first = next(iter(wrong.values()))
        return told(request, first, page=lambda: page(request, order, status=422, account_said=said))
    return told(request, "", page=lambda: _back(order, "cuenta"))


def _require(order: OrderView, refund_id: int) -> None:
    if all(each.id != refund_id for each in refunds_of(order.id)):
        raise Http404


def _buyer(order: OrderView) -> Actor:
    return Actor.buyer(order.buyer.name)


def _back(order: OrderView, code: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('shop:order', args=[order.access_token])}?aviso={code}")
