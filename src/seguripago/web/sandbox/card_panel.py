"""The gateway's panel, for whoever plays it: its charges, chargebacks, webhooks once more, and how it misbehaves."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from seguripago.values.money import Money
from seguripago.web.sandbox.card_pages import page_policy
from seguripago.web.sandbox.charges import Charges
from seguripago.web.sandbox.hints import ANSWERS, HINTS
from seguripago.web.sandbox.plastic import TEST_CARDS
from seguripago.web.sandbox.vault import Vault
from seguripago.web.sandbox.wire import Request, Response

SHOWN: Final = 100
_SWITCHES: Final = {
    "answers": (
        ANSWERS,
        (_("Contesta a tiempo"), _("Contesta tarde"), _("Cobra y su respuesta se pierde")),
        _("Respuestas a la tienda"),
    ),
    "hints": (
        HINTS,
        (_("Uno, firmado"), _("El mismo dos veces"), _("Veinte segundos tarde"), _("Ninguno"), _("Con firma falsa")),
        _("Avisos a la tienda"),
    ),
}
_WORDS: Final = {
    "requires_action": _("Espera la tarjeta"),
    "challenge": _("El banco pregunta"),
    "processing": _("En proceso"),
    "authorized": _("Autorizado"),
    "paid": _("Pagado"),
    "declined": _("Rechazado"),
    "cancelled": _("Cancelado"),
    "expired": _("Vencido"),
}


def panel(vault: Vault, charges: Charges, request: Request, *, public_url: str, site_url: str) -> Response:
    """Show the charges, or do what a button says. A form of another site does nothing here."""
    if request.method == "POST":
        if not _is_own(request, public_url):
            return Response.of_json({"error": "origin"}, 403)
        _do(vault, charges, request.form())
        return Response.see_other("/movimientos/", page_policy())
    switches = [
        {
            "name": name,
            "title": title,
            "choices": [
                {"value": value, "says": says, "on": value == vault.switch(name, values)}
                for value, says in zip(values, words, strict=True)
            ],
        }
        for name, (values, words, title) in _SWITCHES.items()
    ]
    lines = [_line(charges, row) for row in charges.newest(SHOWN)]
    html = render_to_string(
        "sandbox/gateway/movements.html", {"lines": lines, "switches": switches, "site_url": site_url}
    )
    # Without a referrer a browser would name no origin either, and its own buttons would do nothing.
    return Response(200, html.encode(), headers={**page_policy(), "referrer-policy": "same-origin"})


def _is_own(request: Request, public_url: str) -> bool:
    """Whether a form is this panel's own: a page without a referrer has no name, but the browser says where it is."""
    origin = request.headers.get("origin", public_url)
    return origin == public_url or (origin == "null" and request.headers.get("sec-fetch-site") == "same-origin")


def cards_page() -> Response:
    """List the cards that anybody may type."""
    html = render_to_string("sandbox/gateway/test_cards.html", {"cards": TEST_CARDS.values()})
    return Response(200, html.encode(), headers=page_policy())


def _do(vault: Vault, charges: Charges, form: dict[str, str]) -> None:
    ref = form.get("charge", "")
    match form.get("do"):
        case "dispute":
            charges.dispute(ref)
        case "won" | "lost" as outcome:
            charges.decide(ref, "won" if outcome == "won" else "lost")
        case "again":
            charges.hint_again(ref)
        case "switch":
            for name, (values, _words, _title) in _SWITCHES.items():
                if form.get(name) in values:
                    vault.turn(name, form[name])


def _line(charges: Charges, row: sqlite3.Row) -> dict[str, Any]:
    disputes = charges.disputes(row["id"])
    return {
        "ref": row["id"],
        "at": datetime.fromtimestamp(row["created_at"], UTC),
        "order_ref": row["order_ref"],
        "card_label": row["card_label"],
        "installments": row["installments"],
        "amount": Money(row["centavos"], row["currency"]),
        "refunded": Money(row["refunded"], row["currency"]),
        "status": row["status"],
        "says": _WORDS[row["status"]],
        "decline": row["decline"],
        "dispute": disputes[0]["status"] if disputes else "",
        "can_dispute": row["status"] == "paid" and not disputes and row["refunded"] < row["centavos"],
        "can_repeat": bool(row["last_event"]),
    }
