"""What of an order's money may still go back, and by which roads: read from charges and transfers, each time anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from seguripago.journey.cards.queries.placed import card_parts
from seguripago.journey.payments.queries import paid_by
from seguripago.journey.reconciliation.paid_back import TransferPart, transfer_parts
from seguripago.values.money import MXN, Money

from .models import RefundLeg
from .rules import Account, CardSource, LegPlan, RefundState, Road, TransferSource, less_waiting, plan_legs, total_left


@dataclass(frozen=True, slots=True)
class Sources:
    """The roads back of one order's money. `payment_id` is the payment that became whole, None while none has."""

    payment_id: int | None
    left: Money
    cards: tuple[CardSource, ...]
    transfers: tuple[TransferSource, ...]

    def plan(self, amount: Money) -> tuple[LegPlan, ...] | None:
        """The legs of an amount; None when it is more than is left, or no road makes it up."""
        return None if amount > self.left else plan_legs(amount, self.cards, self.transfers)


def sources_of(order_id: int, *, charge_id: int | None = None) -> Sources:
    """What may go back of an order's money; with `charge_id`, to the card of that charge alone.

    Of a payment that became whole, all of it. What a card brought of one that never did goes back to that card; what
    transfers brought of it is in a case, and goes back from there.
    """
    paid = paid_by(order_id)
    cards = tuple(
        CardSource(each.charge_id, each.left, each.card or each.gateway, each.whole_only)
        for each in card_parts(order_id)
        if charge_id in {None, each.charge_id} and (charge_id or paid is None or each.payment_id == paid[0])
    )
    transfers: tuple[TransferSource, ...] = ()
    if paid is not None and charge_id is None:
        transfers = less_waiting([_transfer(each) for each in transfer_parts(paid[0])], _waiting(order_id))
    currency = paid[1].currency if paid else _currency(cards)
    left = total_left(cards, transfers, currency)
    if paid is not None and charge_id is None:
        # What a bank took back by a chargeback is not the store's to give.
        left = min(left, paid[1])
    return Sources(paid[0] if paid else None, left, cards, transfers)


def _waiting(order_id: int) -> dict[int, int]:
    """Centavos of refunds that were decided and wait for an account of the buyer's, by deposit: no instruction yet."""
    legs = RefundLeg.objects.filter(
        refund__order_id=order_id, road=Road.SPEI.value, instruction__isnull=True, is_over=False
    ).exclude(refund__state=RefundState.REJECTED.value)
    rows = legs.values_list("deposit_id").annotate(Sum("amount_centavos"))
    return {deposit_id or 0: centavos for deposit_id, centavos in rows}


def _currency(cards: Sequence[CardSource]) -> str:
    return cards[0].left.currency if cards else MXN


def _transfer(part: TransferPart) -> TransferSource:
    to = part.account
    account = None if to is None else Account(to.number, to.institution, to.holder)
    return TransferSource(part.deposit_id, part.left, account)
