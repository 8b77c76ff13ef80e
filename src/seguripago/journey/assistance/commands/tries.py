"""Tries at naming an order: how many are left, and when they look like a search."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from seguripago.foundations.audit.commands import record
from seguripago.foundations.limits.commands import is_spent, take
from seguripago.foundations.limits.rules import Limit
from seguripago.values.actor import Actor

from ..models import Conversation, ProofAttempt
from ..rules import PROOF_TRIES, is_series, stable_uuid
from .thread import SYSTEM, append

BY_CALLER: Final = Limit("assistance.proofs", 20, 3600)
ALERTS: Final = Limit("assistance.series", 1, 3600)
A_WHILE: Final = timedelta(hours=1)

log = logging.getLogger(__name__)


def tries_left(conversation: Conversation, *, at: datetime) -> int:
    """How many wrong numbers the conversation may still name: five in all, and twenty an hour from one caller."""
    if conversation.caller and is_spent(BY_CALLER, conversation.store_id, conversation.caller, at=at):
        return 0
    return PROOF_TRIES - ProofAttempt.objects.filter(conversation=conversation).count()


def count_failure(conversation: Conversation, number: str, *, at: datetime) -> None:
    """Keep a number that was not proved; tell the desk when the caller goes through numbers one after the other."""
    ProofAttempt.objects.create(conversation=conversation, number=number[:12], at=at)
    if conversation.caller:
        take(BY_CALLER, conversation.store_id, conversation.caller, at=at)
    _watch(conversation, at=at)


def _watch(conversation: Conversation, *, at: datetime) -> None:
    tried = ProofAttempt.objects.filter(conversation__store_id=conversation.store_id, at__gt=at - A_WHILE)
    if conversation.caller:
        tried = tried.filter(conversation__caller=conversation.caller)
    else:
        tried = tried.filter(conversation=conversation)
    numbers = list(tried.exclude(number="").values_list("number", flat=True)[:200])
    if not is_series(numbers):
        return
    who = conversation.caller or f"conversation:{conversation.pk}"
    if take(ALERTS, conversation.store_id, who, at=at):
        return
    log.warning("order numbers are tried in series: store %d, conversation %d", conversation.store_id, conversation.pk)
    subject, said = f"conversation:{conversation.pk}", {"numbers": sorted(set(numbers))}
    record(conversation.store_id, Actor.system(), "conversation.numbers_in_series", subject, said, at=at)
    append(
        conversation,
        kind="status",
        author=SYSTEM,
        body={"text": _("Alerta: desde aquí se prueban números de pedido en serie. No des datos de ningún pedido.")},
        client_id=stable_uuid("series", conversation.pk, at.isoformat()),
        at=at,
        is_private=True,
    )
