"""Press something at the desk. Every action answers htmx with the panel, a browser without scripts with the page."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seguripago.foundations.staffing.refusals import TeamUnknown
from seguripago.journey.assistance import commands, queries
from seguripago.journey.evidence import commands as evidence
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.commands import CheckFailed
from seguripago.journey.payments.refusals import AlreadyPaid, DepositOutOfPlace, LinkEnded, NotAccepted, OrderEnded
from seguripago.journey.payments.rules.asked_deposit import DepositUnreadable
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.values.steps import CheckItem, Preference
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.components.templatetags.sp import money

from ..screens import ROLES
from .pages import conversation_of, draw_panel, drawn_after

type View[**P] = Callable[Concatenate[StaffRequest, int, P], None]


READ_FIRST: Final = (commands.TeammateSpokeFirst, commands.ConversationClosed, commands.ClaimReturned)


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
        case commands.FilesOfTheHour(limit=limit):
            return _("En una hora caben %(limit)s archivos en una conversación. Espera un poco.") % {"limit": limit}
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
        case DepositUnreadable(least=least, most=most):
            said = {"least": money(least), "most": money(most)}
            return _("Escribe el anticipo como «30 %%» o «1,250.00»: de %(least)s a %(most)s.") % said
        case DepositOutOfPlace(missing=missing):
            return _("El anticipo debe ser menor que lo que falta: %(missing)s.") % {"missing": money(missing)}
        case commands.ConversationHasItsOrder(number=number):
            return _("Esta conversación ya acompaña al pedido %(number)s.") % {"number": number}
        case LinkEnded():
            return _("Ese link ya no estaba vigente.")
        case evidence.FileIsNotTaken():
            return _("Solo se envían PDF, JPG, PNG y WebP.")
        case evidence.FileIsBroken():
            return _("El archivo está dañado y no se puede abrir.")
        case evidence.FileIsOversized():
            return _("El archivo es demasiado grande al abrirlo.")
        case evidence.FileIsLocked():
            return _("El PDF pide contraseña: súbelo sin ella.")
        case evidence.FileIsHarmful():
            return _("Ese archivo no es seguro y no se guardó.")
        case evidence.FileNotScanned():
            return _("Ahora no se pueden revisar archivos. Inténtalo en unos minutos.")
        case _:
            return _words_of_the_queue(refusal)


def _words_of_the_queue(refusal: Refusal) -> str:
    match refusal:
        case commands.HandsFull(names=names, capacity=capacity):
            return _(
                "Ya atiendes %(n)d conversaciones, tu máximo: %(names)s. Resuelve, transfiere o espera la respuesta de"
                " alguna para tomar otra."
            ) % {"n": capacity, "names": ", ".join(names[:capacity])}
        case commands.NotYours(name=name) if name:
            return _("La atiende %(name)s. Solo se puede tomar mientras no esté en la mesa.") % {"name": name}
        case commands.NotYours():
            return _("Esta conversación espera a otro equipo.")
        case commands.ClaimReturned():
            return _("La conversación regresó a la cola: pasaron 45 segundos. Tómala de nuevo para responder.")
        case commands.TooManyReveals(limit=limit):
            return _("Ya viste %(n)d datos personales en la última hora. Pide ayuda a tu supervisor.") % {"n": limit}
        case commands.ReasonMissing():
            return _("Escribe cuál es el motivo para ver ese dato.")
        case commands.NotUnpaid():
            return _("Ese pedido ya no espera su pago.")
        case TeamUnknown():
            return _("Ese equipo ya no atiende.")
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
def reply(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Answer the buyer, or leave a private note. 409 when a teammate spoke first, 422 for what may not be sent.

    Whoever may not read it any more, or never might, hears the same of every conversation: nothing.
    """
    try:
        conversation_of(request, conversation_id)
    except Http404:
        if "application/json" not in request.headers.get("Accept", ""):
            raise
        return JsonResponse({"error": _("Esta conversación ya no está a tu cargo."), "entries": []}, status=404)
    at, posted = timezone.now(), request.POST
    seen_seq, client_id = seen_of(request), client_id_of(request)
    text = posted.get("text", "")
    user_id = request.member.user_id
    error, status = "", 200
    try:
        if posted.get("mode") == "note":
            commands.note(conversation_id, user_id, text, client_id=client_id, at=at)
        else:
            commands.reply(conversation_id, user_id, text, client_id=client_id, seen_seq=seen_seq, at=at)
    except Refusal as refusal:
        error = words_of(refusal)
        status = 409 if isinstance(refusal, READ_FIRST) else 422
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
    """Send the encrypted link: for everything that is missing, or for a deposit."""
    purpose = "deposit" if request.POST.get("purpose") == "deposit" else "whole"
    deposit = request.POST.get("deposit", "")[:20]
    token, at = secrets.token_urlsafe(32), timezone.now()
    commands.send_link(conversation_id, token=token, purpose=purpose, deposit=deposit, by=by(request), at=at)


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
    if not queries.may_answer(request.member, view, at=timezone.now()):
        raise commands.NotYours(view.analyst_name)
    orders.change_preference(view.order_id, Preference(wanted), by=by(request), at=timezone.now())


def seen_of(request: StaffRequest) -> int:
    """The newest entry that the page had drawn when it was sent."""
    seen = request.POST.get("seen_seq", "")
    return int(seen) if seen.isdecimal() and len(seen) < 19 else 0


def client_id_of(request: StaffRequest) -> uuid.UUID:
    """The page's own id of what it sends: sent twice, it is kept once."""
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid.uuid4()
