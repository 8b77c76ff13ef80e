"""Set a refund's legs on their roads, under the locks of its order, payments and charges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max

from seguripago.journey.cards.commands import open_refund as open_card_refund
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.rules import Holder
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.journey.reconciliation.commands import open_return
from seguripago.journey.reconciliation.rules.actions import Account as ReturnAccount
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..models import Refund, RefundLeg
from ..refusals import RefundTooMuch
from ..rules import Account, LegPlan, RefundReason, Road, total_left
from ..sources import Sources, sources_of

NOT_SENT = frozenset({"paid", "preparing"})


def set_out(
    refund: Refund, legs: Sequence[LegPlan], sources: Sources, *, proposal_id: int, by: Actor, at: datetime
) -> bool:
    """Open each leg: at the gateway's door, or as an instruction for the bank. Tells whether one waits for an account.

    Raises RefundTooMuch, and what cards and reconciliation raise, when less is left than was planned: then nothing of
    it has happened. What other refunds have waiting for an account is not left.
    """
    by_transfer = Money.sum((leg.amount for leg in legs if leg.road is Road.SPEI), refund.currency)
    if by_transfer > (left := total_left((), sources.transfers, refund.currency)):
        raise RefundTooMuch(left)
    last = RefundLeg.objects.filter(refund=refund).aggregate(last=Max("place", default=0))["last"]
    waits = False
    for place, leg in enumerate(legs, start=last + 1):
        row = RefundLeg(refund=refund, place=place, road=leg.road.value, amount_centavos=leg.amount.centavos)
        if leg.road is Road.CARD:
            row.charge_id = leg.charge_id
            row.card_refund_id = open_card_refund(
                leg.charge_id,
                leg.amount,
                key=f"refund-{refund.pk}-{place}",
                proposal_id=proposal_id,
                reason=refund.note,
                asked_by=refund.asked_by,
                by=by,
                at=at,
            )
        else:
            row.deposit_id = leg.deposit_id or None
            if leg.account is None:
                waits = True
            else:
                row.instruction_id = instruct(refund, row, leg.account, sources, proposal_id=proposal_id, by=by, at=at)
        row.save()
    return waits


def instruct(
    refund: Refund, leg: RefundLeg, to: Account, sources: Sources, *, proposal_id: int, by: Actor, at: datetime
) -> int:
    """Have a leg instructed to an account; gives the instruction's id."""
    assert sources.payment_id is not None
    return open_return(
        sources.payment_id,
        Money(leg.amount_centavos, refund.currency),
        to=ReturnAccount(to.number, to.institution, to.holder, to.proof),
        deposit_id=leg.deposit_id,
        proposal_id=proposal_id,
        asked_at=refund.asked_at,
        by=by,
        at=at,
    )


def leaves_nothing(amount: Money, order: LockedOrder) -> bool:
    """Whether this is all that the store still has of the order's money, and some of the goods is still to leave."""
    if order.state not in NOT_SENT:
        return False
    # Of one charge alone the rest may have been paid otherwise: all of the order's money counts.
    everything = sources_of(order.id)
    return everything.payment_id is not None and amount == everything.left


def stop_parcel(refund: Refund, *, by: Actor, at: datetime) -> None:
    """What goes back wholly does not leave meanwhile, whatever doubts and claims hold it too."""
    if refund.order_id is not None:
        refund.stopped_parcel = True
        refund.save(update_fields=["stopped_parcel"])
        _hold(refund, is_held=True, by=by, at=at)
        if _is_wish(refund):
            orders.keep_cancel_reason(refund.order_id, refund.note)


def let_parcel_go(refund: Refund, *, by: Actor, at: datetime) -> None:
    """A refund came to nothing: what it stopped may leave, unless another one stops it."""
    if not refund.stopped_parcel or refund.order_id is None:
        return
    refund.stopped_parcel = False
    refund.save(update_fields=["stopped_parcel"])
    if _is_wish(refund):
        orders.keep_cancel_reason(refund.order_id, "")
    if not Refund.objects.filter(order_id=refund.order_id, stopped_parcel=True).exists():
        _hold(refund, is_held=False, by=by, at=at)


def _is_wish(refund: Refund) -> bool:
    """Whether the buyer asked to cancel: his words are the order's reason. What staff noted is for staff."""
    return refund.reason == RefundReason.CANCELLED.value and refund.asked_by_kind == "buyer"


def _hold(refund: Refund, *, is_held: bool, by: Actor, at: datetime) -> None:
    assert refund.order_id is not None
    reason = f"refund:{refund.pk}"
    orders.hold_shipping(refund.order_id, is_held=is_held, reason=reason, by=by, at=at, holder=Holder.REFUND)
