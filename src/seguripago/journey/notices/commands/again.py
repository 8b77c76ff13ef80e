"""Write the mail with an order's payment link once more, because somebody asks for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.payments.queries import payment_of
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal

from .. import rules
from ..models import Mail
from .write import link_mail

PAUSE: Final = timedelta(minutes=2)


class LinkNotMailed(Refusal):
    """The mail with the link was written a moment ago, or there is no live link to write of."""

    code: ClassVar[str] = "SP-229"


@transaction.atomic
def mail_link_again(order_id: int, *, by: Actor, at: datetime) -> None:
    """Write to the order's own mail, at most once in two minutes. Raises LinkNotMailed."""
    orders.lock_order(order_id)
    order, payment = read_order(order_id), payment_of(order_id)
    is_new = Mail.objects.filter(order_id=order_id, template="payment_link", at__gt=at - PAUSE).exists()
    if is_new or payment is None or not payment.link_token or not order.buyer.email:
        raise LinkNotMailed
    key = rules.fact_key("PaymentLinkMailed", {"link": payment.link_id, "at": at.isoformat()}, "payment_link")
    link_mail(order, store_by_id(order.store_id), payment, key=key, at=at).save()
    record(order.store_id, by, "mail.link_again", f"order:{order_id}", {"link": payment.link_id}, at=at)
