"""What did not arrive goes out again by a decision of two people: by the same road, or to another account."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import Asked, ChangedMeanwhile, deciding, grant, propose
from seguripago.journey.cards.commands.refunding import check_refund, lock_charge
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal

from ..facts import RefundApproved
from ..models import Refund, RefundLeg
from ..reading import leg_state, legs_of
from ..refusals import RefundElsewhere
from ..rules import Account, LegPlan, LegState, RefundEvent, RefundState, Road, move
from ..sources import sources_of
from .asking import lock_refund
from .legs import leaves_nothing, set_out, stop_parcel
from .telling import tell

KIND: Final = "refund.again"


def propose_again(refund_id: int, *, other_account: bool = False, by: Actor, at: datetime) -> int:
    """Propose that what failed of a refund goes out again; with `other_account`, to one that the buyer gives.

    What a case returned is decided at its case, and card money goes to its card alone. Raises RefundUnknown,
    RefundElsewhere, AlreadyProposed, NotYourRole, and of a card what `cards.open_refund` raises.
    """
    with transaction.atomic():
        refund, order = lock_refund(refund_id)
        if refund.state != RefundState.FAILED or refund.case_id is not None or not _failed(refund):
            raise RefundElsewhere(refund.state)
        if other_account and all(leg.road == Road.CARD.value for leg in _failed(refund)):
            raise RefundElsewhere(refund.state)
        lines = [f"Enviar otra vez lo que no llegó del reembolso del pedido {order.number}:"]
        for leg in _failed(refund):
            if leg.charge_id is not None:
                # Of a payment that is not whole it is in a case: what becomes of it is decided there.
                check_refund(lock_charge(leg.charge_id), Money(leg.amount_centavos, refund.currency))
            lines.append(_line(refund, leg, other_account=other_account))
        effects = _effects(refund, other_account=other_account)
        return propose(Asked(refund.store_id, KIND, f"refund:{refund_id}", effects, tuple(lines)), by=by, at=at)


def approve_again(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve as a second person: a leg takes the place of each that failed. Raises what approvals.grant raises."""
    with deciding(proposal_id, at=at):
        asked = approvals.lock(proposal_id, at=at, by=by, kinds=(KIND,))
        refund, order = lock_refund(asked.effects["refund"])
        other = bool(asked.effects["other_account"])
        if refund.state != RefundState.FAILED:
            raise ChangedMeanwhile("Ese reembolso ya no espera esta decisión.")
        grant(proposal_id, seen=seen, effects_now=_effects(refund, other_account=other), by=by, at=at)
        failed = _failed(refund)
        RefundLeg.objects.filter(pk__in=[leg.pk for leg in failed]).update(is_over=True)
        refund.state, refund.ended_at, refund.words = move(refund.state, RefundEvent.RETRY).value, None, ""
        refund.save(update_fields=["state", "ended_at", "words"])
        assert refund.order_id is not None
        plans = [_plan(refund, leg, other_account=other) for leg in failed]
        stops = leaves_nothing(Money.sum((plan.amount for plan in plans), refund.currency), order)
        try:
            waits = set_out(refund, plans, sources_of(refund.order_id), proposal_id=proposal_id, by=by, at=at)
        except Refusal as refusal:
            raise ChangedMeanwhile(f"Ese dinero ya no admite este reembolso ({refusal.code}).") from refusal
        if stops:
            stop_parcel(refund, by=by, at=at)
        tell(refund, RefundApproved, "refund.sent_again", by=by, at=at, needs_account=waits)


def _failed(refund: Refund) -> list[RefundLeg]:
    return [leg for leg in legs_of([refund.pk]) if leg_state(leg) is LegState.FAILED]


def _plan(refund: Refund, leg: RefundLeg, *, other_account: bool) -> LegPlan:
    amount, bank = Money(leg.amount_centavos, refund.currency), leg.instruction
    if leg.road == Road.CARD.value or bank is None:
        return LegPlan(Road.CARD, amount, charge_id=leg.charge_id or 0)
    to = None if other_account else Account(bank.account, bank.institution, bank.holder, bank.proof)
    return LegPlan(Road.SPEI, amount, deposit_id=leg.deposit_id or 0, account=to)


def _line(refund: Refund, leg: RefundLeg, *, other_account: bool) -> str:
    plan = _plan(refund, leg, other_account=other_account)
    if plan.road is Road.CARD:
        return f"{plan.amount} a la misma tarjeta, por la pasarela."
    if plan.account is None:
        return f"{plan.amount} por SPEI, a otra cuenta que dé el comprador con su prueba."
    return f"{plan.amount} por SPEI a la misma cuenta {plan.account.number}, de {plan.account.holder}."


def _effects(refund: Refund, *, other_account: bool) -> dict[str, Any]:
    return {
        "refund": refund.pk,
        "other_account": other_account,
        "legs": [{"leg": leg.pk, "road": leg.road, "centavos": leg.amount_centavos} for leg in _failed(refund)],
    }
