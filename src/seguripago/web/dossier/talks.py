"""What was said and accepted: conversations as they are kept, secrets masked, and every «Acepto»."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from seguripago.foundations.stores.queries import StoreView
from seguripago.journey.assistance.queries import conversation, entries
from seguripago.journey.assistance.queries.consents import privacy_of_talk
from seguripago.journey.assistance.queries.conversations import EntryView
from seguripago.journey.assistance.queries.of_order import conversations_of_order
from seguripago.journey.orders.shapes import OrderView
from seguripago.ports.documents import DossierLine, DossierSection, ReportTable
from seguripago.values.calendar import MEXICO

PAGE: Final = 500
LONGEST: Final = 10_000


def conversations(store_id: int, order_id: int) -> DossierSection | None:
    """Every conversation about the order, whole; private notes of the desk are the house's and stay there."""
    told: list[DossierLine] = []
    codes = []
    for talk_id in conversations_of_order(store_id, order_id):
        talk = conversation(talk_id)
        codes.append(talk.code if talk else "")
        told.extend(_line(entry) for entry in _all_of(talk_id))
    if not told:
        return None
    return DossierSection(
        title="Conversación",
        says="Lo que comprador y tienda leyeron. Lo que parecía un secreto se enmascaró antes de guardarse.",
        facts=(("Código", ", ".join(codes)), ("Mensajes", str(len(told)))),
        lines=tuple(told),
    )


def acceptances(store: StoreView, order: OrderView) -> DossierSection:
    """The privacy notice, the cookie policy and «Todo correcto», each with its version and moment."""
    rows = [("Aviso de privacidad", order.privacy_version, "Al hacer el pedido", _moment(order.placed_at))]
    for talk_id in conversations_of_order(store.id, order.id):
        if said := privacy_of_talk(talk_id):
            rows.append(("Aviso de privacidad", said.version, f"Conversación {said.code}", _moment(said.at)))
    if order.accepted_at:
        version = f"PRE-FACTURA versión {order.pre_invoice_version}"
        rows.append(("«Todo correcto»", version, "El comprador", _moment(order.accepted_at)))
    marketing = "Sí" if order.marketing_opt_in else "No"
    return DossierSection(
        title="Aceptaciones",
        says=(
            "El asistente no abre una conversación antes de que se elija en la política de cookies; esa elección se "
            "guarda sin ligarla a una persona."
        ),
        facts=(("Quiso recibir promociones", marketing),),
        tables=(ReportTable(title="", columns=("Qué", "Versión", "Cómo", "Cuándo"), rows=tuple(rows)),),
    )


def _all_of(talk_id: int) -> list[EntryView]:
    """The conversation's entries, a page at a time: a page also brings older cards that it answers, drawn anew."""
    found: dict[int, EntryView] = {}
    after = 0
    while len(found) < LONGEST:
        page = entries(talk_id, after, audience="buyer", limit=PAGE)
        newer = [entry for entry in page if entry.seq > after]
        found.update((entry.seq, entry) for entry in page)
        if not newer:
            break
        after = max(entry.seq for entry in newer)
    return [found[seq] for seq in sorted(found)]


def _line(entry: EntryView) -> DossierLine:
    words = entry.text
    if entry.card:
        amount = entry.body.get("amount")
        told = (entry.title, words, f"{amount} MXN" if amount else "", str(entry.body.get("number", "")))
        words = " · ".join(part for part in told if part)
    if entry.closed and entry.closed_at:
        words += f" — {_moment(entry.closed_at)}"
    unnamed = {"buyer": "Comprador", "assistant": "Asistente CONNECT@Me"}
    who = entry.author_name or unnamed.get(entry.author_kind, "Sistema")
    return DossierLine(who=who, at=entry.at, words=words or entry.kind, is_ours=entry.author_kind != "buyer")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(MEXICO):%d/%m/%Y %H:%M:%S}"
