"""What the chat says of a purchase's papers: that all are filed, or that the comprobante is still asked for."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.journey.backing.queries import backing_of

from ..models import Conversation
from .cards import post_status


def purchase_backed(conversation: Conversation, order_id: int, *, at: datetime) -> None:
    """Say, once, what was filed."""
    found = backing_of(order_id)
    if found is None or not found.is_backed:
        return
    text = _(
        "Tu operación quedó respaldada: archivamos tu recibo %(receipt)s, tu certificado %(certificate)s y %(filed)s."
    ) % {"receipt": found.receipt, "certificate": found.certificate, "filed": found.filed_label}
    post_status(conversation, "purchase_backed", text, (order_id,), at=at)


def evidence_reminded(conversation: Conversation, order_id: int, *, at: datetime) -> None:
    """Ask once more for the comprobante, unless the purchase was backed meanwhile."""
    found = backing_of(order_id)
    if found is None or found.is_backed:
        return
    text = _(
        "¿Nos compartes tu comprobante para respaldar la operación? No detiene tu envío ni tu garantía; si no lo "
        "tienes a la mano, archivamos el aviso del banco."
    )
    post_status(conversation, "evidence_reminded", text, (order_id,), at=at)
