"""A claim stops the guarantee, lets it go on, or ends it; and what goes back to the buyer is followed to its end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.queries import booked_under
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.cards.queries import waits_for_banks
from seguripago.journey.delivery.commands import deliver_replaced
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.journey.payments.queries import given_back, is_refunded
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from .. import rules
from ..facts import GuaranteeClaimed, GuaranteeGoesOn
from ..models import Guarantee, GuaranteeEvent
from ..rules import Claim, GuaranteeState, Replace, Resolve, Withdraw
from .ending import close_if_over, end_given_back, publish_resolved
from .keeping import book_released, book_returned, keep, locked, standing_of
from .unsent import stop_sending

LEFT: Final = frozenset({"shipped", "delivered"})


@transaction.atomic
def claim(order_id: int, *, by: Actor, at: datetime) -> Money:
    """Stop the clock because the buyer says that something is wrong; answers what the guarantee answers for.

    Raises GuaranteeCannot (there is none, or a claim is open) and TooLateToClaim.
    """
    guarantee = _claimable(order_id, Claim)
    keep(guarantee, rules.after(standing_of(guarantee), Claim(at)), "claimed", by=by, at=at)
    _say(guarantee, GuaranteeClaimed, "guarantee.claimed", {}, by=by, at=at)
    return Money(guarantee.held_centavos, guarantee.currency)


@transaction.atomic
def withdraw_claim(order_id: int, *, by: Actor, at: datetime) -> None:
    """Let the clock go on with the time that was left when the claim stopped it. Raises GuaranteeCannot."""
    guarantee = _claimable(order_id, Withdraw)
    keep(guarantee, rules.after(standing_of(guarantee), Withdraw(at)), "claim_withdrawn", by=by, at=at)
    _say(guarantee, GuaranteeGoesOn, "guarantee.goes_on", {"is_replaced": False}, by=by, at=at)


@transaction.atomic
def replace_claimed(order_id: int, *, by: Actor, at: datetime) -> None:
    """What was claimed is replaced and arrived: the buyer has all his days to look at it. Raises GuaranteeCannot.

    Whatever of the order had not arrived, or never left, arrived with it.
    """
    guarantee = _claimable(order_id, Replace)
    deliver_replaced(order_id, by=by, at=at)
    until = rules.inspection_ends_at(at, guarantee.inspection_days)
    standing = rules.after(standing_of(guarantee), Replace(until))
    keep(guarantee, standing, "replaced", by=by, at=at)
    _say(guarantee, GuaranteeGoesOn, "guarantee.goes_on", {"is_replaced": True}, by=by, at=at)


@transaction.atomic
def resolve(order_id: int, *, to_store: Money, to_buyer: Money, by: Actor, at: datetime) -> None:
    """End a claimed guarantee with two amounts that are exactly what it answers for; what is the buyer's is now owed
    to him as a refund. Raises GuaranteeCannot, PartsDoNotAddUp.
    """
    order = orders.lock_order(order_id)
    guarantee = _claimable(order_id, Resolve)
    standing = rules.after(standing_of(guarantee), Resolve(to_store, to_buyer))
    keep(guarantee, standing, "resolved", by=by, at=at)
    book_released(guarantee, standing.released, at=at)
    book_returned(guarantee, standing.returned, at=at)
    if order.state == "shipped" and not to_store:
        orders.close_order(order_id, by=by, at=at)
    close_if_over(guarantee, by=by, at=at)
    said = {"to_store": to_store.plain, "to_buyer": to_buyer.plain}
    record(guarantee.store_id, by, "guarantee.resolved", f"order:{order_id}", said, at=at)
    publish_resolved(guarantee, standing, "resolved", at=at)
    # A cardholder's bank may have taken more than the buyer's part, and not decided yet.
    _book_after_the_end(guarantee, order, at=at)


@transaction.atomic
def follow_refunds(order_id: int, *, by: Actor, at: datetime) -> None:
    """Let the promise follow what the buyer has been given back, by a refund or by his bank. Harmless when repeated.

    All of it: the promise ends, and what of the order is left to send stays. A part: it is told when the promise ends.
    After the end, the store owes it.
    """
    order = orders.lock_order(order_id)
    guarantee = locked(order_id)
    if guarantee is None:
        return
    if guarantee.state in rules.ENDED:
        _book_after_the_end(guarantee, order, at=at)
    elif is_refunded(order_id):
        end_given_back(guarantee, "refunded", by=by, at=at)
    if guarantee.state in rules.ENDED and is_refunded(order_id):
        stop_sending(order_id, guarantee, by=by, at=at)


@transaction.atomic
def follow_lost_chargeback(order_id: int, *, by: Actor, at: datetime) -> None:
    """End the promise about an order that left when cardholders' banks decided that all of it is the buyer's again.

    What has not left waits for the person who has the case: nothing of it is settled yet.
    """
    order = orders.lock_order(order_id)
    guarantee = locked(order_id)
    if guarantee is None or guarantee.state in rules.ENDED or order.state not in LEFT:
        return
    if given_back(order_id).centavos == guarantee.funded_centavos and not waits_for_banks(order_id):
        end_given_back(guarantee, "charged_back", by=by, at=at)
        stop_sending(order_id, guarantee, by=by, at=at)


def _book_after_the_end(guarantee: Guarantee, order: LockedOrder, *, at: datetime) -> None:
    """Book what went back beyond what the promise ended with as the store's to bear, or undo it."""
    subject = f"order:{order.id}"
    told, times = booked_under(f"guarantee:{guarantee.pk}:", subject, Account.REFUNDS, currency=guarantee.currency)
    # What a claim decided to give back stays owed to the buyer, however often its way back fails.
    # So does what a cancelled order cost: the store has no right to it.
    is_owed = order.state == "cancelled" or _was_resolved(guarantee)
    promised = Money(guarantee.returned_centavos if is_owed else 0, guarantee.currency)
    if owed := max(given_back(order.id), promised) + told:
        legs = ((Account.DUE_TO_STORE, owed), (Account.REFUNDS, -owed))
        name = f"guarantee:{guarantee.pk}:after_the_end:{times + 1}"
        post(Journal(name, guarantee.store_id, subject, at, legs))


def _claimable(order_id: int, event: type[rules.Event]) -> Guarantee:
    """Lock the order and its guarantee. Raises GuaranteeCannot where nothing is promised yet."""
    orders.lock_order(order_id)
    guarantee = locked(order_id)
    if guarantee is None:
        raise rules.GuaranteeCannot(GuaranteeState.OFFERED, event.__name__)
    return guarantee


def _was_resolved(guarantee: Guarantee) -> bool:
    return GuaranteeEvent.objects.filter(guarantee=guarantee, is_terminal=True, kind="resolved").exists()


def _say(
    guarantee: Guarantee,
    fact: type[GuaranteeClaimed | GuaranteeGoesOn],
    action: str,
    said: dict[str, bool],
    *,
    by: Actor,
    at: datetime,
) -> None:
    order_id = guarantee.order_id
    record(guarantee.store_id, by, action, f"order:{order_id}", {"number": guarantee.number, **said}, at=at)
    publish(fact(store_id=guarantee.store_id, at=at, order_id=order_id, guarantee_id=guarantee.pk, **said))
