"""How an order is paid: the way the buyer chooses, the money that arrived, the money that arrived late."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

from django.db import connection, transaction

from seguripago.foundations.audit.commands import Change, record_all
from seguripago.foundations.facts.commands import publish
from seguripago.journey.catalogue.commands import reserve, sell_reserved, take_back_sold
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.values.steps import Preference

from ..facts import OrderPaid, OrderPaymentLost, OrderPreferenceChanged, OrderRevived
from ..rules import OrderUnknown, State, StockState, Verb, allows, move
from .locking import announce, lock_orders, locked_row, pieces_of

MARK_PAID: Final = "UPDATE shop_order SET state = %s, stock_state = %s, paid_at = %s WHERE id = ANY(%s)"


class NeverAccepted(Refusal):
    """The order ended before its buyer accepted the confirmation: money alone does not bring it back."""

    code: ClassVar[str] = "SP-119"

    def __init__(self, order_id: int) -> None:
        self.order_id = order_id
        super().__init__(str(order_id))


def change_preference(order_id: int, preference: Preference, *, by: Actor, at: datetime) -> None:
    """Choose another way to pay, without a new order. Choosing the same changes nothing. Raises WrongState."""
    with transaction.atomic():
        row = locked_row(order_id)
        move(row.state, Verb.CHOOSE)
        chosen = Preference(preference)
        if row.preference == chosen:
            return
        said = {"from": row.preference, "to": chosen.value}
        row.preference = chosen.value
        row.save(update_fields=["preference"])
        announce(row, OrderPreferenceChanged, "order.preference_changed", by=by, at=at, said=said)


def mark_paid(order_ids: Sequence[int], *, at: datetime, by: Actor | None = None) -> None:
    """Mark orders paid and their held stock sold, in sets: the number of statements does not grow with the orders.

    All or none. Raises WrongState when one does not wait for money, OrderUnknown.
    """
    who = by or Actor.system("Medios de Pago")
    with transaction.atomic():
        found = lock_orders(order_ids)
        missing = set(order_ids) - found.keys()
        if missing:
            raise OrderUnknown(min(missing))
        by_store: dict[int, list[int]] = defaultdict(list)
        for order in found.values():
            move(order.state, Verb.PAY)
            by_store[order.store_id].append(order.id)
        for store_id in sorted(by_store):
            sell_reserved(store_id, pieces_of(by_store[store_id]))
        with connection.cursor() as cursor:
            cursor.execute(MARK_PAID, [State.PAID.value, StockState.SOLD.value, at, list(found)])
        publish(
            *(OrderPaid(store_id=row.store_id, at=at, order_id=row.id, number=row.number) for row in found.values())
        )
        record_all([Change(row.store_id, who, "order.paid", f"order:{row.id}", {}, at) for row in found.values()])


def mark_unpaid(order_id: int, *, at: datetime, by: Actor | None = None) -> bool:
    """Let a paid order that has not left wait for its money again, its stock held; answers whether it does.

    What has left, what ended and what never was paid stays as it is.
    """
    with transaction.atomic():
        row = locked_row(order_id)
        if not allows(row.state, Verb.LOSE_PAYMENT) or row.part_sent_at is not None:
            return False
        said = {"from": row.state}
        following = move(row.state, Verb.LOSE_PAYMENT)
        pieces = pieces_of([order_id])
        # Both touch the same rows of the shelf, under the same locks: nobody buys the pieces in between.
        take_back_sold(row.store_id, pieces)
        reserve(row.store_id, pieces, even_unlisted=True)
        row.state, row.stock_state, row.paid_at = following.value, StockState.HELD.value, None
        row.save(update_fields=["state", "stock_state", "paid_at"])
        who = by or Actor.system("Medios de Pago")
        announce(row, OrderPaymentLost, "order.payment_lost", by=who, at=at, said=said)
    return True


def hold_again(order_id: int, *, at: datetime, by: Actor | None = None) -> None:
    """Hold the stock of an order that had ended, so that mark_paid may follow in the same transaction.

    Raises OutOfStock when it can no longer be honoured, NeverAccepted, WrongState; then nothing has changed. Bring back
    one order a transaction: the shelf is locked in the order of its products, and two orders would mix them up.
    """
    with transaction.atomic():
        row = locked_row(order_id)
        following = move(row.state, Verb.REVIVE)
        if row.accepted_at is None:
            raise NeverAccepted(order_id)
        reserve(row.store_id, pieces_of([order_id]), even_unlisted=True)
        said = {"from": row.state}
        row.state, row.stock_state = following.value, StockState.HELD.value
        row.ended_at, row.cancel_reason = None, ""
        row.save(update_fields=["state", "stock_state", "ended_at", "cancel_reason"])
        announce(row, OrderRevived, "order.revived", by=by or Actor.system("Medios de Pago"), at=at, said=said)
