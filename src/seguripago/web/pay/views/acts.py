"""What a payer does on the page of a link."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seguripago.journey.evidence import commands as evidence
from seguripago.journey.evidence.rules import Door
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments import commands as payments
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.pay.limits import LinksSpent, ProofsSpent, take_file, take_link, take_proof
from seguripago.web.pay.page import Panel
from seguripago.web.pay.passes import keep_proof
from seguripago.web.pay.proof import Proof, proof_in
from seguripago.web.pay.reading import shown, takes_files
from seguripago.web.pay.shut import payers
from seguripago.web.pay.views.page import closed, drawn
from seguripago.web.uploads import taken, told


@payers
@require_POST
def prove(request: HttpRequest, place: str) -> HttpResponse:
    """Take the second proof. Wrong is wrong: the answer tells neither what was nearly right nor what exists."""
    seen = shown(request, place)
    if seen is None:
        return closed(request)
    typed, only_whole = request.POST.get("said", "")[:254], request.POST.get("para") == "pedido"
    error, status = "", 422
    try:
        if not typed.strip():
            error = _("Escribe el correo o los últimos 4 dígitos del teléfono del pedido.")
        else:
            take_proof(request, seen.held.handle)
    except ProofsSpent as spent:
        minutes = -(-spent.wait_s // 60)
        error = _("Demasiados intentos. Espera %(n)s min y vuelve a intentar.") % {"n": minutes}
        response = drawn(request, seen, status=429, error=error, typed=typed, only_whole=only_whole)
        response["Retry-After"] = str(spent.wait_s)
        return response
    proof = Proof.NONE if error else proof_in(typed, seen.order.buyer)
    if proof is Proof.NONE or (only_whole and not proof.opens_order):
        error = error or _("No coincide con los datos del pedido. Revísalo y vuelve a intentar.")
        return drawn(request, seen, status=status, error=error, typed=typed, only_whole=only_whole)
    name = "pay:order" if only_whole else "pay:page"
    response = HttpResponseRedirect(reverse(name, args=[place]))
    keep_proof(response, seen.held, proof)
    return response


@payers
@require_POST
def accept(request: HttpRequest, place: str) -> HttpResponse:
    """«Es correcto, pagar»: the buyer's yes to a charge without a cart."""
    seen = shown(request, place)
    if seen is None:
        return closed(request)
    if seen.panel is not Panel.ACCEPT:
        return _back(place)
    try:
        orders.accept_confirmation(seen.order.id, by=Actor.buyer(seen.order.buyer.name), at=timezone.now())
    except Refusal:
        return _back(place, "ya-no")
    return _back(place)


@payers
@require_POST
def upload(request: HttpRequest, place: str) -> HttpResponse:
    """Keep a comprobante of whoever pays through the link, once proven; what others gave is never shown here."""
    seen = shown(request, place)
    if seen is None:
        return closed(request)
    if not takes_files(seen):
        return told(request, _("Este link ya no recibe comprobantes."), page=lambda: _back(place, "ya-no"))

    def keep(name: str, body: bytes) -> None:
        take_file(seen.held.handle)
        evidence.keep_evidence(
            seen.order.id,
            filename=name,
            body=body,
            by=Actor.buyer(_("Quien paga por el link")),
            at=timezone.now(),
            door=Door.LINK,
        )

    error = taken(request, keep, nothing=_("Elige el archivo de tu comprobante."))
    if error:
        return told(request, error, page=lambda: drawn(request, seen, status=422, upload_error=error))
    return told(request, "", page=lambda: _back(place, "comprobante"))


@payers
@require_POST
def renew(request: HttpRequest, place: str) -> HttpResponse:
    """«Enviarme un link nuevo»: to the order's own e-mail, whoever asks. The answer is the same whatever happens."""
    seen = shown(request, place)
    if seen is None:
        return closed(request)
    if seen.panel not in {Panel.EXPIRED, Panel.SUPERSEDED}:
        return _back(place)
    try:
        if take_link(request, seen.order.number):
            payments.send_link_again(seen.order.id, token=secrets.token_urlsafe(24), at=timezone.now())
    except LinksSpent:
        return _back(place, "muchas")
    return _back(place, "nuevo")


def _back(place: str, code: str = "") -> HttpResponseRedirect:
    address = reverse("pay:page", args=[place])
    return HttpResponseRedirect(f"{address}?aviso={code}" if code else address)
