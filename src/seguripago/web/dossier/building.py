"""Puts the chapters together, hashes each, has it printed and signed, and writes down who took it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils import translation

from seguripago.foundations.stores.papers import sealed_paper
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.backing.commands import note_dossier
from seguripago.journey.backing.rules import reason as checked
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.payments.queries import payment_of
from seguripago.ports.documents import Dossier, DossierSection, StoreIdentity, printer
from seguripago.values.actor import Actor

from .chapters import CHAPTERS, Purchase, moment

PAPER = "dossier"


def signed_dossier(order_id: int, *, reason: str, by: Actor, at: datetime) -> bytes:
    """Answer the evidence file of a purchase as a PDF signed by the store; raises ReasonNeeded.

    Callers have checked that `by` may: an owner or a supervisor of the order's store.
    """
    paper = dossier(order_id, reason=checked(reason), by=by, at=at)
    store_id = read_order(order_id).store_id
    body = sealed_paper(store_id, printer().pdf(paper), paper=PAPER, number=paper.number, at=at)
    note_dossier(order_id, reason=reason, sha256=hashlib.sha256(body).hexdigest(), by=by, at=at)
    return body


def dossier(order_id: int, *, reason: str, by: Actor, at: datetime) -> Dossier:
    """Gather the chapters of a purchase, in Spanish whoever asks: it is read where the store is."""
    with translation.override("es-mx"):
        order = read_order(order_id)
        store = store_by_id(order.store_id)
        bought = Purchase(store, order, payment_of(order_id))
        found = [section for chapter in CHAPTERS if (section := chapter(bought)) is not None]
        state = f"{order.state_label} · pagado el {moment(order.paid_at)}" if order.paid_at else order.state_label
    told = [_content(section) for section in found]
    sections = tuple(
        replace(section, sha256=hashlib.sha256(_canonical(content).encode()).hexdigest())
        for section, content in zip(found, told, strict=True)
    )
    return Dossier(
        store=_identity(store),
        number=f"EX-{order.number}",
        order_number=order.number,
        buyer_name=order.buyer.name,
        amount=order.total,
        state=state,
        printed_at=at,
        printed_by=by.name,
        reason=reason,
        sections=sections,
        contents=_canonical({"format": "seguripago-dossier-1", "chapters": told}).encode(),
    )


def _content(section: DossierSection) -> dict[str, Any]:
    """What a chapter's hash is of: all its words, and the hashes of its files."""
    return {
        "title": section.title,
        "says": section.says,
        "facts": [list(fact) for fact in section.facts],
        "tables": [[table.title, list(table.columns), [list(row) for row in table.rows]] for table in section.tables],
        "lines": [[line.who, line.at.isoformat(), line.words] for line in section.lines],
        "files": [[file.filename, file.media_type, file.sha256] for file in section.files],
    }


def _canonical(said: Any) -> str:
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _identity(store: StoreView) -> StoreIdentity:
    return StoreIdentity(
        name=store.name,
        legal_name=store.legal_name,
        rfc=store.rfc,
        tax_regime=store.tax_regime,
        address=store.street_address,
        postal_code=store.postal_code,
        phone=store.phone,
        email=store.email,
    )
