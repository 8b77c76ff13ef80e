"""What happens by itself when a case's deadline has passed."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.approvals.queries import policies_with_proposals
from seguripago.foundations.approvals.rules import policy_of
from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.payments.commands import lock_payments
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from ..facts import CaseEscalated
from ..holdings import holding_of
from ..models import Case
from ..rules import DEFAULTS, CaseKind
from ..rules.actions import WAITING
from ..rules.defaults import HandedOn, Happens, by_itself
from ..rules.plans import plan
from .deeds import carry_out

CLOCK: Final = Actor.system("Reloj")
BATCH: Final = 100

log = logging.getLogger(__name__)


def decide_overdue_cases(*, at: datetime) -> int:
    """Let what is overdue happen by itself: return or write off under a policy that two people approved, else hand the
    case on and start its clock again. Each case in a transaction of its own; returns how many.
    """
    due = Case.objects.filter(state__in=[state.value for state in WAITING], due_at__lte=at).order_by("due_at")
    done = 0
    for case_id, payment_id in list(due.values_list("pk", "payment_id")[:BATCH]):
        try:
            done += _decide(case_id, payment_id, at=at)
        except Refusal:
            log.exception("case %s: its default was refused", case_id)
            done += _hand_on(case_id, at=at)
        except Exception:
            # It stays due, and the oldest: the others must not wait behind it.
            log.exception("case %s: its default failed", case_id)
    return done


def _decide(case_id: int, payment_id: int | None, *, at: datetime) -> int:
    with transaction.atomic():
        if payment_id is not None:
            lock_payments([payment_id])
        case = _locked(case_id, at=at)
        if case is None:
            return 0
        holding, decided = holding_of(case), policies_with_proposals(case.store_id)
        match by_itself(holding, policy_of({name: value for name, (value, _) in decided.items()})):
            case HandedOn():
                return _hand_on(case_id, at=at)
            case Happens(action=action, policy=name):
                authority = decided[name][1]
                tolerance = Money(decided.get("tolerance_centavos", (0, 0))[0], case.currency)
                planned = plan(action, holding, {}, tolerance=tolerance)
                said = {"policy": name, "proposal": authority}
                record(case.store_id, CLOCK, "case.default", f"case:{case.pk}", said, at=at)
                carry_out(case, planned, proposal_id=authority, asked_at=at, by=CLOCK, at=at)
    return 1


def _hand_on(case_id: int, *, at: datetime) -> int:
    with transaction.atomic():
        case = _locked(case_id, at=at)
        if case is None:
            return 0
        default = DEFAULTS[CaseKind(case.kind)]
        case.owner, case.due_at = default.escalates_to, at + default.within
        case.save(update_fields=["owner", "due_at"])
        record(case.store_id, CLOCK, "case.handed_on", f"case:{case.pk}", {"owner": case.owner}, at=at)
        publish(CaseEscalated(store_id=case.store_id, at=at, case_id=case.pk, kind=case.kind, owner=case.owner))
    return 1


def _locked(case_id: int, *, at: datetime) -> Case | None:
    waiting = Case.objects.select_for_update(no_key=True).filter(pk=case_id, due_at__lte=at)
    return waiting.filter(state__in=[state.value for state in WAITING]).first()
