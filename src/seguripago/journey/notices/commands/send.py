"""Send the mails that are due. Nothing is carried inside a transaction."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.orders.queries import pre_invoice
from seguripago.ports.documents import printer
from seguripago.ports.messengers import Attachment, Letter, Messenger, NotCarried, messenger

from .. import rules
from ..models import Mail
from ..rules import MailState
from .leasing import take_due

PDF: Final = "application/pdf"

log = logging.getLogger(__name__)


def send_due_mails(limit: int, *, at: datetime) -> int:
    """Send up to `limit` mails whose time has come. Returns how many were taken up, gone or not.

    A mail that does not leave is tried again after a growing pause and then parked, which is logged as an error.
    """
    carrier = messenger("outbox" if settings.SEGURIPAGO.demo and not settings.SEGURIPAGO.email_url else "smtp")
    taken = take_due(Mail.objects.filter(state__in=rules.WAITING), limit, lease=rules.LEASE, at=at)
    for mail in taken:
        _send(mail, carrier, at=at)
    return len(taken)


def _send(mail: Mail, carrier: Messenger, *, at: datetime) -> None:
    try:
        carrier.carry(_letter(mail, store_by_id(mail.store_id)))
    except NotCarried as refused:
        _keep_failure(mail, refused.reason, is_permanent=refused.is_permanent, at=at)
        return
    except Exception as error:
        # One letter that cannot be written must not keep the others at home.
        log.exception("mail %s could not be written", mail.pk)
        _keep_failure(mail, repr(error), is_permanent=False, at=at)
        return
    Mail.objects.filter(pk=mail.pk).update(state=MailState.SENT, messenger=carrier.slug, sent_at=at, error="")


def _keep_failure(mail: Mail, reason: str, *, is_permanent: bool, at: datetime) -> None:
    state, pause = rules.after_failure(mail.attempts, is_permanent=is_permanent)
    if state is MailState.PARKED:
        log.error("mail %s to store %s's buyer is parked: %s", mail.pk, mail.store_id, reason)
    Mail.objects.filter(pk=mail.pk).update(state=state, due_at=at + pause if pause else at, error=reason[:300])


def _letter(mail: Mail, store: StoreView) -> Letter:
    host = urlsplit(settings.SEGURIPAGO.base_url).hostname or "seguripago.invalid"
    return Letter(
        message_id=f"<{mail.key[:32]}@{host}>",
        sender=settings.DEFAULT_FROM_EMAIL,
        reply_to=store.email,
        to=mail.to,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        attachments=tuple(_attachment(mail, wanted) for wanted in mail.attachments),
    )


def _attachment(mail: Mail, wanted: dict[str, str]) -> Attachment:
    if wanted["document"] != "pre_invoice" or mail.order_id is None:
        raise NotCarried(f"unknown attachment {wanted['document']}", is_permanent=True)
    return Attachment(filename=wanted["filename"], media_type=PDF, body=printer().pdf(pre_invoice(mail.order_id)))
