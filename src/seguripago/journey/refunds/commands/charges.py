"""A refund that the payments area asks for at one charge: to its card, by the same machine as every other."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.approvals.commands import AlreadyProposed
from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.journey.cards.commands.refunding import check_refund, lock_charge
from seguripago.journey.cards.queries import paid_charge
from seguripago.journey.cards.refusals import ChargeUnknown, RefundUnclear
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.card_numbers import holds_card_number
from seguripago.values.money import Money, UnreadableAmount
from seguripago.values.safe_text import clean

from ..models import Refund
from ..rules import RefundReason, RefundState
from .asking import ask_refund, end_asked


def ask_refund_of_charge(
    store_id: int, charge_id: int, *, amount: str = "", reason: str, by: Actor, at: datetime
) -> int:
    """Ask that an amount of a charge goes back to its card; without one, all that is left. Gives the proposal's id.

    Raises RefundUnclear, OnlyWhole, AlreadyProposed, NotYourRole, ChargeUnknown, NotCharged, RefundTooLarge,
    ChargeDisputed, MoneyUnplaced.
    """
    why = " ".join(clean(reason).split())[:240]
    found = paid_charge(store_id, charge_id)
    if found is None:
        raise ChargeUnknown
    with transaction.atomic():
        orders.lock_order(found.order_id)
        left = check_refund(lock_charge(charge_id), Money(1, found.captured.currency))
        try:
            wanted = Money.parse(amount.strip(), left.currency) if amount.strip() else left
        except UnreadableAmount:
            raise RefundUnclear from None
        if not why or holds_card_number(why) or wanted.centavos <= 0:
            raise RefundUnclear
        _end_unproposed(store_id, charge_id, by=by, at=at)
        refund_id = ask_refund(
            found.order_id, wanted, reason=RefundReason.BY_STORE, note=why, charge_id=charge_id, by=by, at=at
        )
        subject = f"refund:{refund_id}"
        return open_proposals_of(store_id, [subject])[subject].id


def _end_unproposed(store_id: int, charge_id: int, *, by: Actor, at: datetime) -> None:
    """One question at a time: what waits for its second person is not asked again, what nobody decided is over."""
    for refund in Refund.objects.select_for_update(of=("self",)).filter(
        charge_id=charge_id, state=RefundState.ASKED.value
    ):
        if open_proposals_of(store_id, [f"refund:{refund.pk}"]):
            raise AlreadyProposed
        end_asked(refund, "Nadie lo decidió; se pidió otro.", by=by, at=at)
