"""What the chat shows of comprobantes: received, what each is worth, and that nobody told of its money."""

from __future__ import annotations

from django.utils.translation import gettext as _

from seguripago.journey.evidence import queries as evidence
from seguripago.journey.evidence.facts import EvidenceKept, EvidenceRejected
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.reconciliation.facts import EvidenceJudged, EvidenceUnanswered
from seguripago.journey.reconciliation.queries.comprobantes import verdicts_of

from .commands import cards
from .models import Conversation
from .rules import clean_filename


def received(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: EvidenceKept) -> None:
    paper = next((paper for paper in evidence.evidence_of(order.id) if paper.id == fact.evidence_id), None)
    if paper is None:
        return
    # Also what was given on the order's page; and what the chat took, should it die before it said so.
    cards.evidence_received(conversation, paper.id, clean_filename(paper.filename), at=fact.at)


def judged(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: EvidenceJudged) -> None:
    found = verdicts_of(order.id).get(fact.evidence_id)
    # That a file was not taken is said where it is not taken.
    paper = next((paper for paper in evidence.evidence_of(order.id) if paper.id == fact.evidence_id), None)
    if found is not None and paper is not None and "rejected" not in found.codes:
        cards.evidence_verdict(conversation, found, clean_filename(paper.filename), at=fact.at)


def unanswered(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: EvidenceUnanswered
) -> None:
    """Waiting ends with a word to whoever attends: the order, its payment and its clocks stay as they are."""
    text = _("El banco no avisó a tiempo del dinero de un comprobante. Acláralo con el comprador.")
    key = (order.id, fact.evidence_id)
    cards.post_status(conversation, "evidence_unanswered", text, key, at=fact.at, is_private=True)


def rejected(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: EvidenceRejected) -> None:
    paper = next((paper for paper in evidence.evidence_of(order.id) if paper.id == fact.evidence_id), None)
    if paper is not None:
        text = f"{clean_filename(paper.filename)}: {paper.verdict_label}"
        cards.post_status(conversation, "evidence_rejected", text, (order.id, paper.id), at=fact.at)
