"""The table of a conversation's states, and the names of its cards."""

from __future__ import annotations

import base64
import hashlib
import uuid
from enum import StrEnum
from typing import Final

WAITING: Final = "waiting"
ASSIGNED: Final = "assigned"
RESOLVED: Final = "resolved"

NAMESPACE: Final = uuid.UUID("6f0d7e0e-6a1c-5d0b-9f0b-5e6a5c1d3b77")


class Event(StrEnum):
    """What moves a conversation."""

    TAKE = "take"
    GIVE_BACK = "give_back"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    BUYER_SPEAKS = "buyer_speaks"
    BUYER_RETURNS = "buyer_returns"


class Impossible(ValueError):
    """The table holds no such move."""


_MOVES: Final = {
    (WAITING, Event.TAKE): ASSIGNED,
    # Taking over from a teammate is allowed at any point: the buyer must never wait for a person who left.
    (ASSIGNED, Event.TAKE): ASSIGNED,
    (RESOLVED, Event.TAKE): ASSIGNED,
    (ASSIGNED, Event.GIVE_BACK): WAITING,
    (WAITING, Event.RESOLVE): RESOLVED,
    (ASSIGNED, Event.RESOLVE): RESOLVED,
    (RESOLVED, Event.REOPEN): ASSIGNED,
    (WAITING, Event.BUYER_SPEAKS): WAITING,
    (ASSIGNED, Event.BUYER_SPEAKS): ASSIGNED,
    # A buyer who writes again is heard again, by whoever is free.
    (RESOLVED, Event.BUYER_SPEAKS): WAITING,
    # Until the delivery one analyst is responsible: the buyer goes back to that one when he is available.
    (RESOLVED, Event.BUYER_RETURNS): ASSIGNED,
}


def next_state(state: str, event: Event) -> str:
    """The state after an event; raises Impossible when the table holds no such move."""
    try:
        return _MOVES[state, event]
    except KeyError:
        raise Impossible(f"{event} in {state}") from None


def _(text: str) -> str:
    """Mark a text for the catalogue; it is translated where it is drawn."""
    return text


_TITLES: Final = {
    "order_verified": _("Pedido verificado"),
    "confirmation": _("Confirmación de tu pedido"),
    "bank_details": _("Datos bancarios"),
    "link": _("Link de pago encriptado"),
    "deposit_received": _("Anticipo recibido"),
    "card_payment": _("Pago con tarjeta"),
    "card_charged": _("Tarjeta cobrada"),
    "transfer_monitored": _("Transferencia monitoreada"),
    "transfer_received": _("Transferencia recibida"),
    "payment_confirmed": _("Pago confirmado"),
    "partial_payment": _("Pago parcial recibido"),
    "evidence_requested": _("Comprobante de transferencia"),
    "evidence_received": _("Comprobante recibido"),
    "evidence_verdict": _("Comprobante revisado"),
    "file": _("Archivo"),
    "receipt": _("Recibo de pago"),
    "shipment": _("Tu envío"),
    "certificate": _("Garantía CONNECT@Me"),
    "claim_offer": _("La tienda te ofrece una solución"),
    "claim_return": _("Tu devolución"),
    "refund_sent": _("Reembolso enviado"),
}


def card_title(card: str) -> str:
    """The title of a typed card; an unknown card has none."""
    return _TITLES.get(card, "")


def initials(name: str) -> str:
    """Two letters for an avatar."""
    return "".join(word[0] for word in name.split()[:2]).upper()


def token_hash(token: str) -> str:
    """What is kept of a browser's secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


def talk_token(order_token: str) -> str:
    """The secret of the conversation that a store begins about an order: it follows from the secret of its page."""
    digest = hashlib.sha256(f"talk:{order_token}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def code_of(token: str, attempt: int = 0) -> str:
    """The short code that both sides see, drawn from the token: `4K7-Q2M`. It opens nothing."""
    digest = hashlib.sha256(f"code:{attempt}:{token}".encode()).digest()
    letters = base64.b32encode(digest).decode().translate(str.maketrans("IO", "89"))
    return f"{letters[:3]}-{letters[3:6]}"


def link_token(secret: str, order_id: int, seq: int) -> str:
    """A payment link's token when the assistant sends it: unguessable, drawn from the conversation's secret."""
    return (
        base64.urlsafe_b64encode(hashlib.sha256(f"link:{secret}:{order_id}:{seq}".encode()).digest())
        .decode()
        .rstrip("=")
    )


def said_id(client_id: uuid.UUID) -> uuid.UUID:
    """The id under which what a browser sends is kept: never one that the server derives, whoever computes those."""
    return stable_uuid("said", client_id) if client_id.version == 5 else client_id


def stable_uuid(*parts: object) -> uuid.UUID:
    """The same id for the same parts: what makes an entry of a repeated fact harmless."""
    return uuid.uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))
