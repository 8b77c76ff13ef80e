"""Tarjetas: which gateway takes the store's cards, its account there, and the months without interest it offers."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.queries import GatewayCard, gateway_cards, gateway_of, hook_code
from seguripago.journey.cards.refusals import GatewayNotReady, GatewayUnknown, OnlyTestMoney, ValueNotPossible
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..card_forms import MonthsForm, ValuesForm

_ONLY_TEST_MONEY = gettext_lazy("Son llaves de prueba de la pasarela: aquí su dinero nunca cuenta.")


@require_GET
@never_cache
@staff_only("owner", "supervisor")
def card_list(request: StaffRequest) -> HttpResponse:
    """Every gateway of the folder, and which one takes the store's new charges."""
    return _list(request)


@require_GET
@never_cache
@staff_only("owner", "supervisor")
def card_gateway(request: StaffRequest, gateway: str) -> HttpResponse:
    """One gateway: the address of its notices, its values, its months."""
    return _page(request, _card(request, gateway))


@require_POST
@never_cache
@staff_only("owner")
def keep_values(request: StaffRequest, gateway: str) -> HttpResponse:
    """Set the account's values; a secret is never shown again."""
    card = _card(request, gateway)
    form = ValuesForm(card, request.POST)
    if form.is_valid():
        try:
            cards.set_gateway_values(request.member.store_id, gateway, form.values, by=_by(request), at=timezone.now())
        except ValueNotPossible as refused:
            form.add_error(refused.name, _("Esa dirección no es de la pasarela, o el valor no se puede guardar."))
        except OnlyTestMoney:
            form.add_error(None, _ONLY_TEST_MONEY)
        else:
            return _to(gateway, "guardado")
    return _page(request, card, values=form)


@require_POST
@never_cache
@staff_only("owner")
def keep_months(request: StaffRequest, gateway: str) -> HttpResponse:
    """Say which months the store offers."""
    card = _card(request, gateway)
    form = MonthsForm(card.months, request.POST)
    if form.is_valid():
        cards.set_months(request.member.store_id, gateway, form.plan, by=_by(request), at=timezone.now())
        return _to(gateway, "guardado")
    return _page(request, card, months=form)


@require_POST
@never_cache
@staff_only("owner")
def try_out(request: StaffRequest, gateway: str) -> HttpResponse:
    """Ask the gateway for a charge that is not there: it proves address and keys and changes nothing."""
    card = _card(request, gateway)
    try:
        cards.try_gateway(request.member.store_id, gateway, by=_by(request), at=timezone.now())
    except GatewayNotReady as refused:
        return _page(request, card, problem=_missing(refused))
    return _to(gateway, "probado")


@require_POST
@never_cache
@staff_only("owner")
def choose(request: StaffRequest) -> HttpResponse:
    """Take new charges through another gateway, or take no cards."""
    try:
        cards.use_gateway(
            request.member.store_id, request.POST.get("gateway", "")[:20], by=_by(request), at=timezone.now()
        )
    except GatewayNotReady as refused:
        return _list(request, problem=_missing(refused))
    except OnlyTestMoney:
        return _list(request, problem=str(_ONLY_TEST_MONEY))
    except GatewayUnknown:
        raise Http404 from None
    return HttpResponseRedirect(reverse("office_cards") + "?elegido=1")


def _list(request: StaffRequest, *, problem: str = "") -> HttpResponse:
    store_id = request.member.store_id
    found = gateway_cards(store_id)
    context = {
        "section": "cards",
        "gateways": [(card, *_state(card)) for card in found],
        "ready": [card for card in found if card.is_ready],
        "active": gateway_of(store_id),
        "may_change": request.member.role == "owner",
        "problem": problem,
        "is_chosen": request.GET.get("elegido") == "1",
    }
    return render(request, "office/cards.html", context, status=422 if problem else 200)


def _page(
    request: StaffRequest,
    card: GatewayCard,
    *,
    values: ValuesForm | None = None,
    months: MonthsForm | None = None,
    problem: str = "",
) -> HttpResponse:
    hook_key = store_by_id(request.member.store_id).hook_key
    may_change = request.member.role == "owner"
    context = {
        "section": "cards",
        "card": card,
        "state": _state(card),
        "hook_address": f"{settings.SEGURIPAGO.base_url}/hooks/card/{card.slug}/{hook_key}/",
        "may_change": may_change,
        "hook_code": hook_code(request.member.store_id, card.slug) if card.has_hook_code and may_change else None,
        "values": values or ValuesForm(card),
        "months": months or MonthsForm(card.months),
        "problem": problem,
        "is_kept": request.GET.get("hecho") == "guardado",
        "is_tried": request.GET.get("hecho") == "probado" and card.tested_at is not None,
    }
    is_wrong = bool(problem) or any(form is not None and form.errors for form in (values, months))
    return render(request, "office/card_gateway.html", context, status=422 if is_wrong else 200)


def _state(card: GatewayCard) -> tuple[str, str]:
    """One word for a gateway, and its tone."""
    if card.is_active:
        return (_("Cobra") if not card.test_said else _("Cobra, y no contestó")), "ok" if not card.test_said else "warn"
    if card.missing:
        return (_("Faltan datos") if card.given else _("Sin usar")), "warn" if card.given else ""
    return _("Lista"), ""


def _missing(refused: GatewayNotReady) -> str:
    return _("Falta: %(what)s.") % {"what": ", ".join(refused.missing)}


def _card(request: StaffRequest, slug: str) -> GatewayCard:
    for card in gateway_cards(request.member.store_id):
        if card.slug == slug:
            return card
    raise Http404


def _to(gateway: str, done: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('office_card_gateway', args=[gateway])}?hecho={done}")


def _by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)
