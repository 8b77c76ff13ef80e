"""The pages of the frame, and the loader that other sites embed."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from seguripago.journey.assistance import commands
from seguripago.journey.assistance import queries as assistance
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.web.shop.cookies import order_tokens

from . import remembering
from .drawing import all_entries, own_talk, page_of, steps
from .forms import StartForm, empty_form, typed_form
from .frame import FrameRequest, frame_page

LOADER: Final = Path(__file__).parent / "static" / "assistant" / "loader.js"
POLICY_VERSION: Final = "2026-11"
SHOWN_ORDERS: Final = 3


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    """Serve the script that any site embeds: one file for all stores, asked again only when it changed."""
    body, etag = _loader()
    response = get_conditional_response(request, etag=etag) or HttpResponse(
        body, content_type="text/javascript; charset=utf-8"
    )
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=600, stale-while-revalidate=86400"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    if isinstance(response, HttpResponseNotModified):
        return response
    response["X-Content-Type-Options"] = "nosniff"
    return response


@cache
def _loader() -> tuple[bytes, str]:
    body = LOADER.read_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:24]}"'


@frame_page
@require_GET
def home(request: FrameRequest) -> HttpResponse:
    """The cookie policy until it is answered, then «Nueva Conversación» and the earlier ones."""
    if not remembering.choice(request, POLICY_VERSION):
        return _policy_page(request)
    tokens = list(remembering.talks(request).values())
    talks = [talk for talk in assistance.conversations_of_browser(tokens) if talk.store_id == request.store.id]
    context = {
        "store": request.store,
        "is_open": assistance.desk_is_open(request.store.id, timezone.now()),
        "conversations": talks,
        "orders": _own_orders(request)[:SHOWN_ORDERS],
    }
    return render(request, "assistant/home.html", context)


@frame_page
@require_POST
def cookies(request: FrameRequest) -> HttpResponse:
    """Keep the answer to the policy, with version and hash of the words that were shown."""
    chosen = request.POST.get("choice", "")
    if chosen not in {"necessary", "all"}:
        return _policy_page(request, error=_("Elige una de las dos opciones."))
    visitor = remembering.new_visitor()
    commands.record_consent(
        request.store.id,
        choice=chosen,
        version=POLICY_VERSION,
        text_hash=hashlib.sha256(_policy_text().encode()).hexdigest(),
        visitor=visitor,
        at=timezone.now(),
    )
    response = HttpResponseRedirect(reverse("assistant:home", args=[request.store.slug]))
    remembering.keep_choice(response, visitor=visitor, version=POLICY_VERSION, chosen=chosen)
    return response


@frame_page
def new(request: FrameRequest) -> HttpResponse:
    """The form that opens a conversation; the same form sent twice opens one."""
    if not remembering.choice(request, POLICY_VERSION):
        return HttpResponseRedirect(reverse("assistant:home", args=[request.store.slug]))
    if request.method != "POST":
        newest = next(iter(_own_orders(request)), None)
        return _form_page(request, empty_form(remembering.new_form_key(), newest))
    form = typed_form(request.POST.dict())
    token = remembering.token_of_form(form.key)
    if not token:
        form.key = remembering.new_form_key()
        token = remembering.token_of_form(form.key)
    if not form.is_right():
        return _form_page(request, form, status=422)
    try:
        asked = form.asked(token, order_tokens(request))
        conversation_id = commands.start_conversation(request.store.id, asked, at=timezone.now())
    except commands.EmptyMessage:
        form.errors["question"] = _("Escribe tu pregunta con palabras.")
        return _form_page(request, form, status=422)
    started = assistance.conversation(conversation_id)
    assert started is not None
    response = HttpResponseRedirect(reverse("assistant:chat", args=[request.store.slug, started.code]))
    remembering.keep_talk(request, response, started.code, token)
    return response


@frame_page
@require_GET
def chat(request: FrameRequest, code: str) -> HttpResponse:
    """The conversation, whole in the first answer; what is said afterwards comes by the stream."""
    return render(request, "assistant/chat.html", page_of(request, own_talk(request, request.store.id, code)))


@frame_page
@require_GET
def state(request: FrameRequest, code: str) -> HttpResponse:
    """Head, steps and place in the queue, to be drawn again."""
    talk = own_talk(request, request.store.id, code)
    context = {"store": request.store, "talk": talk.view, "steps": steps(talk.view, all_entries(talk.view.id))}
    return render(request, "assistant/_state.html", context)


def _form_page(request: FrameRequest, form: StartForm, status: int = 200) -> HttpResponse:
    return render(request, "assistant/form.html", {"store": request.store, "form": form}, status=status)


def _policy_page(request: FrameRequest, error: str = "") -> HttpResponse:
    context = {"store": request.store, "policy": _policy(), "error": error}
    return render(request, "assistant/cookies.html", context, status=422 if error else 200)


def _policy() -> list[dict[str, str]]:
    return [
        {
            "title": _("Necesarias"),
            "says": _("Mantienen abierta tu conversación y protegen tu pago en este navegador. Duran hasta 180 días."),
        },
        {
            "title": _("Medición"),
            "says": _("Hoy no usamos ninguna. Si aceptas todas, solo guardamos tu respuesta."),
        },
    ]


def _policy_text() -> str:
    """The policy's words in Spanish, whatever language they were read in: the hash names one text per version."""
    with translation.override("es-mx"):
        return "\n".join(f"{kind['title']}: {kind['says']}" for kind in _policy())


def _own_orders(request: FrameRequest) -> list[OrderView]:
    """Answer this browser's orders in this store, newest first."""
    found = (orders.order_by_token(token) for token in order_tokens(request)[: 2 * SHOWN_ORDERS])
    return [order for order in found if order is not None and order.store_id == request.store.id]
