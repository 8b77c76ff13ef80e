"""The gateway's own pages: the buyer types a test card here, on another origin than the store's."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from seguripago.values.money import Money
from seguripago.web.sandbox.cards import TEST_CARDS, Gateway, TestCard
from seguripago.web.sandbox.wire import Request, Response

OPEN: Final = ("requires_action", "challenge")


@dataclass(frozen=True, slots=True)
class TypedCard:
    """What the buyer typed, and what is wrong with it, by field. The number stays in this request."""

    card: TestCard | None
    name: str
    expiry: str
    errors: Mapping[str, str]


def page(gateway: Gateway, request: Request, ref: str, *, today: date) -> Response:
    """Answer `/pagar/<charge>/`: the form, the bank's own step, or the way back to the store."""
    row = gateway.charge(ref)
    if row is None:
        return gone()
    if row["status"] not in OPEN:
        return back_to_store(row)
    if request.method != "POST":
        return _challenge(row) if row["status"] == "challenge" else _form(row)
    form = request.form()
    match form.get("step"):
        case "cancel":
            gateway.finish(ref, "cancelled")
        case "authorize" if row["status"] == "challenge":
            gateway.finish(ref, "paid")
        case "reject" if row["status"] == "challenge":
            gateway.finish(ref, "declined", decline="authentication_failed")
        case "pay" if row["status"] == "requires_action":
            typed = read_card(form, today=today)
            if typed.errors or typed.card is None:
                return _form(row, typed, 422)
            _try(gateway, ref, typed.card)
    now = gateway.charge(ref) or row
    return see_self(now) if now["status"] in OPEN else back_to_store(now)


def read_card(form: Mapping[str, str], *, today: date) -> TypedCard:
    """Check what was typed: a test card, a date to come, a code, a name."""
    number = re.sub(r"[\s-]", "", form.get("number", ""))
    card, errors = TEST_CARDS.get(number), {}
    if not number:
        errors["number"] = _("Escribe el número de la tarjeta.")
    elif card is None:
        errors["number"] = _("Aquí solo sirven las tarjetas de prueba de la lista. No escribas una tarjeta real.")
    expiry = form.get("expiry", "").strip()[:7]
    found = re.fullmatch(r"(0[1-9]|1[0-2])\s*/\s*(\d{2})", expiry, re.ASCII)
    if found is None:
        errors["expiry"] = _("Escribe el mes y el año, por ejemplo 12/30.")
    elif (2000 + int(found[2]), int(found[1])) < (today.year, today.month):
        errors["expiry"] = _("Esa fecha ya pasó.")
    if not re.fullmatch(r"\d{3}", form.get("cvc", "").strip(), re.ASCII):
        errors["cvc"] = _("Son tres dígitos, al reverso de la tarjeta.")
    name = " ".join(form.get("name", "").split())[:60]
    if len(name) < 3:
        errors["name"] = _("Escribe el nombre como aparece en la tarjeta.")
    return TypedCard(card, name, expiry, errors)


def gone() -> Response:
    """Say that nothing is here."""
    return Response(404, _html("gone.html", {}), headers=page_policy(""))


def see_self(row: sqlite3.Row) -> Response:
    """Show the page again by GET, so that a reload sends nothing twice."""
    return Response.see_other(f"/pagar/{row['id']}/", page_policy(row["return_url"]))


def back_to_store(row: sqlite3.Row) -> Response:
    """Send the buyer back. The address names the charge; the store believes only what it fetches."""
    parts = urlsplit(row["return_url"])
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), ("charge", row["id"])])
    return Response.see_other(urlunsplit(parts._replace(query=query)), page_policy(row["return_url"]))


def _try(gateway: Gateway, ref: str, card: TestCard) -> None:
    if card.asks_bank:
        gateway.ask_bank(ref, card)
    elif card.decline:
        gateway.finish(ref, "declined", decline=card.decline, card=card)
    else:
        gateway.finish(ref, "paid", card=card)


def _form(row: sqlite3.Row, typed: TypedCard | None = None, status: int = 200) -> Response:
    cards = [(_spaced(card.number), says) for card, says in zip(TEST_CARDS.values(), _card_words(), strict=True)]
    return Response(
        status, _html("pay.html", {**_of(row), "typed": typed, "cards": cards}), headers=page_policy(row["return_url"])
    )


def _challenge(row: sqlite3.Row) -> Response:
    return Response(200, _html("challenge.html", _of(row)), headers=page_policy(row["return_url"]))


def _of(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "amount": Money(row["centavos"], row["currency"]),
        "order_ref": row["order_ref"],
        "description": row["description"],
        "payer_name": row["payer_name"],
        "card_label": row["card_label"],
    }


def _html(template: str, context: dict[str, Any]) -> bytes:
    return render_to_string(f"sandbox/gateway/{template}", context).encode()


def page_policy(return_url: str = "") -> dict[str, str]:
    """All from here; a form may also end at the store, for browsers hold its redirect to form-action."""
    parts = urlsplit(return_url)
    store = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    policy = (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
        f"frame-ancestors 'none'; form-action 'self'{store}"
    )
    return {"content-security-policy": policy}


def _spaced(number: str) -> str:
    return " ".join(number[place : place + 4] for place in range(0, 16, 4))


def _card_words() -> tuple[str, ...]:
    """What each test card does, in the order of TEST_CARDS."""
    return (
        _("Se paga"),
        _("Se paga (Mastercard)"),
        _("Tu banco pide autorizar (3-D Secure)"),
        _("Rechazada: fondos insuficientes"),
        _("Rechazada: tarjeta vencida"),
        _("Rechazada: código de seguridad incorrecto"),
        _("Rechazada: tarjeta reportada"),
        _("Rechazada por el banco"),
    )
