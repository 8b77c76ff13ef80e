"""What a buyer does in the chat. Each verb works as a plain form, and answers JSON to the frame's script."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from seguripago.foundations.limits.commands import take
from seguripago.journey.assistance import commands
from seguripago.values.calendar import MEXICO
from seguripago.values.refusal import Refusal
from seguripago.web.limits import MESSAGES, alias_of
from seguripago.web.shop.cookies import order_tokens
from seguripago.web.uploads import UploadsSpent, take_upload

from .drawing import Talk, own_talk, page_of
from .frame import FrameRequest, frame_page, wants_json

LARGEST: Final = 10 * 1024 * 1024


def verb(act: Callable[[FrameRequest, Talk], dict[str, Any]]) -> Callable[..., HttpResponse]:
    """Let the browser's own conversation act; say a refusal in words, with all that was typed.

    Whatever is sent counts: a press writes an entry too, and «Ya transferí» asks a bank.
    """

    @wraps(act)
    def inner(request: FrameRequest, code: str) -> HttpResponse:
        talk = own_talk(request, request.store.id, code)
        try:
            if wait := take(MESSAGES, talk.view.id, at=timezone.now()):
                raise TooFast(wait)
            told = act(request, talk)
        except Refusal as refusal:
            message, wait = words(refusal), refusal.wait_s if isinstance(refusal, TooFast | UploadsSpent) else 0
            status, headers = (429, {"Retry-After": str(wait)}) if wait else (422, {})
            if wants_json(request):
                told = {"code": refusal.code, "message": message}
                return JsonResponse(told, status=status, headers=headers)
            typed = request.POST.get("text", "").replace("\r\n", "\n")[:4000]
            page = page_of(request, talk, error=message, typed=typed)
            response = render(request, "assistant/chat.html", page | {"up": "../"}, status=status)
            for name, value in headers.items():
                response[name] = value
            return response
        if wants_json(request):
            return JsonResponse(told)
        return HttpResponseRedirect(reverse("assistant:chat", args=[request.store.slug, talk.view.code]))

    return frame_page(require_POST(inner))


@verb
def say(request: FrameRequest, talk: Talk) -> dict[str, Any]:
    """Keep a message; the browser's id makes a second sending harmless."""
    seq = commands.say(
        talk.view.id,
        request.POST.get("text", ""),
        client_id=_client_id(request),
        at=timezone.now(),
        own_order_tokens=order_tokens(request),
        caller=alias_of(request),
    )
    return {"seq": seq}


@verb
def accept(request: FrameRequest, talk: Talk) -> dict[str, Any]:
    commands.buyer_accepts(talk.view.id, at=timezone.now())
    return {}


@verb
def correct(request: FrameRequest, talk: Talk) -> dict[str, Any]:
    commands.buyer_corrects(talk.view.id, request.POST.get("text", "")[:4000], at=timezone.now())
    return {}


@verb
def transferred(request: FrameRequest, talk: Talk) -> dict[str, Any]:
    """«Ya transferí»: bank, day and clave de rastreo are welcome, none is required."""
    bank = request.POST.get("bank", "")
    commands.buyer_transferred(
        talk.view.id,
        bank if bank.isdecimal() and len(bank) == 5 else "",
        _day(request.POST.get("date", "")),
        request.POST.get("tracking_key", "")[:60],
        at=timezone.now(),
    )
    return {}


@verb
def upload(request: FrameRequest, talk: Talk) -> dict[str, Any]:
    """Take the PRE-FACTURA, a comprobante, or any other file while no order is verified."""
    file = request.FILES.get("file")
    if file is None or not file.size:
        raise NoFile
    if file.size > LARGEST:
        raise FileOver
    if talk.view.order_id is not None:
        take_upload(talk.view.order_id)
    return {"kind": commands.drop_document(talk.view.id, file.read(), file.name or "", at=timezone.now())}


class TooFast(Refusal):
    """More messages and presses than one conversation takes in a minute."""

    code = "SP-321"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s


class NoFile(Refusal):
    """Nothing was sent."""

    code = "SP-391"


class FileOver(Refusal):
    """The file has more than ten megabytes."""

    code = "SP-392"


def words(refusal: Refusal) -> str:
    """Answer a refusal as the buyer reads it."""
    if isinstance(refusal, UploadsSpent):
        return refusal.says
    said = {
        "SP-304": _("Escribe algo antes de enviar."),
        "SP-305": _("Tu mensaje es muy largo: caben 4,000 caracteres."),
        "SP-306": _("Primero verifica tu pedido: escribe tu No. de Pedido o sube tu PRE-FACTURA."),
        "SP-309": _("Por seguridad, un analista revisará tu pedido contigo."),
        "SP-310": _("Esta confirmación ya no está abierta; revisa la más reciente."),
        "SP-332": _("En una hora caben cinco archivos. Espera un poco o descríbelo con palabras."),
        "SP-321": _("Caben 20 mensajes por minuto. Tu texto no se pierde: se envía en un momento."),
        "SP-325": _("La conversación sigue abierta; califica cuando se cierre."),
        "SP-326": _("Tu calificación ya no se puede cambiar."),
        "SP-327": _("Elige del 1 al 5."),
        "SP-328": _("Ya te la enviamos; revisa tu correo. Puedes pedirla otra vez en un rato."),
        "SP-391": _("Elige un archivo primero."),
        "SP-392": _("El archivo pesa más de 10 MB."),
        "SP-401": _("El archivo está vacío o pesa más de 10 MB."),
        "SP-402": _("No podemos leer ese tipo de archivo. Sube un PDF, JPG, PNG o el XML del CEP."),
        "SP-403": _("El archivo está dañado. Inténtalo con otra foto o con el PDF de tu banco."),
        "SP-404": _("La imagen es demasiado grande. Inténtalo con una captura de pantalla."),
        "SP-405": _("El PDF pide contraseña. Súbelo sin contraseña o sube una captura."),
        "SP-406": _("Ese archivo no es seguro y no lo guardamos."),
        "SP-407": _("Ahora no podemos revisar archivos. Inténtalo en unos minutos."),
        "SP-408": _("Este pedido ya tiene muchos archivos. Un analista puede ayudarte."),
    }
    return said.get(refusal.code) or _("Ahora no se puede hacer esto (%(code)s). Un analista puede ayudarte.") % {
        "code": refusal.code
    }


def _client_id(request: FrameRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("client_id", ""))
    except ValueError:
        return uuid.uuid4()


def _day(text: str) -> date:
    """Read the day of a transfer; what is missing, unreadable or to come is today in Mexico."""
    today = timezone.localdate(timezone=MEXICO)
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today
