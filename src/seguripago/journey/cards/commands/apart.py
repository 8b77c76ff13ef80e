"""What of a charge no payment could take: a case gives it to one, or it goes back to the card, never both."""

from __future__ import annotations

from django.db import connection

from seguripago.values.money import Money

from ..models import CardCharge
from ..refusals import ApartGone
from .refunding import OutsideTransaction, left_of, lock_charge


def take_apart(charge_id: int, amount: Money, *, payment_id: int | None) -> None:
    """Give what is kept apart to a payment, or to none (written off), in the transaction that decided it.

    The charge's own payment may have it refunded later as any other money of the charge; another's is no card's any
    more. Raises ApartGone, ChargeUnknown.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    charge = lock_charge(charge_id)
    if amount > left_of(charge)[1]:
        raise ApartGone
    elsewhere = 0 if payment_id == charge.payment_id else amount.centavos
    CardCharge.objects.filter(pk=charge_id).update(
        apart_centavos=charge.apart_centavos - amount.centavos,
        elsewhere_centavos=charge.elsewhere_centavos + elsewhere,
    )
