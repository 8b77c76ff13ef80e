"""The payment link of one order: make it, hand it on, mail it again, withdraw it."""

from __future__ import annotations

import secrets

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seguripago.foundations.stores.commands import AccountsExhausted
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.notices.commands import LinkNotMailed, mail_link_again
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.commands import revoke_link, send_payment_link
from seguripago.journey.payments.queries import live_link, payment_of
from seguripago.journey.payments.refusals import (
    AlreadyPaid,
    BadLink,
    DepositOutOfPlace,
    LinkEnded,
    NotAccepted,
    OrderEnded,
)
from seguripago.journey.payments.rules.asked_deposit import DepositUnreadable, deposit_asked
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.components.templatetags.sp import money
from seguripago.web.sharing import share_of

from .orders import order_of, page_of


@require_POST
@staff_only("owner", "supervisor")
def make(request: StaffRequest, number: str) -> HttpResponse:
    """Make a link for everything that is missing, or for a deposit; the one before it ends, the buyer gets a mail."""
    order, at = order_of(request, number), timezone.now()
    try:
        amount = _deposit(order, request)
        purpose = "deposit" if amount is not None else "quick" if order.is_quick else "whole"
        token = secrets.token_urlsafe(32)
        send_payment_link(order.id, token=token, purpose=purpose, amount=amount, by=_by(request), at=at)
    except Refusal as refusal:
        return page_of(request, order, link_error=words_of(refusal), typed_deposit=request.POST.get("deposit", "")[:20])
    return _back(order)


@require_safe
@staff_only("owner", "supervisor")
def share(request: StaffRequest, number: str) -> HttpResponse:
    """The live link to copy, to send by WhatsApp or to scan."""
    order = order_of(request, number)
    store = store_by_id(order.store_id)
    context = {
        "section": "charges" if order.is_quick else "orders",
        "order": order,
        "share": share_of(order, payment_of(order.id), store.name, phone=order.buyer.phone),
    }
    template = "components/_share.html" if request.headers.get("HX-Request") else "office/share.html"
    return render(request, template, context)


@require_POST
@staff_only("owner", "supervisor")
def mail(request: StaffRequest, number: str) -> HttpResponse:
    """Write the buyer the mail with the link once more."""
    order = order_of(request, number)
    try:
        mail_link_again(order.id, by=_by(request), at=timezone.now())
    except Refusal as refusal:
        return page_of(request, order, link_error=words_of(refusal))
    return _back(order, "?aviso=correo")


@require_POST
@staff_only("owner", "supervisor")
def revoke(request: StaffRequest, number: str) -> HttpResponse:
    """Withdraw the live link, for a reason."""
    order, at = order_of(request, number), timezone.now()
    why, link = request.POST.get("why", "").strip()[:120], live_link(order.id, at=at)
    if not why:
        return page_of(request, order, link_error=_("Escribe por qué retiras el link."))
    try:
        if link is None:
            raise LinkEnded
        revoke_link(link.id, why=why, by=_by(request), at=at)
    except Refusal as refusal:
        return page_of(request, order, link_error=words_of(refusal))
    return _back(order)


def words_of(refusal: Refusal) -> str:
    """A refusal as the store reads it."""
    match refusal:
        case DepositUnreadable(least=least, most=most):
            said = {"least": money(least), "most": money(most)}
            return _("Escribe el anticipo como «30 %%» o «1,250.00»: de %(least)s a %(most)s.") % said
        case DepositOutOfPlace(missing=missing):
            return _("El anticipo debe ser menor que lo que falta: %(missing)s.") % {"missing": money(missing)}
        case NotAccepted():
            return _("Todavía no: faltan los seis puntos o que tu cliente acepte la confirmación.")
        case AlreadyPaid():
            return _("El pago ya está confirmado.")
        case OrderEnded():
            return _("El pedido ya no está vigente.")
        case LinkEnded() | BadLink():
            return _("Ese link ya no estaba vigente.")
        case LinkNotMailed():
            return _("El correo salió hace un momento o ya no hay un link vigente. Espera dos minutos.")
        case AccountsExhausted():
            return _("Tu tienda ya no tiene cuentas CLABE por asignar: pide más en Bancos.")
        case _:
            return _("No se pudo (%(code)s).") % {"code": refusal.code}


def _deposit(order: OrderView, request: StaffRequest) -> Money | None:
    if request.POST.get("purpose") != "deposit":
        return None
    payment = payment_of(order.id)
    missing = payment.missing if payment is not None and payment.is_open else order.total
    return deposit_asked(request.POST.get("deposit", "")[:20], whole=order.total, missing=missing)


def _by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)


def _back(order: OrderView, more: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('office_order', args=[order.number])}{more}#link")
