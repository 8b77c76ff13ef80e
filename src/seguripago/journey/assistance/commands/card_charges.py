"""A card payment in the chat: that it began, that it did not pass and why, and what the gateway's voucher says."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.journey.cards.charge_words import decline_words, months_words
from seguripago.journey.cards.queries import ChargeView
from seguripago.journey.orders.shapes import OrderView
from seguripago.values.money import Money

from ..models import Conversation
from .cards import open_card, post_card, post_status


def began(conversation: Conversation, charge_id: int, amount: Money, installments: int, *, at: datetime) -> int:
    """The buyer gave his card on the page; whoever attends sees that money is on its way."""
    months = months_words(installments)
    text = _("Empezó un pago con tarjeta de %(amount)s MXN.") % {"amount": amount}
    if months:
        text = _("Empezó un pago con tarjeta de %(amount)s MXN, a %(months)s.") % {"amount": amount, "months": months}
    return post_status(conversation, "card_began", text, (charge_id,), at=at)


def declined(conversation: Conversation, charge_id: int, reason: str, *, at: datetime) -> int:
    """Why it did not pass, in the buyer's words, and what to do."""
    what = _("Puedes intentar otra vez, usar otra tarjeta o pagar por transferencia con el mismo pedido.")
    return post_status(
        conversation, "card_declined", f"{decline_words(reason)} {what}", (charge_id, at.isoformat()), at=at
    )


def charged(conversation: Conversation, order: OrderView, charge: ChargeView, *, at: datetime) -> int:
    """The card was charged: what the gateway's voucher says stands for a comprobante."""
    return post_card(
        conversation,
        "card_charged",
        (charge.id,),
        {
            "order_id": order.id,
            "number": order.number,
            "amount_centavos": charge.captured.centavos,
            "installments": charge.installments,
            "says": charge.says,
            "charged_at": charge.changed_at.isoformat(),
            "answer": "received",
        },
        at=at,
        closes=open_card(conversation, "card_payment") or open_card(conversation, "link"),
    )
