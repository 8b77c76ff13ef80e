"""Tell a buyer by mail that his comprobante is in doubt, if he has not read it where he left it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.limits.commands import is_spent, take
from seguripago.foundations.limits.rules import Limit
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance.queries import has_read_all
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.reconciliation.facts import EvidenceJudged
from seguripago.journey.reconciliation.queries.comprobantes import DOUBTED, verdicts_of

from .. import rules
from ..models import Mail
from .write import paper_mail

PAPER_JOB: Final = "mail.paper_doubt"
BETWEEN: Final = timedelta(minutes=10)
READ: Final = Limit("notices.paper_read", 1, 3600)
ENDED: Final = frozenset({"cancelled", "expired", "closed"})


def ask_after_papers(facts: Sequence[Fact], *, at: datetime) -> None:
    """Have each doubtful comprobante looked at again when its buyer had the time to read of it on his screen."""
    for fact in facts:
        if isinstance(fact, EvidenceJudged) and fact.verdict in DOUBTED and rules.is_news(fact.at, at):
            app.configure_task(PAPER_JOB, queue="mail", schedule_in={"seconds": rules.UNREAD_S}).defer(
                order_id=fact.order_id, evidence_id=fact.evidence_id, verdict_id=fact.verdict_id
            )


def note_papers_read(verdict_ids: Collection[int], *, at: datetime) -> None:
    """Keep for an hour that the order's page showed these verdicts, so that no mail repeats them."""
    for verdict_id in verdict_ids:
        take(READ, verdict_id, at=at)


@transaction.atomic
def write_paper_doubt(order_id: int, evidence_id: int, verdict_id: int, *, at: datetime) -> bool:
    """Write the mail, unless it was read, or is not so any more. The same words of one file go out once.

    One mail in ten minutes for an order: it leads to the page, which says the same of every other file.
    """
    orders.lock_order(order_id)
    order, found = read_order(order_id), verdicts_of(order_id).get(evidence_id)
    if found is None or found.id != verdict_id or found.kind not in DOUBTED:
        return False
    if order.state in ENDED or not order.buyer.email:
        return False
    if is_spent(READ, verdict_id, at=at) or has_read_all(order_id):
        return False
    if Mail.objects.filter(order_id=order_id, template="paper_doubt", at__gt=at - BETWEEN).exists():
        return False
    key = rules.fact_key("EvidenceJudged", {"evidence": evidence_id, "words": found.buyer_words}, "paper_doubt")
    letter = paper_mail(order, store_by_id(order.store_id), found.buyer_words, key=key, at=at)
    return bool(Mail.objects.bulk_create([letter], ignore_conflicts=True))
