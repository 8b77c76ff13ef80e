"""What a buyer can do on the order page. Each act is a plain form and answers with the page again."""

from __future__ import annotations

import secrets

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from seguripago.journey.evidence import commands as evidence
from seguripago.journey.guarantee import commands as guarantee
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders import queries as order_queries
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.payments.refusals import ExtensionRefused
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.values.steps import CheckItem, Preference
from seguripago.web.shop.forms import ClaimForm, PeopleForm, typed_of
from seguripago.web.shop.quick_form import BuyerForm
from seguripago.web.shop.stores import store_of
from seguripago.web.shop.views.order import order_or_404, page
from seguripago.web.uploads import take_upload, taken, told

EXTENSION_HOURS = 24


@require_POST
def review(request: HttpRequest, token: str) -> HttpResponse:
    """Go on without a chat: the assistant evaluates the six checks itself; a doubtful one waits for a person."""
    order, at = order_or_404(token), timezone.now()
    try:
        orders.prefill_checks(order.id, at=at)
        orders.confirm_checks(order.id, tuple(CheckItem), by=Actor.assistant(), at=at)
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "" if order_queries.order(order.id).all_checked else "revisar")


@require_POST
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """«Todo correcto»: keep the buyer's yes and ask for the money in the way that was chosen."""
    order, at = order_or_404(token), timezone.now()
    try:
        orders.accept_confirmation(order.id, by=_buyer(order), at=at)
        _ask_for_money(order, order.preference)
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "aceptado")


@require_POST
def correct(request: HttpRequest, token: str) -> HttpResponse:
    """«Corregir»: keep what the buyer says is wrong."""
    order = order_or_404(token)
    text = request.POST.get("text", "").strip()
    if not text:
        error = _("Escribe qué hay que corregir, por ejemplo el número de tu calle.")
        return _edit_page(request, order, _form_of(order)(initial=typed_of(order)), status=422, correct_error=error)
    try:
        orders.ask_correction(order.id, text[:2000], by=_buyer(order), at=timezone.now())
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "correccion")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def edit(request: HttpRequest, token: str) -> HttpResponse:
    """Let the buyer correct names, invoice and addresses; makes a new version of the PRE-FACTURA."""
    order = order_or_404(token)
    if order.accepted_at is not None or not order.is_open:
        return _back(order, "ya-no")
    form = _form_of(order)(request.POST if request.method == "POST" else None, initial=typed_of(order))
    if request.method == "POST" and form.is_valid():
        try:
            orders.correct_details(
                order.id, form.buyer(), form.billing(), form.shipping(), by=_buyer(order), at=timezone.now()
            )
        except Refusal:
            return _back(order, "ya-no")
        return _back(order, "corregido")
    return _edit_page(request, order, form, status=422 if form.errors else 200)


@require_POST
def change_preference(request: HttpRequest, token: str) -> HttpResponse:
    """Choose another way to pay, without a new order."""
    order = order_or_404(token)
    wish = request.POST.get("preference", "")
    if wish not in set(Preference):
        return _back(order)
    try:
        orders.change_preference(order.id, Preference(wish), by=_buyer(order), at=timezone.now())
        if order.accepted_at:
            _ask_for_money(order, Preference(wish))
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "forma")


@require_POST
def extend(request: HttpRequest, token: str) -> HttpResponse:
    """«Mi banco me pide esperar»: a new payee may have to wait up to a day."""
    order = order_or_404(token)
    try:
        payments.extend_clock(order.id, hours=EXTENSION_HOURS, by=_buyer(order), at=timezone.now())
    except ExtensionRefused:
        return _back(order, "espera-no")
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "espera")


@require_POST
def claim(request: HttpRequest, token: str) -> HttpResponse:
    """«Ya transferí»: keep bank, day and clave de rastreo, so that the money can be looked for."""
    order, form = order_or_404(token), ClaimForm(request.POST)
    if not form.is_valid():
        return page(request, order, status=422, claim_form=form)
    said = form.cleaned_data
    try:
        payments.claim_transfer(
            order.id, bank=said["bank"], date=said["date"], tracking_key=said["tracking_key"], at=timezone.now()
        )
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "aviso")


@require_POST
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """Keep a comprobante; what cannot be kept is said beside the field, or beside the file by the page's script."""
    order = order_or_404(token)

    def keep(name: str, body: bytes) -> None:
        take_upload(order.id)
        evidence.keep_evidence(order.id, filename=name, body=body, by=_buyer(order), at=timezone.now())

    error = taken(request, keep, nothing=_("Elige el archivo de tu comprobante."))
    if error:
        return told(request, error, page=lambda: page(request, order, status=422, upload_error=error))
    return told(request, "", page=lambda: _back(order, "comprobante"))


@require_POST
def received(request: HttpRequest, token: str) -> HttpResponse:
    """«Recibí todo bien»: the buyer ends the guarantee's clock himself."""
    order = order_or_404(token)
    try:
        guarantee.accept_delivery(order.id, by=_buyer(order), at=timezone.now())
    except Refusal:
        return _back(order, "ya-no")
    return _back(order, "recibido")


def _form_of(order: OrderView) -> type[PeopleForm]:
    return BuyerForm if order.is_quick else PeopleForm


def _edit_page(
    request: HttpRequest, order: OrderView, form: PeopleForm, *, status: int, correct_error: str = ""
) -> HttpResponse:
    context = {"order": order, "store": store_of(order.store_id), "form": form, "correct_error": correct_error}
    return render(request, "shop/edit.html", context, status=status)


def _ask_for_money(order: OrderView, preference: Preference) -> None:
    """Send the bank details or the link at once; what was sent before keeps its CLABE and its clock."""
    at, payment = timezone.now(), payment_of(order.id)
    if payment is not None and payment.is_open and payment.channel == preference:
        return
    if preference == Preference.SPEI:
        payments.send_transfer_details(order.id, by=Actor.assistant(), at=at)
    elif preference == Preference.LINK:
        payments.send_payment_link(order.id, token=secrets.token_urlsafe(24), by=Actor.assistant(), at=at)


def _buyer(order: OrderView) -> Actor:
    return Actor.buyer(order.buyer.name)


def _back(order: OrderView, code: str = "") -> HttpResponseRedirect:
    address = reverse("shop:order", args=[order.access_token])
    return HttpResponseRedirect(f"{address}?aviso={code}" if code else address)
