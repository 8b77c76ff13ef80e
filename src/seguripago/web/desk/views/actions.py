"""Press something at the desk. Every action answers htmx with the panel, a browser without scripts with the page."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seguripago.journey.assistance import commands
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.commands import CheckFailed
from seguripago.journey.payments.refusals import AlreadyPaid, NotAccepted, OrderEnded
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.values.steps import CheckItem, Preference
from seguripago.web.access import StaffRequest, staff_only

from ..screens import ROLES
from .pages import conversation_of, draw_panel, drawn_after

type View[**P] = Callable[Concatenate[StaffRequest, int, P], None]

PRESENCES: Final = ("available", "busy", "away")


def words_of(refusal: Refusal) -> str:
    """A refusal as an analyst reads it."""
    match refusal:
        case commands.DetailsNotAllowed(missing=missing):
            return _("Todavía no se puede enviar. Falta: %(items)s.") % {"items": ", ".join(missing)}
        case commands.NoOrderYet():
            return _("Primero verifica el pedido con su número.")
        case commands.TooManyTries():
            return _("Ya se hicieron cinco intentos; revisa el pedido con el comprador.")
        case commands.UseTheCard():
            return _("Los datos bancarios no se escriben: usa la tarjeta «Enviar datos bancarios».")
        case commands.TeammateSpokeFirst(name=name):
            return _("%(name)s escribió antes que tú. Lee esto primero y vuelve a enviar.") % {"name": name}
        case commands.ConversationClosed():
            return _("La conversación está cerrada. Ábrela de nuevo para responder.")
        case commands.EmptyMessage():
            return _("Escribe un mensaje.")
        case commands.MessageTooLong():
            return _("El mensaje pasa de 4,000 caracteres.")
        case commands.AnalystUnknown():
            return _("Esa persona no trabaja en esta tienda.")
        case CheckFailed(says=says):
            return _("No se puede confirmar: %(says)s") % {"says": says}
        case AlreadyPaid():
            return _("El pago ya está confirmado.")
        case OrderEnded():
            return _("El pedido ya no está vigente.")
        case NotAccepted():
            return _("Falta que el comprador acepte la confirmación.")
        case _:
            return _("No se pudo (%(code)s).") % {"code": refusal.code}


def on_conversation[**P](act: View[P]) -> Callable[..., HttpResponse]:
    """An action on a conversation of the person's own store: the panel again, or the page for a plain form."""

    @require_POST
    @staff_only(*ROLES)
    @wraps(act)
    def view(request: StaffRequest, conversation_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        conversation_of(request, conversation_id)
        error = ""
        try:
            act(request, conversation_id, *args, **kwargs)
        except Refusal as refusal:
            error = words_of(refusal)
        if request.headers.get("HX-Request"):
            return draw_panel(request, conversation_id, error=error)
        request.session["desk_notice"] = error
        return redirect("desk_conversation", conversation_id)

    return view


def by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)


@require_POST
@staff_only(*ROLES)
def presence(request: StaffRequest) -> HttpResponse:
    """The heartbeat of the desk; a state that a person chose is kept, one that the page noticed is not."""
    state = request.POST.get("state", "")
    kept = state if state in PRESENCES else "away"
    commands.be_present(request.member.user_id, request.member.store_id, kept, at=timezone.now())
    if request.POST.get("chosen") and request.session.get("desk_presence") != kept:
        request.session["desk_presence"] = kept
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    return redirect("desk")


@require_POST
@staff_only(*ROLES)
def take_next(request: StaffRequest) -> HttpResponse:
    """Take the conversation that waits longest."""
    taken = commands.take_next(request.member.store_id, request.member.user_id, at=timezone.now())
    if taken is None:
        request.session["desk_notice"] = _("Nadie espera en este momento.")
        return redirect("desk")
    return redirect("desk_conversation", taken)


@require_POST
@staff_only(*ROLES)
def take(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Become responsible for one conversation."""
    conversation_of(request, conversation_id)
    commands.take(conversation_id, request.member.user_id, at=timezone.now())
    return redirect("desk_conversation", conversation_id)


@require_POST
@staff_only(*ROLES)
def reply(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Answer the buyer, or leave a private note. 409 when a teammate spoke first, 422 for what may not be sent."""
    conversation_of(request, conversation_id)
    at, posted = timezone.now(), request.POST
    seen = posted.get("seen_seq", "")
    seen_seq = int(seen) if seen.isdecimal() and len(seen) < 19 else 0
    text = posted.get("text", "")
    client_id = _client_id(posted.get("client_id", ""))
    user_id = request.member.user_id
    error, status = "", 200
    try:
        if posted.get("mode") == "note":
            commands.note(conversation_id, user_id, text, client_id=client_id, at=at)
        else:
            commands.reply(conversation_id, user_id, text, client_id=client_id, seen_seq=seen_seq, at=at)
    except Refusal as refusal:
        error = words_of(refusal)
        status = 409 if isinstance(refusal, commands.TeammateSpokeFirst | commands.ConversationClosed) else 422
    if "application/json" not in request.headers.get("Accept", ""):
        request.session["desk_notice"] = error
        return redirect("desk_conversation", conversation_id)
    return JsonResponse({"error": error, "entries": drawn_after(conversation_id, seen_seq)}, status=status)


@on_conversation
def identify(request: StaffRequest, conversation_id: int) -> None:
    """Verify the order that the buyer named; the second proof is the buyer's, never the analyst's word."""
    commands.identify_order(conversation_id, request.POST.get("number", "")[:40], by=by(request), at=timezone.now())


@on_conversation
def confirm(request: StaffRequest, conversation_id: int) -> None:
    """Confirm the named checks, or all six."""
    named = request.POST.getlist("item")
    items = [CheckItem(name) for name in named if name in set(CheckItem)] if named else list(CheckItem)
    commands.confirm_all(conversation_id, items, by=by(request), at=timezone.now())


@on_conversation
def send_details(request: StaffRequest, conversation_id: int) -> None:
    """Send the bank details."""
    commands.send_bank_details(conversation_id, by=by(request), at=timezone.now())


@on_conversation
def send_link(request: StaffRequest, conversation_id: int) -> None:
    """Send the encrypted link."""
    commands.send_link(conversation_id, token=secrets.token_urlsafe(32), by=by(request), at=timezone.now())


@on_conversation
def ask_evidence(request: StaffRequest, conversation_id: int) -> None:
    """Ask for the comprobante."""
    commands.ask_evidence(conversation_id, by=by(request), at=timezone.now())


@on_conversation
def change_preference(request: StaffRequest, conversation_id: int) -> None:
    """Let the buyer pay another way, without a new order."""
    view = conversation_of(request, conversation_id)
    wanted = request.POST.get("preference", "")
    if view.order_id is None or wanted not in set(Preference):
        raise commands.NoOrderYet
    orders.change_preference(view.order_id, Preference(wanted), by=by(request), at=timezone.now())


@require_POST
@staff_only(*ROLES)
def transfer(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Pass the conversation to a teammate."""
    conversation_of(request, conversation_id)
    to = request.POST.get("to", "")
    error = _("Elige a quién.")
    if to.isdecimal() and len(to) < 19:
        error = ""
        try:
            text = request.POST.get("note", "")
            commands.transfer(conversation_id, int(to), text, by=by(request), at=timezone.now())
        except Refusal as refusal:
            error = words_of(refusal)
    request.session["desk_notice"] = error
    return redirect("desk_conversation", conversation_id)


@require_POST
@staff_only(*ROLES)
def resolve(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Close the conversation."""
    conversation_of(request, conversation_id)
    commands.resolve(conversation_id, by=by(request), at=timezone.now())
    return redirect("desk_conversation", conversation_id)


@require_POST
@staff_only(*ROLES)
def reopen(request: StaffRequest, conversation_id: int) -> HttpResponseRedirect:
    """Open it again."""
    conversation_of(request, conversation_id)
    commands.reopen(conversation_id, by=by(request), at=timezone.now())
    return redirect("desk_conversation", conversation_id)


def _client_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        return uuid.uuid4()
