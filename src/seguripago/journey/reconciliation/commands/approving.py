"""Decide what was proposed for a case: what happens is computed again under the locks and must be what was seen."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import ChangedMeanwhile, deciding, grant
from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of, policy
from seguripago.journey.cards.refusals import ApartGone, ChargeDisputed, RefundTooLarge
from seguripago.journey.catalogue.commands import OutOfStock
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.commands import lock_payments
from seguripago.journey.payments.queries import is_settled
from seguripago.journey.payments.refusals import ExtensionRefused
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..holdings import holding_of, targets_of
from ..models import Case
from ..rules.actions import (
    CaseCannot,
    CaseEvent,
    CaseState,
    CaseUnknown,
    action_from_json,
    move_case,
    orders_named,
)
from ..rules.plans import Plan, plan
from .cases import close_settled_parts
from .deeds import carry_out
from .proposing import KIND

SAME_TIME = ("allocation_part_once", "case_part_once", "does not hold that much", "card_charge_apart_goes_once")


def approve_case(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve as a second person exactly what was seen, and do it. One transaction; locks the proposal, then order →
    payment → case. Raises what approvals.grant raises: ChangedMeanwhile leaves the proposal void and the case open.
    """
    subject = ""
    try:
        with deciding(proposal_id, at=at):
            asked = approvals.lock(proposal_id, at=at, by=by, kinds=(KIND,))
            subject = asked.subject
            case, planned = _planned(asked)
            reason = asked.effects["reason"]
            action = action_from_json(asked.kind.removeprefix(KIND), asked.effects["asked"])
            effects = {**planned.effects(action), "reason": reason}
            grant(proposal_id, seen=seen, effects_now=effects, by=by, at=at)
            _do(case, planned, asked, by=by, at=at)
    except ChangedMeanwhile:
        release_case(subject, at=at)
        raise


def reject_case(proposal_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no as a second person; the case waits for another proposal. Raises what approvals.reject raises."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
        approvals.reject(proposal_id, reason=reason, by=by, at=at)
        _move(_case_of(asked), CaseEvent.REJECT)


def withdraw_case(proposal_id: int, *, by: Actor, at: datetime) -> None:
    """Take back what one proposed oneself; the case is open again. Raises what approvals.withdraw raises."""
    with transaction.atomic():
        asked = approvals.lock(proposal_id, at=at, kinds=(KIND,))
        approvals.withdraw(proposal_id, by=by, at=at)
        _move(_case_of(asked), CaseEvent.GIVE_UP)


def release_case(subject: str, *, at: datetime) -> None:
    """Open a case again whose proposal (about `case:12`) ended without anything being done; harmless when repeated."""
    case_id = int(subject.removeprefix("case:"))
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).filter(pk=case_id, state=CaseState.PROPOSED.value).first()
        if case is not None and not open_proposals_of(case.store_id, [subject]):
            _move(case, CaseEvent.GIVE_UP)
            if case.payment_id is not None and is_settled(case.payment_id):
                close_settled_parts([case.payment_id], at=at)


def _planned(asked: ProposalView) -> tuple[Case, Plan]:
    """Lock what the proposal touches and say what it would do now. Raises ChangedMeanwhile."""
    try:
        action = action_from_json(asked.kind.removeprefix(KIND), asked.effects["asked"])
        peeked = Case.objects.filter(pk=asked.effects["case"], store_id=asked.store_id).first()
        if peeked is None:
            raise CaseUnknown
        numbers = orders_named(action, holding_of(peeked))
        payment_ids = {target.payment_id for target in targets_of(asked.store_id, numbers).values()}
        lock_payments(payment_ids)
        case = Case.objects.select_for_update(no_key=True).get(pk=peeked.pk)
        if case.state != CaseState.PROPOSED:
            raise ChangedMeanwhile("El caso ya no espera esta decisión.")
        tolerance = Money(policy(case.store_id).tolerance_centavos, case.currency)
        targets = targets_of(case.store_id, numbers)
        return case, plan(action, holding_of(case), targets, tolerance=tolerance)
    except CaseCannot as refusal:
        raise ChangedMeanwhile(refusal.why) from None


def _do(case: Case, planned: Plan, asked: ProposalView, *, by: Actor, at: datetime) -> None:
    try:
        carry_out(case, planned, proposal_id=asked.id, asked_at=asked.proposed_at, by=by, at=at)
    except OutOfStock:
        raise ChangedMeanwhile("Ya no hay existencias para cumplir ese pedido.") from None
    except orders.NeverAccepted:
        raise ChangedMeanwhile("El pedido terminó antes de que su comprador lo aceptara.") from None
    except (ApartGone, RefundTooLarge):
        raise ChangedMeanwhile("Ese dinero ya volvió a la tarjeta, o un pago lo tiene.") from None
    except ChargeDisputed:
        raise ChangedMeanwhile("El banco del tarjetahabiente ya tomó este dinero.") from None
    except ExtensionRefused:
        raise ChangedMeanwhile("El plazo de ese pedido ya no se puede alargar tanto.") from None
    except IntegrityError as error:
        if any(name in str(error) for name in SAME_TIME):
            raise ChangedMeanwhile("Otra persona movió este dinero al mismo tiempo.") from None
        raise


def _case_of(asked: ProposalView) -> Case:
    case = Case.objects.select_for_update(no_key=True).filter(pk=asked.effects["case"], store_id=asked.store_id).first()
    if case is None:
        raise CaseUnknown
    return case


def _move(case: Case, event: CaseEvent) -> None:
    case.state = move_case(case.state, event).value
    case.save(update_fields=["state"])
