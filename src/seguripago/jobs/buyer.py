"""`seguripago buyer export` and `seguripago buyer erase`: a person's rights over what one store keeps of him (ARCO).

He is found by e-mail or telephone. What money left behind is told and stays: commerce and tax law ask for it for years.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores.queries import StoreView
from seguripago.foundations.stores.queries import store as store_of
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as talking
from seguripago.journey.assistance.living import living
from seguripago.journey.assistance.queries import ConversationView
from seguripago.journey.checkout.commands import forget_details
from seguripago.journey.checkout.queries import details_of_buyer
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.evidence.queries import evidence_of
from seguripago.journey.notices.commands import forget_mails
from seguripago.journey.notices.queries import WrittenMail, mails_to
from seguripago.journey.orders.commands import forget_buyer
from seguripago.journey.orders.of_buyer import orders_of_buyer
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import with_money
from seguripago.journey.receipts.queries import receipt_of
from seguripago.journey.refunds.queries import orders_with_refunds
from seguripago.values.actor import Actor
from seguripago.values.contact import Contact
from seguripago.values.refusal import Refusal

from .buyer_papers import files_beside, told_beside, why_beside

EXPORTER: Final = "seguripago buyer export"
ERASER: Final = "seguripago buyer erase"
ENDED: Final = ("cancelled", "expired")
ADDRESSES: Final = re.compile(r"https?://\S+")
"""In a mail they open an order or a conversation: whoever finds the folder must not."""


class NobodyNamed(Refusal):
    """The store does not exist, or neither a whole e-mail nor a whole telephone was given."""

    code = "SP-529"


class NotWhatWasShown(Refusal):
    """What would be erased is no longer what was shown: look again."""

    code = "SP-530"


class FolderInUse(Refusal):
    """The folder for a person's data has something in it already."""

    code = "SP-531"


@dataclass(frozen=True, slots=True)
class Kept:
    """Everything of one person in one store."""

    store: StoreView
    orders: tuple[OrderView, ...]
    talks: tuple[ConversationView, ...]
    carts: tuple[tuple[int, dict[str, Any]], ...]
    mails: tuple[WrittenMail, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes, and what stays with its reason."""

    talks: tuple[int, ...]
    orders: tuple[int, ...]
    carts: tuple[int, ...]
    mails: tuple[int, ...]
    stays: tuple[str, ...]

    @property
    def code(self) -> str:
        """What confirms exactly this."""
        whole = json.dumps([self.talks, self.orders, self.carts, self.mails])
        return hashlib.sha256(whole.encode()).hexdigest()[:8]


def export(*, store: str, email: str, phone: str, folder: str) -> dict[str, Any]:
    """Write what is kept of a person into a new folder: `datos.json`, and the files that he gave or was given."""
    at, place = timezone.now(), Path(folder)
    kept = _kept(store, email, phone)
    if place.exists() and any(place.iterdir()):
        raise FolderInUse(f"{folder} ya tiene algo: nombra una carpeta nueva.")
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = _files(kept)
    for name, body in files:
        _write(place / name, body)
    said = {"tienda": kept.store.name, "fecha": at.isoformat(timespec="seconds"), **_told(kept)}
    said["archivos"] = [name for name, _body in files]
    _write(place / "datos.json", json.dumps(said, ensure_ascii=False, indent=1, default=str).encode())
    counts = _counts(kept) | {"files": len(files)}
    record(kept.store.id, Actor.system(EXPORTER), "buyer.exported", f"store:{kept.store.id}", counts, at=at)
    return {"folder": folder, **counts}


def erase(*, store: str, email: str, phone: str, confirm: str) -> dict[str, Any]:
    """Say what would be erased and what stays; with the code that this gave, erase exactly that."""
    at = timezone.now()
    with transaction.atomic():
        kept = _kept(store, email, phone)
        plan = _plan(kept, at)
        counts = {
            "conversations": len(plan.talks),
            "orders": len(plan.orders),
            "carts": len(plan.carts),
            "mails": len(plan.mails),
        }
        if confirm and confirm != plan.code:
            raise NotWhatWasShown("Lo que se borraría ya no es lo que viste: repite la orden sin --confirm.")
        if confirm:
            by = Actor.system(ERASER)
            chat.forget_buyer(plan.talks, by=by, at=at)
            forget_buyer(plan.orders, by=by, at=at)
            forget_details(plan.carts)
            forget_mails(plan.mails)
            said = {**counts, "stays": list(plan.stays)}
            record(kept.store.id, by, "buyer.erased", f"store:{kept.store.id}", said, at=at)
    return {"erased": bool(confirm), **counts, "stays": list(plan.stays), "confirm": "" if confirm else plan.code}


def _kept(slug: str, email: str, phone: str) -> Kept:
    found, contact = store_of(slug), Contact.of(email, phone)
    if found is None:
        raise NobodyNamed(f"No hay una tienda {slug}.")
    if not contact.names_somebody:
        raise NobodyNamed("Di de quién: --email con un correo completo, --phone con sus 10 dígitos, o los dos.")
    orders = orders_of_buyer(found.id, contact)
    talks = talking.talks_of_buyer(found.id, contact, [order.id for order in orders])
    own = {order.buyer.email for order in orders} | {talk.buyer_email for talk in talks} | {contact.email}
    return Kept(
        found, orders, talks, details_of_buyer(found.id, contact), mails_to(found.id, {mail for mail in own if mail})
    )


def _plan(kept: Kept, at: datetime) -> Plan:
    with_papers = {order.id for order in kept.orders if evidence_of(order.id)}
    mine = [order.id for order in kept.orders]
    moneyed = with_money(mine, at=at) | with_papers | orders_with_refunds(mine)
    alive = living([talk.order_id for talk in kept.talks if talk.order_id is not None])
    stays, orders = [], []
    for order in kept.orders:
        if order.state in ENDED and order.paid_at is None and order.id not in moneyed:
            orders += [order.id] if order.buyer.email else []
        elif order.state in ENDED and order.paid_at is None:
            why = "hubo dinero, aviso de pago, comprobante o reembolso, o todavía puede llegar"
            stays.append(f"{order.number}: {why}")
        elif order.paid_at is None:
            stays.append(f"{order.number}: sigue abierto")
        else:
            stays.append(f"{order.number}: pagado; lo piden las leyes fiscal y de comercio{why_beside(order)}")
    talks = [talk.id for talk in kept.talks if talk.order_id not in alive]
    stays += [
        f"{talk.code}: su pedido, su garantía o su reembolso siguen" for talk in kept.talks if talk.order_id in alive
    ]
    stays += [f"correo {mail.id}: todavía no sale" for mail in kept.mails if not mail.is_over]
    return Plan(
        tuple(talks),
        tuple(orders),
        tuple(number for number, _typed in kept.carts),
        tuple(mail.id for mail in kept.mails if mail.is_over),
        tuple(stays),
    )


def _counts(kept: Kept) -> dict[str, int]:
    return {
        "conversations": len(kept.talks),
        "orders": len(kept.orders),
        "carts": len(kept.carts),
        "mails": len(kept.mails),
    }


def _told(kept: Kept) -> dict[str, Any]:
    return {
        "pedidos": [_order(order) for order in kept.orders],
        "conversaciones": [_talk(talk) for talk in kept.talks],
        "carritos": [typed for _number, typed in kept.carts],
        "correos": [
            {"fecha": mail.at, "a": mail.to, "asunto": mail.subject, "texto": ADDRESSES.sub("…", mail.text)}
            for mail in kept.mails
        ],
    }


def _order(order: OrderView) -> dict[str, Any]:
    """What the buyer gave and what he bought; no secret that opens something."""
    receipt = receipt_of(order.id)
    return {
        "numero": order.number,
        "estado": order.state,
        "fecha": order.placed_at,
        "comprador": asdict(order.buyer),
        "facturacion": asdict(order.billing),
        "envio": asdict(order.shipping),
        "productos": [{"nombre": line.name, "piezas": line.quantity, "total": line.subtotal} for line in order.lines],
        "total": order.total,
        "preferencia": order.preference.value,
        "correccion": order.correction,
        "aviso_de_privacidad": order.privacy_version,
        "acepta_novedades": order.marketing_opt_in,
        "recibo": receipt.number if receipt is not None else "",
        "comprobantes": [{"archivo": paper.filename, "fecha": paper.kept_at} for paper in evidence_of(order.id)],
        **told_beside(order),
    }


def _talk(talk: ConversationView) -> dict[str, Any]:
    return {
        "codigo": talk.code,
        "fecha": talk.started_at,
        "nombre": talk.buyer_name,
        "correo": talk.buyer_email,
        "telefono": talk.buyer_phone,
        "tema": talk.topic,
        "pregunta": talk.question,
        "pedido": talk.order_number,
        "calificacion": talk.rating or None,
        "comentario": talk.rating_says,
        "mensajes": _said(talk.id),
    }


def _said(conversation_id: int) -> list[dict[str, Any]]:
    """Every entry that the buyer could read, with nothing masked: it is his."""
    said: list[dict[str, Any]] = []
    after = 0
    while page := [entry for entry in talking.entries(conversation_id, after) if entry.seq > after]:
        said += [{"fecha": each.at, "de": each.author_name, "texto": each.text or each.title} for each in page]
        after = page[-1].seq
    return said


def _files(kept: Kept) -> list[tuple[str, bytes]]:
    """The files of conversations and orders, each under a name of ours."""
    files = []
    for talk in kept.talks:
        for place, (name, body) in enumerate(talking.files_of_talk(talk.id), 1):
            files.append((f"{talk.code}-{place}{Path(name).suffix}", body))
    for order in kept.orders:
        for paper in evidence_of(order.id):
            found = evidence.evidence_file(paper.id)
            if found is not None:
                files.append((f"{order.number}-{found.filename}", found.body))
        files += files_beside(order)
    return files


def _write(path: Path, body: bytes) -> None:
    """Write a new file that only its owner reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(body)
