"""Pay what a link asks for with a card. What the form sends and is answered stands in web/card_form."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seguripago.web.card_form import paying
from seguripago.web.card_form.answers import card_answer
from seguripago.web.card_form.forms import wants_json
from seguripago.web.pay.page import Panel
from seguripago.web.pay.reading import card_place, shown
from seguripago.web.pay.shut import payers
from seguripago.web.pay.views.page import closed


@payers
@require_POST
def pay(request: HttpRequest, place: str) -> HttpResponse:
    """Charge the card for exactly what the link still asks; whoever did not prove himself is shown the page again."""
    seen = shown(request, place)
    if seen is None:
        return _closed(request)
    if seen.panel is not Panel.PAY:
        where = card_place(seen).page("" if seen.panel is Panel.PAID else paying.OVER)
        if wants_json(request):
            return JsonResponse(card_answer("refused", says=_("Ya no se puede pagar aquí."), go=where))
        return HttpResponseRedirect(where)
    return paying.pay(request, card_place(seen))


@payers
@require_POST
def told(request: HttpRequest, place: str, key: str) -> HttpResponse:
    """Say what became of a charge; asks the gateway. «Usar otra tarjeta» gives it up first."""
    seen = shown(request, place)
    return _closed(request) if seen is None or not seen.proof else paying.told(request, card_place(seen), key)


@payers
@require_GET
def came_back(request: HttpRequest, place: str, key: str) -> HttpResponse:
    """Come back from the gateway's own page."""
    seen = shown(request, place)
    return closed(request) if seen is None or not seen.proof else paying.came_back(card_place(seen), key)


def _closed(request: HttpRequest) -> HttpResponse:
    if not wants_json(request):
        return closed(request)
    return JsonResponse(card_answer("refused", says=_("Abre tu link otra vez: esta página dejó de servir.")))
