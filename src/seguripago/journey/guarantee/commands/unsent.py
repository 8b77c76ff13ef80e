"""What is left of an order will not be sent: by the store's word, or because all of its money went back."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Final, Literal

from django.db import transaction

from seguripago.journey.cards.queries import waits_for_banks
from seguripago.journey.cards.refusals import OnlyWhole
from seguripago.journey.delivery.commands import Where, prepare_shipments, withhold_rest
from seguripago.journey.delivery.rules import NothingLeftToSend, ReasonMissing
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.queries import given_back, is_refunded
from seguripago.journey.refunds.commands import ask_for_unsent, cancel_order, let_rest_go
from seguripago.journey.refunds.queries import has_road, refundable, refunds_of
from seguripago.journey.refunds.refusals import CancelAsked
from seguripago.journey.refunds.rules import REASON_LABELS, RefundReason
from seguripago.values.actor import Actor

from .. import rules
from ..models import Guarantee
from ..rest import rest_of
from ..rules import BankDecides, ClaimIsOpen, GuaranteeState
from .ending import close_if_over, end_given_back
from .holding import start_inspection
from .keeping import locked

SENDABLE: Final = frozenset({"paid", "preparing", "shipped"})
ALL_WENT_BACK: Final = "Todo lo pagado volvió a quien compró."

type Withheld = Literal["done", "asked"]


def will_not_send(order_id: int, *, reason: str, by: Actor, at: datetime) -> Withheld:
    """Say that what is left of a paid order will not be sent, and why: in words that the buyer reads.

    Where money is owed for it, a second person decides about its refund, and nothing leaves meanwhile; where all of it
    went back already, or a cardholder's bank took it for good, it is so at once. Of an order of which nothing left it
    is a cancellation. Raises ReasonMissing, NothingLeftToSend, ClaimIsOpen (the claim decides), BankDecides, OnlyWhole,
    and what refunds raise: UnsentAsked, CancelAsked, AlreadyProposed, NotYourRole, RefundWithoutWhy.
    """
    why = " ".join(reason.split())[:200]
    if not why:
        raise ReasonMissing
    with transaction.atomic():
        order = orders.lock_order(order_id)
        guarantee = locked(order_id)
        if order.state not in SENDABLE:
            raise NothingLeftToSend
        if guarantee is not None and guarantee.state == GuaranteeState.CLAIMED:
            raise ClaimIsOpen
        if waits_for_banks(order_id):
            raise BankDecides
        if order.part_sent_at is None and order.state != "shipped":
            if refundable(order_id):
                cancel_order(order_id, note=why, by=by, at=at)
                return "asked"
            if given_back(order_id) < order.total:
                raise CancelAsked
        prepare_shipments([order_id], by=by, at=at)
        rest = rest_of(order_id)
        if rest is None:
            raise NothingLeftToSend
        if rest.owed:
            if not has_road(order_id, rest.owed):
                raise OnlyWhole
            ask_for_unsent(order_id, rest.owed, note=why, by=by, at=at)
            return "asked"
        _withhold(order_id, guarantee, why, by=by, at=at)
    return "done"


@transaction.atomic
def carry_out_unsent(order_id: int, *, about: str, by: Actor, at: datetime) -> None:
    """Two people granted the refund of what will not be sent: now it is so. Harmless when repeated.

    What came back to the store since is not covered by it: then the rest stays held until its refund is granted too.
    """
    orders.lock_order(order_id)
    guarantee = locked(order_id)
    rest = rest_of(order_id)
    note = next((one.note for one in refunds_of(order_id) if one.subject == about), "")
    if rest is not None and not rest.owed:
        with suppress(NothingLeftToSend):
            _withhold(order_id, guarantee, note or REASON_LABELS[RefundReason.UNSENT], by=by, at=at)


def stop_sending(order_id: int, guarantee: Guarantee, *, by: Actor, at: datetime) -> None:
    """Nothing more leaves of an order whose money all went back, where a part had left: two people decided so."""
    with suppress(NothingLeftToSend):
        withhold_rest(order_id, reason=ALL_WENT_BACK, by=by, at=at)
        let_rest_go(order_id, by=by, at=at)
    close_if_over(guarantee, by=by, at=at)


def _withhold(order_id: int, guarantee: Guarantee | None, why: str, *, by: Actor, at: datetime) -> None:
    order = orders.lock_order(order_id)
    if order.part_sent_at is None and order.state != "shipped":
        # Nothing left and nothing is left to give back: the bank took all of it for good.
        _end_if_all_is_back(order_id, guarantee, by=by, at=at)
        orders.cancel_order(order_id, by=by, reason=why, at=at)
        return
    where = withhold_rest(order_id, reason=why, by=by, at=at)
    let_rest_go(order_id, by=by, at=at)
    _end_if_all_is_back(order_id, guarantee, by=by, at=at)
    if where is Where.ARRIVED:
        start_inspection(order_id, by=by, delivered_at=at)
    if guarantee is not None:
        close_if_over(guarantee, by=by, at=at)


def _end_if_all_is_back(order_id: int, guarantee: Guarantee | None, *, by: Actor, at: datetime) -> None:
    if guarantee is None or guarantee.state in rules.ENDED:
        return
    if given_back(order_id).centavos == guarantee.funded_centavos:
        end_given_back(guarantee, "refunded" if is_refunded(order_id) else "charged_back", by=by, at=at)
