"""The pages of the frame, and the loader that other sites embed."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST, require_safe

from seguripago.foundations.staffing import queries as staffing
from seguripago.journey.assistance import commands
from seguripago.journey.assistance import queries as assistance
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.web.handing import hand_over
from seguripago.web.limits import CONSENTS, STARTS, alias_of, is_own, too_often
from seguripago.web.live.tickets import topic_of
from seguripago.web.shop.cookies import order_tokens

from . import remembering
from .drawing import all_entries, begun_by_store, own_talk, page_of, steps
from .forms import StartForm, empty_form, typed_form
from .frame import FrameRequest, frame_page
from .waiting import hours_words, online_words, opening_words, wait_now, wait_of

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
    # Whoever embeds it may name its hash (Subresource Integrity), which needs this; there is nothing in it to hide.
    response["Access-Control-Allow-Origin"] = "*"
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
    tokens = list((begun_by_store(request) | remembering.talks(request)).values())
    talks = [talk for talk in assistance.conversations_of_browser(tokens) if talk.store_id == request.store.id]
    context = {"store": request.store, "conversations": talks, "orders": _own_orders(request)[:SHOWN_ORDERS]}
    online = staffing.available(request.store.id, timezone.now())
    days = staffing.hours_of(request.store.id)
    context["hours"] = hours_words(days)
    if online:
        context |= {"online": online_words(online), "wait": wait_now(request.store.id)}
    else:
        context["back"] = opening_words(days)
    return render(request, "assistant/home.html", context)


@frame_page
@require_POST
def cookies(request: FrameRequest) -> HttpResponse:
    """Keep the answer to the policy, with version and hash of the words that were shown."""
    response: HttpResponse
    chosen = request.POST.get("choice", "")
    if chosen not in {"necessary", "all"}:
        return _policy_page(request, error=_("Elige una de las dos opciones."))
    if not is_own(request.META.get("REMOTE_ADDR", "")) and (wait := too_often(CONSENTS, request)):
        response = _policy_page(request, error=_("Desde tu conexión ya se respondió muchas veces. Espera un poco."))
        response.status_code, response["Retry-After"] = 429, str(wait)
        return response
    response = HttpResponseRedirect(reverse("assistant:home", args=[request.store.slug]))
    keep_answer(request, response, chosen)
    return response


def keep_answer(request: FrameRequest, response: HttpResponse, chosen: str) -> None:
    """Keep the answer to the policy here and in the browser."""
    visitor = remembering.new_visitor()
    commands.record_consent(
        request.store.id,
        choice=chosen,
        version=POLICY_VERSION,
        text_hash=hashlib.sha256(_policy_text().encode()).hexdigest(),
        visitor=visitor,
        at=timezone.now(),
    )
    remembering.keep_choice(request, response, visitor=visitor, version=POLICY_VERSION, chosen=chosen)


@frame_page
def new(request: FrameRequest) -> HttpResponse:
    """The form that opens a conversation; the same form sent twice opens one."""
    if not remembering.choice(request, POLICY_VERSION):
        return HttpResponseRedirect(reverse("assistant:home", args=[request.store.slug]))
    if request.method != "POST":
        newest = next(iter(_own_orders(request)), None)
        return _form_page(request, empty_form(remembering.new_form_key(), newest))
    return _start(request, typed_form(request.POST))


@frame_page
def message(request: FrameRequest) -> HttpResponse:
    """The form that leaves a message while nobody is there: answered later, by a person, also by mail."""
    if not remembering.choice(request, POLICY_VERSION):
        return HttpResponseRedirect(reverse("assistant:home", args=[request.store.slug]))
    if request.method != "POST":
        form = empty_form(remembering.new_form_key(), next(iter(_own_orders(request)), None))
        form.question, form.is_message = "", True
        return _form_page(request, form)
    form = typed_form(request.POST)
    form.medium, form.is_message = "spei", True
    return _start(request, form)


def _start(request: FrameRequest, form: StartForm) -> HttpResponse:
    token = remembering.token_of_form(form.key)
    if not token:
        form.key = remembering.new_form_key()
        token = remembering.token_of_form(form.key)
    if not form.is_right():
        return _form_page(request, form, status=422)
    if wait := _starts_too_often(request, token):
        form.errors["all"] = _("Desde tu conexión ya se abrieron varias conversaciones. Espera un poco; nada se borra.")
        response = _form_page(request, form, status=429)
        response["Retry-After"] = str(wait)
        return response
    try:
        asked = form.asked(token, order_tokens(request), alias_of(request))
        conversation_id = commands.start_conversation(request.store.id, asked, at=timezone.now())
    except commands.EmptyMessage:
        form.errors["question"] = _("Escribe tu pregunta con palabras.")
        return _form_page(request, form, status=422)
    started = assistance.conversation(conversation_id)
    assert started is not None
    response = HttpResponseRedirect(reverse("assistant:chat", args=[request.store.slug, started.code]))
    remembering.keep_talk(request, response, started.code, token)
    return response


def _starts_too_often(request: FrameRequest, token: str) -> int:
    """Count a new conversation of this caller; the same form sent again is none."""
    if is_own(request.META.get("REMOTE_ADDR", "")) or assistance.conversation_by_token(token) is not None:
        return 0
    return too_often(STARTS, request)


@frame_page
@require_GET
def chat(request: FrameRequest, code: str) -> HttpResponse:
    """The conversation, whole in the first answer; what is said afterwards comes by the stream."""
    talk = own_talk(request, request.store.id, code)
    response = render(request, "assistant/chat.html", page_of(request, talk))
    remembering.keep_talk(request, response, talk.view.code, talk.token)
    return response


@frame_page
@require_GET
def follow(request: FrameRequest, code: str) -> HttpResponse:
    """A new ticket for the stream of a page that outlived its ticket."""
    talk = own_talk(request, request.store.id, code)
    return JsonResponse({"topic": topic_of(talk.view.id, at=timezone.now())})


@frame_page
@require_GET
def state(request: FrameRequest, code: str) -> HttpResponse:
    """Head, steps and place in the queue, to be drawn again."""
    talk = own_talk(request, request.store.id, code)
    context = {
        "store": request.store,
        "talk": talk.view,
        "steps": steps(talk.view, all_entries(talk.view.id)),
        "wait": wait_of(talk.view),
    }
    return render(request, "assistant/_state.html", context)


@frame_page
@require_GET
def attachment(request: FrameRequest, code: str, attachment_id: int) -> HttpResponse:
    """A file of this browser's own conversation, always as a download."""
    talk = own_talk(request, request.store.id, code)
    found = assistance.attachment_file(talk.view.id, attachment_id, audience="buyer")
    if found is None:
        raise Http404
    return hand_over("attachment", found.id, found.sha256, at=timezone.now())


def _form_page(request: FrameRequest, form: StartForm, status: int = 200) -> HttpResponse:
    is_open = staffing.is_desk_open(request.store.id, timezone.now())
    context = {
        "store": request.store,
        "form": form,
        "wait": wait_now(request.store.id) if is_open else "",
        "back": "" if is_open else opening_words(staffing.hours_of(request.store.id)),
    }
    name = "assistant/message.html" if form.is_message else "assistant/form.html"
    return render(request, name, context, status=status)


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
