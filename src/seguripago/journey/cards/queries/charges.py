"""What screens read of card charges."""

from __future__ import annotations

from collections.abc import Collection

from ..charge_view import ChargeView, view
from ..models import CardCharge


def card_of(payment_id: int) -> ChargeView | None:
    """The newest charge of a payment."""
    row = CardCharge.objects.filter(payment_id=payment_id).order_by("-pk").first()
    return None if row is None else view(row)


def charge_by_id(charge_id: int) -> ChargeView | None:
    """A charge by its number, as facts name it."""
    row = CardCharge.objects.filter(pk=charge_id).first()
    return None if row is None else view(row)


def charge_of_source(source: str) -> ChargeView | None:
    """The charge that a settlement came from (`charge:5`); None for money that came by another way."""
    kind, _, number = source.partition(":")
    return charge_by_id(int(number)) if kind == "charge" and number.isdigit() else None


def paid_by_card(payment_id: int) -> bool:
    """Whether a card paid this payment, or a part of it: the gateway's voucher is its comprobante."""
    return CardCharge.objects.filter(payment_id=payment_id, state="paid").exists()


def orders_paid_by_card(order_ids: Collection[int]) -> frozenset[int]:
    """The orders that a card paid, or a part of them, through a link or directly; one query."""
    paid = CardCharge.objects.filter(payment__order_id__in=list(order_ids), state="paid")
    return frozenset(paid.values_list("payment__order_id", flat=True))


def newest_charge_of(order_id: int) -> ChargeView | None:
    """The newest try to charge a card for the order, through whichever payment."""
    row = CardCharge.objects.filter(payment__order_id=order_id).order_by("-pk").first()
    return None if row is None else view(row)


def charge_of_order(order_id: int, key: str) -> ChargeView | None:
    """The charge of this order with our key, None for another order's or an unknown one."""
    row = CardCharge.objects.filter(key=key, payment__order_id=order_id).first()
    return None if row is None else view(row)


def charges_of_order(order_id: int) -> tuple[ChargeView, ...]:
    """Every try to charge a card for the order, the newest first."""
    return tuple(view(row) for row in CardCharge.objects.filter(payment__order_id=order_id).order_by("-pk"))


def paid_charges(payment_ids: Collection[int]) -> dict[int, tuple[ChargeView, ...]]:
    """The charges that paid these payments, in their order: label, authorization and months of a voucher."""
    found: dict[int, list[ChargeView]] = {}
    for row in CardCharge.objects.filter(payment_id__in=list(payment_ids), state="paid").order_by("pk"):
        found.setdefault(row.payment_id, []).append(view(row))
    return {payment_id: tuple(charges) for payment_id, charges in found.items()}
