"""What a card brought in vain and goes back to it: its case follows the gateway, whoever sent it back and where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max, Sum

from seguripago.foundations.approvals.commands import void
from seguripago.foundations.approvals.queries import open_proposals_of, proposal
from seguripago.foundations.audit.commands import record
from seguripago.journey.cards.facts import CardRefunded, CardRefundFailed
from seguripago.journey.cards.queries.apart import proposal_of_refund
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..holdings import holding_of, left_by_deposit
from ..models import Case, CasePart
from ..rules import DEFAULTS, CaseKind
from ..rules.actions import CaseEvent, CaseState, move_case

GATEWAY: Final = Actor.system("Pasarela de tarjetas")

type Ended = CardRefunded | CardRefundFailed


def note_card_returns(facts: Sequence[Ended], *, at: datetime) -> None:
    """A refund of a case's money has an end: the case closes when all of it went back, and opens when it did not."""
    for fact in facts:
        if not fact.apart_centavos:
            continue
        case_id = _case_of(fact)
        if case_id is not None:
            _void_what_waits(case_id, fact, at=at)
            with transaction.atomic():
                _note(Case.objects.select_for_update(no_key=True).get(pk=case_id), fact, at=at)


def _case_of(fact: Ended) -> int | None:
    """The case that a refund was decided at; one made in the gateway's panel is the oldest open one's of its charge."""
    asked = proposal_of_refund(fact.refund_id)
    decided = None if asked is None else proposal(fact.store_id, asked)
    rows = Case.objects.filter(cause__startswith=f"charge:{fact.charge_id}:").order_by("pk")
    if decided is not None and decided.subject.startswith("case:"):
        rows = rows.filter(pk=int(decided.subject.removeprefix("case:")))
    found = list(rows.values_list("pk", "state"))
    return next((pk for pk, state in found if state != CaseState.DONE), found[0][0] if found else None)


def _void_what_waits(case_id: int, fact: Ended, *, at: datetime) -> None:
    """Nothing is left that a proposal could be about: it went back while the second person had not decided."""
    case = Case.objects.get(pk=case_id)
    if case.state != CaseState.PROPOSED or holding_of(case).held or isinstance(fact, CardRefundFailed):
        return
    subject = f"case:{case_id}"
    waiting = open_proposals_of(case.store_id, [subject]).get(subject)
    if waiting is not None:
        void(waiting.id, reason="El dinero volvió a la tarjeta desde el panel de la pasarela.", at=at)


def _note(case: Case, fact: Ended, *, at: datetime) -> None:
    amount = Money(fact.apart_centavos, fact.currency)
    proposal_id = proposal_of_refund(fact.refund_id)
    said = {"refund": fact.refund_id, "amount": amount.plain}
    if isinstance(fact, CardRefunded):
        _part(case, fact, fact.apart_centavos, proposal_id, at=at)
        where = "La pasarela devolvió" if proposal_id else "En el panel de la pasarela se devolvió"
        words, action = f"{where} {amount} a la tarjeta.", "case.card_returned"
        if not left_by_deposit(case) and not holding_of(case).pending:
            case.state = CaseState.DONE.value
    else:
        if not _part(case, fact, 0, proposal_id, at=at):
            return
        why = fact.why or "la pasarela no dijo por qué"
        words, action = f"No se devolvió {amount} a la tarjeta: {why}", "case.card_not_returned"
        if case.state in {CaseState.APPROVED, CaseState.DONE}:
            case.state = move_case(case.state, CaseEvent.REOPEN).value
            case.due_at = at + DEFAULTS[CaseKind(case.kind)].within
    if words not in case.reasons:
        case.reasons = [*case.reasons, words]
    case.save(update_fields=["state", "due_at", "reasons"])
    record(case.store_id, GATEWAY, action, f"case:{case.pk}", said, at=at)


def _part(case: Case, fact: Ended, out: int, proposal_id: int | None, *, at: datetime) -> int:
    """Keep that so much of the refund is out of the case now; gives by how much that differs from before."""
    known = CasePart.objects.filter(case=case, card_refund=fact.refund_id)
    sums = dict(known.values_list("kind").annotate(Sum("centavos")))
    more = out - int(sums.get("card", 0)) + int(sums.get("card_back", 0))
    if more:
        last = CasePart.objects.filter(case=case).aggregate(last=Max("part", default=0))["last"]
        CasePart.objects.create(
            case=case,
            part=last + 1,
            kind="card" if more > 0 else "card_back",
            centavos=abs(more),
            card_refund_id=fact.refund_id,
            proposal_id=proposal_id,
            at=at,
        )
    return more
