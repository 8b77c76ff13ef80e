"""What screens read of mails."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from seguripago.journey.orders.queries import pre_invoice
from seguripago.ports.documents import printer

from .models import Mail
from .rules import OVER


@dataclass(frozen=True, slots=True)
class MailRow:
    """A mail in a list."""

    id: int
    to: str
    subject: str
    state: str
    template: str
    at: datetime
    error: str
    has_attachments: bool


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail to read. `attachments` are file names, in order."""

    id: int
    to: str
    subject: str
    text: str
    state: str
    messenger: str
    attempts: int
    error: str
    at: datetime
    sent_at: datetime | None
    attachments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """What was written to somebody; `is_over`: it was sent or given up."""

    id: int
    to: str
    subject: str
    text: str
    at: datetime
    is_over: bool


def mails(store_id: int | None, limit: int = 100) -> tuple[MailRow, ...]:
    """Answer the newest mails of a store; of every store when it is None (the demo's mail page)."""
    rows = Mail.objects.order_by("-pk")
    if store_id is not None:
        rows = rows.filter(store_id=store_id)
    rows = rows.only("to", "subject", "state", "template", "at", "error", "attachments")
    return tuple(
        MailRow(row.pk, row.to, row.subject, row.state, row.template, row.at, row.error, bool(row.attachments))
        for row in rows[:limit]
    )


def mail(mail_id: int) -> MailView | None:
    """Answer one mail."""
    row = Mail.objects.filter(pk=mail_id).first()
    if row is None:
        return None
    return MailView(
        id=row.pk,
        to=row.to,
        subject=row.subject,
        text=row.text,
        state=row.state,
        messenger=row.messenger,
        attempts=row.attempts,
        error=row.error,
        at=row.at,
        sent_at=row.sent_at,
        attachments=tuple(wanted["filename"] for wanted in row.attachments),
    )


def mails_to(store_id: int, addresses: Collection[str]) -> tuple[WrittenMail, ...]:
    """Answer what a store's mails said to these addresses, however they are written, oldest first."""
    wanted = Q(pk__in=())
    for address in addresses:
        wanted |= Q(to__iexact=address)
    rows = Mail.objects.filter(wanted, store_id=store_id).exclude(to="").order_by("pk")
    return tuple(WrittenMail(row.pk, row.to, row.subject, row.text, row.at, row.state in OVER) for row in rows)


def mail_attachment(mail_id: int, place: int) -> tuple[str, bytes] | None:
    """Answer file name and PDF of a mail's attachment, drawn again; None when there is none at that place."""
    row = Mail.objects.filter(pk=mail_id).only("order_id", "attachments").first()
    if row is None or row.order_id is None or not 0 <= place < len(row.attachments):
        return None
    return row.attachments[place]["filename"], printer().pdf(pre_invoice(row.order_id))
