"""Give a parked mail another chance."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.values.actor import Actor

from ..models import Mail
from ..rules import MailState


@transaction.atomic
def retry_mail(store_id: int, mail_id: int, *, by: Actor, at: datetime) -> None:
    """Queue a parked mail of the store again, with all its tries before it; any other mail stays as it is."""
    parked = Mail.objects.filter(store_id=store_id, pk=mail_id, state=MailState.PARKED).exclude(to="")
    if parked.update(state=MailState.QUEUED, attempts=0, due_at=at, error=""):
        record(store_id, by, "mail.retried", f"mail:{mail_id}", {}, at=at)
