"""Typed cards: drawn from live data, written only by the server, each at most once for what it says."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from seguripago.foundations.stores import queries as stores
from seguripago.foundations.stores.commands import sign
from seguripago.journey.delivery.queries import ShipmentView
from seguripago.journey.guarantee.queries import GuaranteeView
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.receipts.queries import ReceiptView
from seguripago.journey.reconciliation.queries.comprobantes import VerdictView

from ..models import Conversation, Entry
from ..rules import check_code, signed_text, stable_uuid
from .thread import SYSTEM, append


def post_card(
    conversation: Conversation, card: str, key: Iterable[object], body: dict[str, Any], *, at: datetime, closes: int = 0
) -> int:
    """Add a card once: the same card with the same key is the same entry."""
    return append(
        conversation,
        kind="card",
        author=SYSTEM,
        body={"card": card, **body},
        client_id=stable_uuid(card, *key),
        at=at,
        closes=closes,
    )


def post_status(
    conversation: Conversation,
    status: str,
    text: str,
    key: Iterable[object],
    *,
    at: datetime,
    closes: int = 0,
    is_private: bool = False,
    **more: Any,
) -> int:
    """Add a line of status once."""
    return append(
        conversation,
        kind="status",
        author=SYSTEM,
        body={"status": status, "text": text, **more},
        client_id=stable_uuid("status", status, *key),
        at=at,
        closes=closes,
        is_private=is_private,
    )


def open_card(conversation: Conversation, card: str, **body: int) -> int:
    """The number of the newest card of this type, with this in its body, that nothing closed yet, or 0."""
    inside = {f"body__{name}": value for name, value in body.items()}
    newest = (
        Entry.objects.filter(conversation=conversation, kind="card", body__card=card, **inside)
        .order_by("-seq")
        .values_list("seq", flat=True)
        .first()
    )
    # A link that was opened is still asked to be paid.
    answers = Entry.objects.filter(conversation=conversation, closes=newest or 0).exclude(body__answer="opened")
    return 0 if newest is None or answers.exists() else newest


def has_card(conversation: Conversation, card: str) -> bool:
    """Whether the conversation ever showed this type of card."""
    return Entry.objects.filter(conversation=conversation, kind="card", body__card=card).exists()


def order_verified(conversation: Conversation, order: OrderView, proof: str, by: str, *, at: datetime) -> int:
    return post_card(
        conversation,
        "order_verified",
        (order.id,),
        {
            "order_id": order.id,
            "number": order.number,
            "proof": proof,
            "by": by,
            "total_centavos": order.total.centavos,
            "text": _("Pedido %(number)s verificado") % {"number": order.number},
        },
        at=at,
    )


def confirmation(conversation: Conversation, order: OrderView, by: str, *, at: datetime) -> int:
    """The card that the buyer accepts or corrects. A newer one replaces the open one."""
    confirmed = max((check.confirmed_at.isoformat() for check in order.checks if check.confirmed_at), default="")
    return post_card(
        conversation,
        "confirmation",
        (order.id, order.pre_invoice_version, confirmed),
        {
            "order_id": order.id,
            "number": order.number,
            "order_token": order.access_token,
            "store_name": stores.store_by_id(order.store_id).name,
            "version": order.pre_invoice_version,
            "checks": [
                {"item": str(check.item), "label": check.label, "says": check.says, "detail": check.detail}
                for check in order.checks
            ],
            "total_centavos": order.total.centavos,
            "by": by,
            "answer": "replaced",
        },
        at=at,
        closes=open_card(conversation, "confirmation"),
    )


def bank_details(
    conversation: Conversation, order: OrderView, payment: PaymentView, by: str, *, at: datetime
) -> int | None:
    """Bank, CLABE, beneficiary, concept, exact amount and deadline, as they were sent."""
    details = payment.instructions
    if details is None:
        return None
    shown = open_card(conversation, "bank_details")
    same = {"body__clabe": details.clabe, "body__amount_centavos": details.amount.centavos}
    if shown and Entry.objects.filter(conversation=conversation, seq=shown, **same).exists():
        return shown
    # The same details after a link that replaced them are another card: the first one stays closed.
    link = open_card(conversation, "link")
    key = (payment.id, details.clabe, details.amount.centavos, details.sent_at.isoformat(), *([link] if link else []))
    body: dict[str, Any] = {
        "order_id": order.id,
        "number": order.number,
        "order_token": order.access_token,
        "payment_id": payment.id,
        "bank": details.bank,
        "clabe": details.clabe,
        "clabe_pretty": details.clabe_pretty,
        "beneficiary": details.beneficiary,
        "concept": details.concept,
        "reference": details.reference,
        "amount_centavos": details.amount.centavos,
        "sent_at": details.sent_at.isoformat(),
        "expires_at": details.expires_at.isoformat(),
        "by": by,
        "answer": "replaced",
    }
    body |= _sealed(conversation, str(stable_uuid("bank_details", *key)), body)
    return post_card(conversation, "bank_details", key, body, at=at, closes=link)


def _sealed(conversation: Conversation, entry: str, body: dict[str, Any]) -> dict[str, str]:
    """The store's signature over what the card says and the very entry that says it, with its short check code."""
    message = signed_text(conversation.store_id, conversation.code, entry, body)
    signature = base64.b64encode(sign(conversation.store_id, message)).decode()
    return {
        "signature": signature,
        "check_code": check_code(signature),
        "conversation_code": conversation.code,
    }


def transfer_monitored(conversation: Conversation, order: OrderView, payment: PaymentView, *, at: datetime) -> int:
    since = payment.monitored_at or at
    return post_card(
        conversation,
        "transfer_monitored",
        (payment.id,),
        {
            "order_id": order.id,
            "number": order.number,
            "amount_centavos": payment.amount.centavos,
            "monitored_at": since.isoformat(),
            "text": _(
                "Estamos monitoreando tu transferencia. Te avisamos aquí en cuanto llegue, normalmente en segundos."
            ),
        },
        at=at,
    )


def card_payment(conversation: Conversation, order: OrderView, *, at: datetime) -> int:
    return post_card(
        conversation,
        "card_payment",
        (order.id, order.accepted_at.isoformat() if order.accepted_at else ""),
        {
            "order_id": order.id,
            "number": order.number,
            "order_token": order.access_token,
            "amount_centavos": order.total.centavos,
        },
        at=at,
    )


def partial_payment(conversation: Conversation, order: OrderView, payment: PaymentView, *, at: datetime) -> int:
    details = payment.instructions
    return post_card(
        conversation,
        "partial_payment",
        (payment.id, payment.received.centavos),
        {
            "order_id": order.id,
            "number": order.number,
            "received_centavos": payment.received.centavos,
            "missing_centavos": payment.missing.centavos,
            "amount_centavos": payment.amount.centavos,
            "clabe": details.clabe if details else "",
            "clabe_pretty": details.clabe_pretty if details else "",
            "text": _("Llevas %(received)s, faltan %(missing)s. Usa la misma CLABE.")
            % {"received": payment.received, "missing": payment.missing},
        },
        at=at,
    )


def payment_confirmed(
    conversation: Conversation, order: OrderView, payment: PaymentView, *, by_card: bool, at: datetime
) -> None:
    """Two moments with their times: received, and confirmed by the payments area. A card has its own first one."""
    confirmed_at = payment.confirmed_at or at
    if not by_card:
        received_at = payment.received_at or confirmed_at
        post_card(
            conversation,
            "transfer_received",
            (payment.id,),
            {
                "order_id": order.id,
                "number": order.number,
                "amount_centavos": payment.received.centavos,
                "received_at": received_at.isoformat(),
                "answer": "received",
            },
            at=at,
            closes=open_card(conversation, "bank_details") or open_card(conversation, "link"),
        )
    post_card(
        conversation,
        "payment_confirmed",
        (payment.id,),
        {
            "order_id": order.id,
            "number": order.number,
            "channel": payment.channel,
            "amount_centavos": payment.amount.centavos,
            "confirmed_at": confirmed_at.isoformat(),
            "confirmed_by": payment.confirmed_by,
            "text": _("Tu compra está garantizada hasta que la recibas."),
        },
        at=at,
    )


def evidence_requested(conversation: Conversation, order: OrderView, key: Iterable[object], *, at: datetime) -> int:
    return post_card(
        conversation,
        "evidence_requested",
        (order.id, *key),
        {
            "order_id": order.id,
            "number": order.number,
            "answer": "replaced",
            "text": _("Sube tu comprobante para respaldar la operación. No detiene tu envío ni tu garantía."),
        },
        at=at,
        closes=open_card(conversation, "evidence_requested"),
    )


def evidence_received(conversation: Conversation, evidence_id: int, filename: str, *, at: datetime) -> int:
    return post_card(
        conversation,
        "evidence_received",
        (evidence_id,),
        {"evidence_id": evidence_id, "order_id": conversation.order_id, "filename": filename, "answer": "received"},
        at=at,
        closes=open_card(conversation, "evidence_requested"),
    )


def evidence_verdict(conversation: Conversation, found: VerdictView, filename: str, *, at: datetime) -> int:
    """What a comprobante is worth now, in plain words; another verdict closes the one before. It decides no payment."""
    before = open_card(conversation, "evidence_verdict", evidence_id=found.evidence_id)
    said = Entry.objects.filter(conversation=conversation, seq=before).values_list("body__text", flat=True).first()
    if said == found.buyer_words:
        return before
    return post_card(
        conversation,
        "evidence_verdict",
        (found.evidence_id, found.kind, found.buyer_words, before),
        {
            "evidence_id": found.evidence_id,
            "order_id": conversation.order_id,
            "verdict": found.kind,
            "tone": found.tone,
            "filename": filename,
            "text": found.buyer_words,
            "answer": "replaced",
        },
        at=at,
        closes=before,
    )


def receipt(conversation: Conversation, order: OrderView, found: ReceiptView, *, at: datetime) -> int:
    return post_card(
        conversation,
        "receipt",
        (order.id, found.number),
        {
            "order_id": order.id,
            "order_number": order.number,
            "order_token": order.access_token,
            "number": found.number,
            "issued_at": found.issued_at.isoformat(),
        },
        at=at,
    )


def certificate(conversation: Conversation, order: OrderView, found: GuaranteeView, *, at: datetime) -> int:
    return post_card(
        conversation,
        "certificate",
        (order.id, found.number),
        {
            "order_id": order.id,
            "order_number": order.number,
            "order_token": order.access_token,
            "number": found.number,
            "key": found.key,
            "amount_centavos": found.amount.centavos,
            "ship_by_at": found.ship_by.isoformat() if found.ship_by else "",
            "deliver_by_at": found.deliver_by.isoformat() if found.deliver_by else "",
            "inspection_days": found.inspection_days,
        },
        at=at,
    )


def shipment(conversation: Conversation, order: OrderView, found: ShipmentView, *, at: datetime) -> int:
    """A parcel was sent or delivered; the later card of the same parcel closes the earlier."""
    state = "delivered" if found.delivered_at else "shipped"
    of_later_ones = (found.position,) if found.position > 1 else ()
    return post_card(
        conversation,
        "shipment",
        (order.id, found.tracking_number, state, *of_later_ones),
        {
            "order_id": order.id,
            "number": order.number,
            "state": state,
            "shipment_id": found.id,
            "carrier_label": found.carrier_label,
            "tracking_number": found.tracking_number,
            "tracking_url": found.tracking_url,
            "shipped_at": found.shipped_at.isoformat() if found.shipped_at else "",
            "delivered_at": found.delivered_at.isoformat() if found.delivered_at else "",
            "answer": state,
        },
        at=at,
        closes=open_card(conversation, "shipment", shipment_id=found.id),
    )
