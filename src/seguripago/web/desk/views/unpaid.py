"""«Pedidos sin pagar»: who ordered and did not pay, and with whom nobody talks; a conversation is one press away."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seguripago.foundations.people.queries import Member
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance import commands, queries
from seguripago.journey.assistance.queries import UnpaidOrder
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only

from ..noticing import notices_context
from ..screens import ROLES
from .actions import words_of


@require_safe
@staff_only(*ROLES)
def unpaid(request: StaffRequest) -> HttpResponse:
    """The list, those that expire first on top; for htmx the list alone, and 204 while nothing changed."""
    if not request.headers.get("HX-Request"):
        return _page(request)
    context = _list(request)
    if request.GET.get("v") == context["mark"]:
        return HttpResponse(status=204)
    return render(request, "desk/unpaid.html#list", context)


@require_POST
@staff_only(*ROLES)
def open_conversation(request: StaffRequest, order_id: int) -> HttpResponse:
    """Write the first message to the buyer of an unpaid order; the order page and a mail bring it."""
    member, text = request.member, request.POST.get("text", "")
    try:
        opened = commands.open_conversation(member.store_id, order_id, member.user_id, text, at=timezone.now())
    except Refusal as refusal:
        return _page(request, error=words_of(refusal), typed_for=order_id, typed=text[:4000])
    view = queries.conversation_of_store(member.store_id, opened)
    if view is None or not queries.may_read(member, view, at=timezone.now()):
        return _page(request, error=_("Otra persona de la mesa ya habla con ese comprador."))
    return redirect("desk_conversation", opened)


def _page(request: StaffRequest, *, error: str = "", typed_for: int = 0, typed: str = "") -> HttpResponse:
    at, member = timezone.now(), request.member
    context = _list(request, typed_for=typed_for, typed=typed) | notices_context(member, at=at)
    context |= {"member": member, "section": "unpaid", "live_topics": "desk", "error": error}
    return render(request, "desk/unpaid.html", context, status=422 if error else 200)


def _list(request: StaffRequest, *, typed_for: int = 0, typed: str = "") -> dict[str, Any]:
    """The rows with their first words, and the mark of all that they say."""
    at, member = timezone.now(), request.member
    store = store_by_id(member.store_id)
    found = queries.unpaid_orders(member.store_id)
    rows = [
        {
            "order": row,
            "text": typed if row.order_id == typed_for else _first_words(row, member, store.name),
            "is_open": row.order_id == typed_for,
            "is_late": row.expires_at < at,
        }
        for row in found
    ]
    said = repr([(row, row.expires_at < at) for row in found])
    return {"rows": rows, "mark": hashlib.sha256(said.encode()).hexdigest()[:12]}


def _first_words(row: UnpaidOrder, member: Member, store_name: str) -> str:
    told = {
        "name": row.buyer_name.partition(" ")[0],
        "analyst": member.name,
        "store": store_name,
        "number": row.number,
    }
    if row.is_quick:
        return (
            _(
                "Hola, %(name)s. Soy %(analyst)s, de %(store)s. Tu cobro %(number)s sigue vigente y todavía no vemos"
                " tu pago. ¿Te ayudo a terminarlo?"
            )
            % told
        )
    return (
        _(
            "Hola, %(name)s. Soy %(analyst)s, de %(store)s. Tu pedido %(number)s sigue apartado y todavía no vemos"
            " tu pago. ¿Te ayudo a terminarlo?"
        )
        % told
    )
