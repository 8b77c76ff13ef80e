"""The payment link in the chat: its card, and every line that changes what the card says."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.foundations.stores import queries as stores
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.values.money import Money

from ..models import Conversation, Entry
from .cards import open_card, post_card, post_status


def link(conversation: Conversation, order: OrderView, payment: PaymentView, by: str, *, at: datetime) -> int:
    """The link as it was sent: store, exact amount, until when, and the words that its page shows too.

    It closes what was sent before; when the rest follows a deposit, as received. A link that was given more time has a
    card anew: the token on the one before ends when it said.
    """
    asked = payment.link_amount or payment.missing
    is_shown = payment.link_id is not None and card_of_link(conversation, payment.link_id)
    is_rest = payment.link_purpose == "rest" and not payment.received.is_zero and not is_shown
    until = payment.link_expires_at or payment.expires_at
    return post_card(
        conversation,
        "link",
        (payment.id, payment.link_id, until.isoformat()),
        {
            "order_id": order.id,
            "number": order.number,
            "store_name": stores.store_by_id(order.store_id).name,
            "link_id": payment.link_id,
            "link_token": payment.link_token or "",
            "purpose": payment.link_purpose,
            "phrase": payment.link_phrase,
            "amount_centavos": asked.centavos,
            "whole_centavos": payment.amount.centavos,
            "received_centavos": payment.received.centavos,
            "expires_at": until.isoformat(),
            "by": by,
            "answer": "received" if is_rest else "replaced",
        },
        at=at,
        closes=open_card(conversation, "bank_details") or open_card(conversation, "link"),
    )


def card_of_link(conversation: Conversation, link_id: int) -> int:
    """The number of the card of a link that nothing ended yet, or 0."""
    shown = Entry.objects.filter(conversation=conversation, kind="card", body__card="link", body__link_id=link_id)
    seq = shown.order_by("-seq").values_list("seq", flat=True).first()
    if seq is None:
        return 0
    ended = Entry.objects.filter(conversation=conversation, closes=seq).exclude(body__answer="opened")
    return 0 if ended.exists() else seq


def waits_for_deposit(conversation: Conversation) -> bool:
    """Whether the newest link that nothing ended is one for a deposit."""
    seq = open_card(conversation, "link")
    return bool(seq) and Entry.objects.filter(conversation=conversation, seq=seq, body__purpose="deposit").exists()


def opened(conversation: Conversation, link_id: int, *, at: datetime) -> None:
    """A person looked at the link: both sides read it, who sent it and whoever did not open it himself."""
    seq = card_of_link(conversation, link_id)
    if seq:
        text = _("Se abrió el link de pago.")
        post_status(conversation, "link_opened", text, (link_id,), at=at, closes=seq, answer="opened")


def ended(conversation: Conversation, link_id: int, state: str, why: str, *, at: datetime) -> None:
    """The link asks nobody any more. What was sent in its place says so by itself."""
    seq = card_of_link(conversation, link_id)
    if not seq:
        return
    text = {
        "expired": _("El link de pago venció. Si aún quieres pagar, escribe aquí y te hacemos otro."),
        "revoked": _("La tienda retiró el link de pago; no lo uses. Si ya pagaste, una persona lo revisa."),
        "superseded": _("Tu pedido cambió y ese link ya no sirve. Te enviamos otro en cuanto lo aceptes."),
    }[state]
    answer = state
    if state == "superseded" and why in ("another_link", "bank_details"):
        text = _("El link anterior ya no sirve: lo reemplaza lo que se envió después.")
    elif why == "returned":
        text = _("Ese link ya no sirve: contaba con dinero que se devolvió. Si aún quieres pagar, pide aquí otro.")
        answer = "ended"
    elif why == "paid_otherwise":
        text, answer = _("Ese link ya no hace falta: tu pedido se pagó por otro medio."), "ended"
    post_status(conversation, "link_ended", text, (link_id, state), at=at, closes=seq, answer=answer)


def deposit_received(
    conversation: Conversation, order: OrderView, payment: PaymentView, link_id: int, deposit: Money, *, at: datetime
) -> None:
    """The deposit came as it was agreed: what is paid, what is left, and the link for it."""
    said = {"deposit": deposit, "missing": payment.missing}
    post_card(
        conversation,
        "deposit_received",
        (payment.id, link_id),
        {
            "order_id": order.id,
            "number": order.number,
            "deposit_centavos": deposit.centavos,
            "received_centavos": payment.received.centavos,
            "missing_centavos": payment.missing.centavos,
            "amount_centavos": payment.amount.centavos,
            "text": _("Recibimos tu anticipo de %(deposit)s. Faltan %(missing)s.") % said,
            "answer": "received",
        },
        at=at,
        closes=card_of_link(conversation, link_id),
    )
    if payment.link_token and payment.link_purpose == "rest":
        link(conversation, order, payment, "", at=at)
