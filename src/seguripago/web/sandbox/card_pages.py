"""The gateway's own pages, on another origin than the store's: a test card is typed here, a bank is answered."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.template.loader import render_to_string

from seguripago.values.money import Money
from seguripago.web.sandbox.charges import Charges
from seguripago.web.sandbox.plastic import TEST_CARDS, TypedCard, read_card
from seguripago.web.sandbox.wire import Request, Response

OPEN: Final = ("requires_action", "challenge")


def page(charges: Charges, request: Request, ref: str, *, today: date) -> Response:
    """Answer `/pagar/<charge>/`: the form, the bank's own step, or the way back to the store."""
    row = charges.find(ref)
    if row is None:
        return gone()
    if row["status"] not in OPEN:
        return back_to_store(row)
    if request.method != "POST":
        return _challenge(row) if row["status"] == "challenge" else _form(row)
    form = request.form()
    if form.get("step") == "cancel":
        charges.finish(ref, "cancelled")
    elif form.get("step") == "pay" and row["status"] == "requires_action":
        typed = read_card(form, today=today)
        if typed.errors or typed.card is None:
            return _form(row, typed, 422)
        charges.attempt(ref, typed.card)
    else:
        _answer_bank(charges, row, form.get("step", ""))
    now = charges.find(ref) or row
    return see_self(now) if now["status"] in OPEN else back_to_store(now)


def framed(charges: Charges, request: Request, ref: str) -> Response:
    """Answer `/reto/<charge>/`: the bank's own step in a frame of the store's page, which hears when it has ended."""
    row = charges.find(ref)
    if row is None or row["bank"] != "frame":
        return gone()
    if request.method == "POST":
        _answer_bank(charges, row, request.form().get("step", ""))
        return Response.see_other(f"/reto/{ref}/", page_policy())
    store = _origin(row["return_url"])
    policy = page_policy(framed_by=store, scripts=True)
    if row["status"] == "challenge":
        return Response(200, _html("challenge.html", {**_of(row), "bare": True}), headers=policy)
    return Response(200, _html("answered.html", {"store": store, "bare": True}), headers=policy)


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


def page_policy(return_url: str = "", *, framed_by: str = "'none'", scripts: bool = False) -> dict[str, str]:
    """All from here; a form may also end at the store, for browsers hold its redirect to form-action."""
    store = f" {_origin(return_url)}" if return_url else ""
    runs = " script-src 'self'; connect-src 'self';" if scripts else ""
    policy = (
        f"default-src 'none';{runs} style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
        f"frame-ancestors {framed_by}; form-action 'self'{store}"
    )
    return {"content-security-policy": policy}


def _answer_bank(charges: Charges, row: sqlite3.Row, step: str) -> None:
    """What the cardholder told his bank, while it asks."""
    if row["status"] != "challenge":
        return
    if step == "authorize":
        charges.finish(row["id"], "paid")
    elif step == "reject":
        charges.finish(row["id"], "declined", decline="authentication_failed")


def _form(row: sqlite3.Row, typed: TypedCard | None = None, status: int = 200) -> Response:
    context = {**_of(row), "typed": typed, "cards": TEST_CARDS.values()}
    return Response(status, _html("pay.html", context), headers=page_policy(row["return_url"]))


def _challenge(row: sqlite3.Row) -> Response:
    return Response(200, _html("challenge.html", _of(row)), headers=page_policy(row["return_url"]))


def _of(row: sqlite3.Row) -> dict[str, Any]:
    return {
        "amount": Money(row["centavos"], row["currency"]),
        "order_ref": row["order_ref"],
        "description": row["description"],
        "payer_name": row["payer_name"],
        "card_label": row["card_label"],
        "installments": row["installments"],
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _html(template: str, context: dict[str, Any]) -> bytes:
    return render_to_string(f"sandbox/gateway/{template}", context).encode()
