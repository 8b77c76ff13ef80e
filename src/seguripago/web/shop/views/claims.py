"""A buyer's claim: the form that opens it, its page, and what he can do there. Each act is a plain form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seguripago.journey.claims import commands
from seguripago.journey.claims.queries import ClaimView, claim_door, claim_of, claim_timeline
from seguripago.journey.claims.refusals import (
    ClaimAlreadyOpen,
    ClaimNeedsWords,
    LinesNotOfOrder,
    NotArrivedYet,
    NotLateYet,
)
from seguripago.journey.claims.rules import FILES_OF_A_SIDE, Reason, Wanted
from seguripago.journey.delivery.queries import carrier_choices
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.refunds.queries import refunds_of
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.claiming import detail, title, why_not
from seguripago.web.handing import hand_over
from seguripago.web.shop import claim_form
from seguripago.web.shop.stores import store_of
from seguripago.web.shop.views.order import order_or_404
from seguripago.web.uploads import MOST_BYTES, taken, told


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """The order's claim; without one, or for another one after its end, the form that opens it."""
    order = order_or_404(token)
    found = claim_of(order.id)
    if request.method == "POST":
        return _open(request, order)
    wants_other = "otra" in request.GET and (found is None or not found.is_open)
    if found is not None and not wants_other:
        return _page(request, order, found)
    return _form(request, order, claim_form.empty(order.lines))


@require_safe
@never_cache
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Only what changes on the claim's page: it asks for it when it is woken."""
    order = order_or_404(token)
    return render(request, "shop/claim.html#live", _context(order, _known(order)))


@require_POST
def act(request: HttpRequest, token: str, what: str) -> HttpResponse:
    """Accept, refuse, add, withdraw, appeal…; what could not be done is said on the page, with the words typed."""
    order = order_or_404(token)
    found = _known(order)
    deed = DEEDS.get(what)
    if deed is None:
        raise Http404
    try:
        deed(request, found, _buyer(order), timezone.now())
    except Refusal as refusal:
        why = why_not(refusal) or _("No se pudo hacer. Revisa cómo va e inténtalo de nuevo.")
        typed = {"what": what, "error": why, "words": request.POST.get("words", "")[:4000]}
        typed |= {name: request.POST.get(name, "")[:60] for name in ("carrier", "tracking_number")}
        return _page(request, order, _known(order), said=typed, status=422)
    return _back(order)


@require_POST
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a file that shows what happened."""
    order = order_or_404(token)
    found = _known(order)

    def keep(name: str, body: bytes) -> None:
        _keep(found.id, name, body, order)

    error = taken(request, keep, nothing=_("Elige un archivo."), why=why_not)
    said = {"what": "archivo", "error": error}
    return told(
        request, error, page=lambda: _page(request, order, found, said=said, status=422) if error else _back(order)
    )


@require_safe
def file(request: HttpRequest, token: str, file_id: int) -> HttpResponse:
    """A clean copy of a file of either side, as a download."""
    found = _known(order_or_404(token))
    kept = next((each for each in found.files if each.id == file_id), None)
    if kept is None:
        raise Http404
    return hand_over("claim", file_id, kept.sha256, part=found.id, at=timezone.now())


def _open(request: HttpRequest, order: OrderView) -> HttpResponse:
    form = claim_form.typed(request, order.lines)
    if form.errors:
        return _form(request, order, form)
    try:
        claim_id = commands.open_claim(
            order.id,
            reason=Reason(form.reason),
            wanted=Wanted(form.wanted),
            details=form.details,
            lines=form.pieces,
            by=_buyer(order),
            at=timezone.now(),
        )
    except ClaimAlreadyOpen:
        return _back(order)
    except Refusal as refusal:
        place = {ClaimNeedsWords: "details", LinesNotOfOrder: "lines", NotLateYet: "reason", NotArrivedYet: "reason"}
        said = why_not(refusal) or _("Ya no se puede reclamar este pedido aquí. Habla con un analista.")
        form.errors[place.get(type(refusal), "form")] = said
        return _form(request, order, form)
    wrong = _files(request, claim_id, order)
    if wrong:
        # The claim is open: only the files are asked for again, on its page.
        return _page(request, order, _known(order), said={"what": "archivo", "error": " ".join(wrong)})
    return _back(order)


def _files(request: HttpRequest, claim_id: int, order: OrderView) -> list[str]:
    given = request.FILES.getlist("files")
    wrong = []
    for each in given[:FILES_OF_A_SIDE]:
        try:
            _keep(claim_id, each.name or "", each.read(MOST_BYTES + 1), order)
        except Refusal as refusal:
            why = why_not(refusal) or _("No pudimos guardar ese archivo. Prueba con otro.")
            wrong.append(f"{each.name}: {why}")
    if len(given) > FILES_OF_A_SIDE:
        wrong.append(_("Guardamos los primeros %(n)d archivos.") % {"n": FILES_OF_A_SIDE})
    return wrong


def _keep(claim_id: int, name: str, body: bytes, order: OrderView) -> int:
    return commands.keep_claim_file(claim_id, filename=name, body=body, by=_buyer(order), at=timezone.now())


def _form(request: HttpRequest, order: OrderView, form: claim_form.Typed) -> HttpResponse:
    door = claim_door(order.id, at=timezone.now())
    if not form.reason and len(door.reasons) == 1:
        form.reason = door.reasons[0][0]
    if not form.reason and door.is_late:
        form.reason = Reason.NOT_ARRIVED.value
    context = {
        "order": order,
        "store": store_of(order.store_id),
        "form": form,
        "door": door,
        "guarantee": guarantee_of(order.id),
        "wanted": claim_form.WANTED,
        "last": claim_of(order.id),
    }
    return render(request, "shop/claim_form.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    order: OrderView,
    found: ClaimView,
    *,
    said: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    return render(request, "shop/claim.html", {**_context(order, found), "said": said or {}}, status=status)


def _context(order: OrderView, found: ClaimView) -> dict[str, Any]:
    timeline = claim_timeline(found.id)
    steps = [
        {"event": each, "title": title(each, is_buyer=True), "detail": detail(each, is_buyer=True)}
        for each in reversed(timeline)
    ]
    promise = guarantee_of(order.id)
    return {
        "order": order,
        "store": store_of(order.store_id),
        "claim": found,
        "steps": steps,
        "mine": [each for each in found.files if each.side == "buyer"],
        "theirs": [each for each in found.files if each.side != "buyer"],
        "carriers": carrier_choices(order.store_id) if "send_back" in found.may else (),
        "refunds": [each for each in refunds_of(order.id) if each.subject == f"claim:{found.id}"],
        "placed": _placed(found),
        # What the others did is told to a buyer who is writing; his own deeds he knows.
        "mark": f"{found.state}-{sum(each.side != 'buyer' for each in timeline)}",
        "may_claim_again": not found.is_open and promise is not None and promise.state == "held",
        "live_topics": f"order:{order.access_token}",
    }


def _placed(found: ClaimView) -> frozenset[str]:
    """The deeds whose form the page shows: what was typed for another one is shown beside its refusal."""
    shown = {"archivo": found.is_open, "mensaje": found.is_open, "apelar": found.may_appeal}
    return frozenset(what for what, is_shown in {**shown, "devolvi": "send_back" in found.may}.items() if is_shown)


def _known(order: OrderView) -> ClaimView:
    found = claim_of(order.id)
    if found is None:
        raise Http404
    return found


def _accept(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.accept_offer(found.id, _number(request, "offer"), by=by, at=at)


def _refuse(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.refuse_offer(found.id, _number(request, "offer"), words=_words(request), by=by, at=at)


def _withdraw(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.withdraw_claim(found.id, by=by, at=at)


def _escalate(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.escalate(found.id, words=_words(request), by=by, at=at)


def _say(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.add_words(found.id, words=_words(request), by=by, at=at)


def _send_back(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    carrier, number = request.POST.get("carrier", "")[:32], request.POST.get("tracking_number", "")[:60]
    commands.send_back(found.id, carrier=carrier, tracking_number=number, by=by, at=at)


def _came(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.replacement_came(found.id, by=by, at=at)


def _appeal(request: HttpRequest, found: ClaimView, by: Actor, at: datetime) -> None:
    commands.appeal(found.id, words=_words(request), by=by, at=at)


DEEDS: Final[dict[str, Callable[[HttpRequest, ClaimView, Actor, datetime], None]]] = {
    "aceptar": _accept,
    "no-aceptar": _refuse,
    "retirar": _withdraw,
    "supervisor": _escalate,
    "mensaje": _say,
    "devolvi": _send_back,
    "cambio-recibido": _came,
    "apelar": _appeal,
}


def _words(request: HttpRequest) -> str:
    return request.POST.get("words", "")[:4000]


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 19 else 0


def _buyer(order: OrderView) -> Actor:
    return Actor.buyer(order.buyer.name)


def _back(order: OrderView) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("shop:claim_page", args=[order.access_token]))
