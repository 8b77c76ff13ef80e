"""The order of a conversation: number and second proof, the six checks, the buyer's answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from seguripago.values.actor import Actor
from seguripago.values.steps import CheckItem

from .. import rules
from ..models import Conversation
from . import acts, leading
from .assigning import begin
from .refusals import EmptyMessage
from .speaking import hear_again
from .thread import keep, lock


def identify_order(
    conversation_id: int,
    number: str,
    *,
    own_order_tokens: Sequence[str] = (),
    pre_invoice_key: str = "",
    by: Actor,
    at: datetime,
) -> int | None:
    """Verify an order by number and second proof. Its id, or None with one answer for every reason.

    The second proof is the buyer's own browser, the conversation's e-mail or telephone equal to the order's, or the
    key printed on the PRE-FACTURA. Five failures leave it to a person.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        begin(conversation, by, at=at)
        acts.remember_own_orders(conversation, own_order_tokens)
        order_id = acts.identify(conversation, number, pre_invoice_key=pre_invoice_key, by=by, at=at)
        _after(conversation, by, at)
    return order_id


def confirm_all(conversation_id: int, items: Collection[CheckItem], *, by: Actor, at: datetime) -> None:
    """Evaluate the six checks on live data and confirm the named ones; the card goes out with the sixth.

    Items whose evidence fails stay open, unless an analyst confirms one by name. Raises NoOrderYet, orders.CheckFailed.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        begin(conversation, by, at=at)
        acts.run_checks(conversation, items, by=by, at=at)
        _after(conversation, by, at)


def buyer_accepts(conversation_id: int, *, at: datetime) -> None:
    """The buyer's «Todo correcto». Raises NothingToConfirm when no confirmation is open."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        hear_again(conversation, at=at)
        acts.accept(conversation, by=Actor.buyer(conversation.buyer_name), at=at)
        keep(conversation, last_buyer_at=at)
        leading.go_on(conversation, None, at=at)


def buyer_corrects(conversation_id: int, text: str, *, at: datetime) -> None:
    """The buyer's «Corregir», with what is wrong."""
    said = rules.mask_secrets(rules.clean(text))[: rules.LIMIT]
    if not said:
        raise EmptyMessage
    with transaction.atomic():
        conversation = lock(conversation_id)
        hear_again(conversation, at=at)
        acts.correct(conversation, said, by=Actor.buyer(conversation.buyer_name), at=at)
        keep(conversation, last_buyer_at=at)
        leading.go_on(conversation, None, at=at)


def _after(conversation: Conversation, by: Actor, at: datetime) -> None:
    if by.kind == "staff":
        acts.staff_acted(conversation, at)
    elif by.kind == "buyer":
        keep(conversation, last_buyer_at=at)
        leading.go_on(conversation, None, at=at)
