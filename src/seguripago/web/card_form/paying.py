"""The page's side of paying with a card: the same three endpoints for the order page and for a payment link.

A page gives a `CardPlace` and gets: `drawn` (the form for its context and the gateway's policy), `pay` (POST of the
form: `key`, `token`, `installments`, `device_session_id`), `told` (POST to `status`: what became of it) and `came_back`
(GET from the gateway's own page). A request that accepts JSON is given a `card_answer`; any other is redirected, to the
gateway's page where it asks for that, else to the page itself with a code for its note.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.commands import CardWish
from seguripago.journey.cards.queries import ChargeView, card_offer, charge_of_order, client_config_of
from seguripago.journey.cards.refusals import (
    CardNumberRefused,
    ChargeInFlight,
    ChecksFail,
    GatewayTrouble,
    MonthsNotOffered,
    NoCardToken,
    NoGateway,
    TooManyTries,
)
from seguripago.journey.payments.refusals import AlreadyPaid, LinkNotPayable, OrderEnded
from seguripago.ports.card_gateways import ClientConfig
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from .answers import card_answer, decline_words
from .forms import CardForm, card_form, kept_card, wants_json

WAITS: Final = "tarjeta-espera"
DECLINED: Final = "tarjeta-no"
TROUBLE: Final = "tarjeta-falla"
REVIEW: Final = "revisar"
OVER: Final = "ya-no"


@dataclass(frozen=True, slots=True)
class CardPlace:
    """Where a card is paid: for which order, through which link, and the addresses around it.

    `page` takes a code for its note and gives the address to be at; `status` and `back` take the charge's key.
    """

    order_id: int
    action: str
    page: Callable[[str], str]
    status: Callable[[str], str]
    back: Callable[[str], str]
    link_id: int | None = None


@dataclass(frozen=True, slots=True)
class Drawn:
    """A card form and the gateway whose origins its page must let through; None where the store takes no cards."""

    form: CardForm | None
    config: ClientConfig | None


def drawn(place: CardPlace, store_id: int, amount: Money, last: ChargeView | None) -> Drawn:
    """Draw the form for this amount. `last`, the newest charge here, may wait still, or say why it did not pass."""
    if last is not None and last.is_in_flight:
        config = client_config_of(store_id, last.gateway)
        form = card_form(
            config, action=place.action, key=last.key, amount=last.amount, can_try=False, waiting=_answer(place, last)
        )
        return Drawn(form, config)
    offer = card_offer(store_id, amount)
    if offer is None:
        return Drawn(None, None)
    declined = decline_words(last.decline) if last is not None and last.is_declined else ""
    form = card_form(
        offer.config,
        action=place.action,
        key=new_key(place.order_id),
        amount=amount,
        months=offer.months,
        declined=declined,
    )
    return Drawn(form, offer.config)


def carried(request: HttpRequest, store_id: int, amount: Money) -> Drawn:
    """Draw the fields alone, for the checkout: its own form carries the token, and its order is charged at once."""
    offer = card_offer(store_id, amount)
    if offer is None:
        return Drawn(None, None)
    kept = kept_card(request.POST)
    return Drawn(
        card_form(offer.config, action="", key="", amount=amount, months=offer.months, kept=kept), offer.config
    )


def pay(request: HttpRequest, place: CardPlace, *, key: str = "") -> HttpResponse:
    """Charge what the form sent. The same form sent twice, or by two tabs, is one charge. `key` is the checkout's."""
    typed = request.POST
    months = typed.get("installments", "1")
    wish = CardWish(
        key=key or typed.get("key", "") or new_key(place.order_id),
        return_url="",
        token=typed.get("token", ""),
        installments=int(months) if months.isascii() and months.isdigit() and len(months) < 3 else 0,
        device_session_id=typed.get("device_session_id", ""),
    )
    try:
        charge = _start(place, wish)
    except ChargeInFlight as waiting:
        found = charge_of_order(place.order_id, waiting.key)
        if found is None:
            raise Http404 from None
        charge = found
    except Refusal as refusal:
        return _refused(request, place, refusal)
    return _given(request, place, charge)


def told(request: HttpRequest, place: CardPlace, key: str) -> HttpResponse:
    """Ask the gateway what became of a charge of this place, and say it; `cancel` gives it up first."""
    if request.POST.get("cancel"):
        return gave_up(request, place, key)
    return _given(request, place, _settled(place, key))


def came_back(place: CardPlace, key: str) -> HttpResponse:
    """The buyer comes back from the gateway's page: its address is a hint to ask it, never a state."""
    charge = _settled(place, key)
    return HttpResponseRedirect(place.page(_code(charge)))


def gave_up(request: HttpRequest, place: CardPlace, key: str) -> HttpResponse:
    """The buyer wants another card: what waits for him is cancelled at the gateway, unless it was paid meanwhile."""
    if charge_of_order(place.order_id, key) is None:
        raise Http404
    return _given(request, place, cards.cancel_card_charge(key, at=timezone.now()), goes_on=False)


def new_key(order_id: int) -> str:
    """The key of a form: whoever sends it again asks for the same charge."""
    return f"{order_id}-{secrets.token_urlsafe(18)}"


def absolute(path: str) -> str:
    """An address as the gateway sends the buyer back to it."""
    return f"{settings.SEGURIPAGO.base_url.rstrip('/')}{path}"


def _start(place: CardPlace, wish: CardWish) -> ChargeView:
    at = timezone.now()
    wish = CardWish(wish.key, absolute(place.back(wish.key)), wish.token, wish.installments, wish.device_session_id)
    if place.link_id is None:
        return cards.start_card_charge(place.order_id, wish, at=at)
    return cards.start_link_charge(place.order_id, place.link_id, wish, at=at)


def _settled(place: CardPlace, key: str) -> ChargeView:
    if charge_of_order(place.order_id, key) is None:
        raise Http404
    return cards.settle_card_charge(key, at=timezone.now())


def _answer(place: CardPlace, charge: ChargeView) -> dict[str, Any]:
    if charge.is_paid:
        return card_answer("paid", go=place.page(""))
    if charge.is_declined:
        return card_answer("declined", says=decline_words(charge.decline), key=new_key(place.order_id))
    status = place.status(charge.key)
    if charge.next_action is not None:
        return card_answer("requires_action", key=charge.key, status=status, action=charge.next_action)
    return card_answer("processing", key=charge.key, status=status)


def _given(request: HttpRequest, place: CardPlace, charge: ChargeView, *, goes_on: bool = True) -> HttpResponse:
    if wants_json(request):
        return JsonResponse(_answer(place, charge))
    action = charge.next_action
    if goes_on and action is not None and action.kind == "redirect" and action.method == "GET":
        return HttpResponseRedirect(action.url)
    return HttpResponseRedirect(place.page(_code(charge)))


def _code(charge: ChargeView) -> str:
    return "" if charge.is_paid else DECLINED if charge.is_declined else WAITS


def _refused(request: HttpRequest, place: CardPlace, refusal: Refusal) -> HttpResponse:
    code, says, may_try = _why(refusal)
    if not wants_json(request):
        return HttpResponseRedirect(place.page(code))
    if isinstance(refusal, AlreadyPaid):
        return JsonResponse(card_answer("paid", go=place.page("")))
    key = new_key(place.order_id) if may_try else ""
    go = place.page(code) if code == REVIEW else ""
    return JsonResponse(card_answer("refused", says=says, key=key, go=go))


def _why(refusal: Refusal) -> tuple[str, str, bool]:
    """The note's code, the words, and whether the form may be sent again."""
    nothing = _("No se cobró nada.") + " "
    match refusal:
        case ChecksFail():
            what = ", ".join(refusal.labels)
            return REVIEW, _("Antes de cobrarte hay que revisar: %(what)s.") % {"what": what}, False
        case GatewayTrouble():
            return TROUBLE, nothing + _("La pasarela no aceptó el cobro. Intenta otra vez."), True
        case CardNumberRefused():
            says = _("Escribe tu tarjeta solo en los campos de la pasarela: aquí no la guardamos.")
            return TROUBLE, nothing + says, True
        case NoCardToken():
            return TROUBLE, nothing + _("No llegaron los datos de tu tarjeta. Escríbela otra vez."), True
        case MonthsNotOffered():
            return TROUBLE, nothing + _("Esos meses no se ofrecen para este monto. Elige otra forma."), True
        case TooManyTries():
            says = _("Fueron muchos intentos seguidos. Espera una hora o paga por transferencia con el mismo pedido.")
            return TROUBLE, nothing + says, False
        case NoGateway():
            return TROUBLE, _("La tienda no acepta tarjetas por ahora. Puedes pagar por transferencia."), False
        case OrderEnded() | LinkNotPayable():
            return OVER, _("Ya no se puede pagar aquí."), False
    return OVER, nothing + _("Recarga la página e intenta otra vez."), False
