"""The payment link at the desk: hand it on, withdraw it, and make a charge without a cart for whoever writes."""

from __future__ import annotations

import secrets
from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance import commands, queries
from seguripago.journey.orders.commands import Buyer, DetailsRefused
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.payments.queries import payment_of
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.charging import ChargeForm
from seguripago.web.sharing import share_of

from ..screens import ROLES
from .actions import by, on_conversation, words_of

TYPED: Final = ("key", "concept", "amount", "iva", "days", "note", "phone")


@require_safe
@staff_only(*ROLES)
def share(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """The live link to copy, to send by WhatsApp or to scan; only for whoever may answer. No telephone is shown."""
    at = timezone.now()
    view = queries.conversation(conversation_id)
    if view is None or view.store_id != request.member.store_id or not queries.may_read(request.member, view, at=at):
        raise Http404
    if view.order_id is None or not queries.may_answer(request.member, view, at=at):
        raise Http404
    store = store_by_id(view.store_id)
    context = {
        "share": share_of(read_order(view.order_id), payment_of(view.order_id), store.name),
        "conversation": view,
        "store": store,
    }
    template = "components/_share.html" if request.headers.get("HX-Request") else "desk/share.html"
    return render(request, template, context)


@require_POST
@staff_only(*ROLES)
def charge(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Charge whoever writes, without a cart; the conversation accompanies that charge from then on."""
    at = timezone.now()
    view = queries.conversation(conversation_id)
    if view is None or view.store_id != request.member.store_id or not queries.may_answer(request.member, view, at=at):
        raise Http404
    form = ChargeForm(request.POST)
    error = "" if form.is_valid() else _first_error(form)
    if not error:
        buyer = Buyer(view.buyer_name, view.buyer_email, view.buyer_phone or request.POST.get("phone", "")[:24])
        try:
            token = secrets.token_urlsafe(32)
            commands.charge(conversation_id, form.asked(buyer), token=token, by=by(request), at=at)
        except DetailsRefused as refused:
            error = " ".join(fault.says for fault in refused.faults)
        except Refusal as refusal:
            error = words_of(refusal)
    request.session["desk_notice"] = error
    if error:
        request.session["desk_charge"] = {name: request.POST.get(name, "")[:400] for name in TYPED}
    return redirect("desk_conversation", conversation_id)


def _first_error(form: ChargeForm) -> str:
    return " ".join(str(each) for errors in form.errors.values() for each in errors)


@on_conversation
def revoke(request: StaffRequest, conversation_id: int) -> None:
    """Withdraw the live link, for a reason."""
    why = request.POST.get("why", "").strip()
    if not why:
        raise commands.ReasonMissing
    commands.revoke_link(conversation_id, why=why[:120], by=by(request), at=timezone.now())
