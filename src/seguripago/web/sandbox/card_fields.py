"""The gateway's hosted fields: a frame in the store's page, of this origin. A token leaves it, never a number."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import translation

from seguripago.web.sandbox.card_pages import page_policy
from seguripago.web.sandbox.charges import Charges
from seguripago.web.sandbox.plastic import read_card
from seguripago.web.sandbox.wire import Request, Response


def fields(request: Request, *, site_url: str) -> Response:
    """Show the fields. Only the store's own site may frame them, and only it is told the token."""
    parts = urlsplit(site_url)
    store = f"{parts.scheme}://{parts.netloc}"
    language = _language(request)
    context = {
        "store": store,
        "public_key": request.query.get("key", "")[:64],
        "dark": request.query.get("theme") == "dark",
        "lang": language,
    }
    with translation.override(language):
        html = render_to_string("sandbox/gateway/fields.html", context)
    return Response(200, html.encode(), headers=page_policy(framed_by=store, scripts=True))


def make_token(charges: Charges, request: Request, *, public_url: str, today: date) -> Response:
    """Answer the frame's own script: what is wrong by field, or a token and the card's last four digits."""
    if request.headers.get("origin") != public_url:
        return Response.of_json({"error": "origin"}, 403)
    typed = {name: value for name, value in request.json().items() if isinstance(value, str)}
    with translation.override(_language(request)):
        read = read_card(typed, today=today)
    key = typed.get("key", "")
    if read.errors or read.card is None:
        return Response.of_json({"errors": dict(read.errors)}, 422)
    if not re.fullmatch(r"pk_[0-9a-f]{32}", key):
        return Response.of_json({"error": "key"}, 422)
    return Response.of_json({"token": charges.token_for(read.card, key), "label": read.card.label}, 201)


def _language(request: Request) -> str:
    return "en" if request.query.get("lang") == "en" else "es-mx"
