"""What transfers brought of a payment that became whole, and what of it may still go back, by where it came from."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum

from seguripago.journey.bank.queries import payers
from seguripago.journey.cards.queries.placed import placed_of_payment
from seguripago.journey.payments.queries import received_of
from seguripago.values.money import Money

from .holdings import allocated, is_account
from .models import ReturnInstruction
from .rules.actions import Account
from .rules.returns import ReturnState


@dataclass(frozen=True, slots=True)
class TransferPart:
    """So much of a payment came by this deposit and has not gone back; `account` is None where the bank named none.

    `deposit_id` 0: it came through a case, no deposit of the payment's own.
    """

    deposit_id: int
    left: Money
    account: Account | None


def brought_by_transfers(payment_id: int) -> Money:
    """What of a payment its transfers brought: all it received, less what cards did."""
    return received_of(payment_id) - placed_of_payment(payment_id)


def transfer_parts(payment_id: int) -> tuple[TransferPart, ...]:
    """What may still go back by transfer of a payment that became whole, the oldest deposit first."""
    whole = brought_by_transfers(payment_id)
    going = ReturnInstruction.objects.filter(payment_id=payment_id).exclude(state=ReturnState.FAILED.value)
    gone = {
        deposit or 0: centavos for deposit, centavos in going.values_list("deposit_id").annotate(Sum("amount_centavos"))
    }
    left = whole.centavos - sum(gone.values())
    held = allocated(payment_id=payment_id)
    known = payers(held)
    parts = []
    for deposit_id, centavos in held.items():
        part = min(left, centavos - gone.get(deposit_id, 0))
        if part <= 0:
            continue
        left -= part
        payer = known[deposit_id]
        account = Account(payer.account, payer.institution, payer.name) if is_account(payer.account) else None
        parts.append(TransferPart(deposit_id, Money(part, whole.currency), account))
    if left > 0:
        parts.append(TransferPart(0, Money(left, whole.currency), None))
    return tuple(parts)
