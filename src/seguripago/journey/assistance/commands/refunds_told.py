"""What the chat says of money on its way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from seguripago.foundations.facts.base import Fact
from seguripago.journey.cards.facts import CardRefunded
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.reconciliation.facts import ReturnConfirmed
from seguripago.journey.reconciliation.queries import return_view
from seguripago.journey.refunds.facts import RefundApproved, RefundAsked, RefundFailed, RefundRejected
from seguripago.journey.refunds.rules import RefundReason
from seguripago.values.money import Money

from ..models import Conversation
from . import after_money, cards


def returned(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ReturnConfirmed) -> None:
    """The bank has sent a transfer back."""
    text = _("Te reembolsamos %(amount)s MXN: el banco ya los envió por SPEI.") % {
        "amount": Money(fact.centavos, fact.currency)
    }
    found = return_view(order.store_id, fact.return_id)
    after_money.refund_sent(
        conversation,
        order,
        ("return", fact.return_id),
        Money(fact.centavos, fact.currency),
        text,
        tracking_key=found.tracking_key if found else "",
        at=fact.at,
    )


def card_refunded(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: CardRefunded
) -> None:
    """The gateway has sent money back to a card."""
    text = _("Te reembolsamos %(amount)s MXN a tu tarjeta. Tu banco los muestra en unos días.") % {
        "amount": Money(fact.centavos, fact.currency)
    }
    amount = Money(fact.centavos, fact.currency)
    after_money.refund_sent(conversation, order, ("card", fact.refund_id), amount, text, at=fact.at)


def asked(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: RefundAsked) -> None:
    """The buyer asked to cancel; what the store asks by itself is told when it is approved."""
    if fact.reason != RefundReason.CANCELLED:
        return
    text = _("Se pidió cancelar el pedido. El envío está detenido mientras la tienda decide.")
    cards.post_status(conversation, "refund_asked", text, (order.id, fact.refund_id), at=fact.at)


def approved(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: RefundApproved) -> None:
    """Two people decided; where an account is missing, the buyer is asked for it on his order's page."""
    text = _("Se aprobó tu reembolso de %(amount)s MXN. En tu pedido ves cómo va.")
    if fact.needs_account:
        text = _("Se aprobó tu reembolso de %(amount)s MXN. Dinos en tu pedido a qué CLABE, con su prueba.")
    text %= {"amount": Money(fact.centavos, fact.currency)}
    # Once for each decision: what goes out again is decided again.
    said = (order.id, fact.refund_id, fact.at.isoformat())
    cards.post_status(conversation, "refund_approved", text, said, at=fact.at)


def rejected(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: RefundRejected) -> None:
    """It was not granted, or taken back."""
    text = _("El reembolso que se pidió no procede: %(why)s") % {"why": fact.why}
    cards.post_status(conversation, "refund_rejected", text, (order.id, fact.refund_id), at=fact.at)


def failed(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: RefundFailed) -> None:
    """It did not arrive: a person decides."""
    text = _("Tu reembolso de %(amount)s MXN no llegó. La tienda lo revisa y te avisa aquí.") % {
        "amount": Money(fact.centavos, fact.currency)
    }
    cards.post_status(conversation, "refund_failed", text, (order.id, fact.refund_id, fact.at.isoformat()), at=fact.at)


TELLERS: Final[dict[type[Fact], Callable[..., None]]] = {
    ReturnConfirmed: returned,
    CardRefunded: card_refunded,
    RefundAsked: asked,
    RefundApproved: approved,
    RefundRejected: rejected,
    RefundFailed: failed,
}
