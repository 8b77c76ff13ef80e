"""What analyst, buyer and assistant do with the order of a conversation whose row is already locked."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.orders import commands as order_commands
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import commands as payment_commands
from seguripago.journey.payments import queries as payments
from seguripago.journey.payments.queries import PaymentView
from seguripago.values import order_number
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem

from ..facts import OrderIdentified
from ..models import Conversation, Entry
from ..rules import stable_uuid
from . import cards, link_cards
from .refusals import DetailsNotAllowed, NoOrderYet, NothingToConfirm
from .thread import append, author_of, keep
from .tries import count_failure, tries_left

OWN_ORDERS: Final = 10
LINK_IS_NEW: Final = timedelta(minutes=1)
"""Whoever asks for another link within it has not looked for this one."""


def remember_own_orders(conversation: Conversation, own_order_tokens: Sequence[str]) -> None:
    """Keep which orders the buyer's own browser placed: its session is the second proof for those."""
    if not own_order_tokens or conversation.order_id is not None:
        return
    rows = orders.orders_by_tokens(conversation.store_id, own_order_tokens[:OWN_ORDERS])
    found = list(dict.fromkeys([*conversation.own_order_ids, *(row.id for row in rows)]))
    if found != conversation.own_order_ids:
        keep(conversation, own_order_ids=found[-OWN_ORDERS:])


def own_orders(conversation: Conversation) -> tuple[OrderView, ...]:
    """The orders of the buyer's browser, newest first."""
    views = orders.orders_by_id(conversation.own_order_ids).values()
    return tuple(sorted(views, key=lambda order: order.placed_at, reverse=True))


def identify(
    conversation: Conversation,
    number: str,
    *,
    pre_invoice_key: str = "",
    order_token: str = "",
    by: Actor,
    at: datetime,
) -> int | None:
    """Verify number and second proof. The order's id, or None with the same words whatever was wrong."""
    parsed = order_number.parse(number) or next(iter(order_number.find_all(number)), None)
    if conversation.order_id is not None and conversation.order_number == parsed:
        return conversation.order_id
    if tries_left(conversation, at=at) <= 0:
        _say_tries_are_over(conversation, at=at)
        return None
    order_id, proof = _prove(conversation, parsed or "", pre_invoice_key, order_token)
    if order_id is None or not _is_free(conversation, order_id):
        _fail(conversation, parsed or "", at=at)
        return None
    order_commands.prefill_checks(order_id, at=at)
    order = orders.order(order_id)
    keep(conversation, order_id=order.id, order_number=order.number, handed_over="", identified_at=at)
    cards.order_verified(conversation, order, proof, by.name, at=at)
    publish(
        OrderIdentified(
            store_id=conversation.store_id, at=at, conversation_id=conversation.pk, order_id=order.id, proof=proof
        )
    )
    subject, said = f"conversation:{conversation.pk}", {"order": order.number, "proof": proof}
    record(conversation.store_id, by, "conversation.identified", subject, said, at=at)
    return order.id


def _prove(conversation: Conversation, number: str, pre_invoice_key: str, order_token: str) -> tuple[int | None, str]:
    """Every road is walked, so that the answer takes as long whatever was wrong."""
    owned = {order.number: order.id for order in own_orders(conversation)}
    by_contact = orders.second_proof(
        conversation.store_id, number, email=conversation.buyer_email, phone=conversation.buyer_phone
    )
    by_key = (
        orders.second_proof(conversation.store_id, number, pre_invoice_key=pre_invoice_key) if pre_invoice_key else None
    )
    on_paper = orders.order_by_token(order_token) if order_token else None
    if on_paper is not None and on_paper.store_id == conversation.store_id and number in ("", on_paper.number):
        return on_paper.id, "pre_invoice"
    if by_key is not None:
        return by_key, "pre_invoice"
    if number in owned:
        return owned[number], "browser"
    return (by_contact, "contact") if by_contact is not None else (None, "")


def _is_free(conversation: Conversation, order_id: int) -> bool:
    """A conversation keeps the order it verified: another order is another conversation."""
    return conversation.order_id in (None, order_id)


def _fail(conversation: Conversation, number: str, *, at: datetime) -> None:
    count_failure(conversation, number, at=at)
    left = tries_left(conversation, at=at)
    text = _(
        "No pude verificar ese pedido con los datos de esta conversación. Revisa el No. de Pedido, usa el correo o"
        " teléfono con el que compraste, o sube tu PRE-FACTURA."
    )
    cards.post_status(conversation, "not_verified", text, (conversation.pk, left), at=at)
    if left <= 0:
        _say_tries_are_over(conversation, at=at)


def _say_tries_are_over(conversation: Conversation, *, at: datetime) -> None:
    text = _("Por seguridad, ya no puedo intentarlo de nuevo aquí. Un analista revisará tu pedido contigo.")
    cards.post_status(conversation, "tries_over", text, (conversation.pk,), at=at)


def require_order(conversation: Conversation) -> OrderView:
    if conversation.order_id is None:
        raise NoOrderYet
    return orders.order(conversation.order_id)


def run_checks(conversation: Conversation, items: Collection[CheckItem], *, by: Actor, at: datetime) -> OrderView:
    """Evaluate the six on live data and confirm the named ones; the card goes out when all six are confirmed."""
    order = require_order(conversation)
    order_commands.prefill_checks(order.id, at=at)
    order_commands.confirm_checks(order.id, items, by=by, at=at)
    order = orders.order(order.id)
    if order.all_checked and order.accepted_at is None:
        cards.confirmation(conversation, order, by.name, at=at)
        keep(conversation, correcting=False)
    return order


def accept(conversation: Conversation, *, by: Actor, at: datetime) -> None:
    """The buyer's «Todo correcto»: closes the card and verifies the order. A second press changes nothing."""
    order = require_order(conversation)
    if order.accepted_at is None:
        if not order.all_checked:
            raise NothingToConfirm
        order_commands.accept_confirmation(order.id, by=by, at=at)
        order = orders.order(order.id)
    note_acceptance(conversation, order, at=at)


def note_acceptance(conversation: Conversation, order: OrderView, *, at: datetime) -> None:
    """Draw the confirmation card as accepted, also when it was accepted on the order page."""
    accepted_at = order.accepted_at or at
    author = author_of(conversation, Actor.buyer(conversation.buyer_name))
    append(
        conversation,
        kind="text",
        author=author,
        body={"text": _("Todo correcto"), "answer": "accepted"},
        client_id=stable_uuid("accepted", order.id, accepted_at.isoformat()),
        at=at,
        closes=cards.open_card(conversation, "confirmation"),
    )
    keep(conversation, correcting=False)


def correct(conversation: Conversation, text: str, *, by: Actor, at: datetime) -> None:
    """The buyer's «Corregir»: the card is closed, the order holds the words, a person must look. Once for all of it."""
    order = require_order(conversation)
    if conversation.correcting and order.correction == text:
        return
    order_commands.ask_correction(order.id, text, by=by, at=at)
    note_correction(conversation, order, text, at=at)


def note_correction(conversation: Conversation, order: OrderView, text: str, *, at: datetime) -> None:
    closes = cards.open_card(conversation, "confirmation")
    cards.post_status(
        conversation,
        "correction_asked",
        _("Pediste corregir: %(text)s") % {"text": text},
        (order.id, at.isoformat()),
        at=at,
        closes=closes,
        answer="corrected",
    )
    keep(conversation, correcting=True)


def missing_for_details(order: OrderView) -> tuple[str, ...]:
    """What still stands before bank details may go: labels of open checks, then the acceptance."""
    missing = [check.label for check in order.checks if check.confirmed_at is None]
    if not order.checks:
        missing = [item.label for item in CheckItem]
    if order.accepted_at is None:
        missing.append(_("Aceptación del comprador"))
    return tuple(missing)


def send_details(conversation: Conversation, *, by: Actor, at: datetime) -> None:
    order = require_order(conversation)
    if missing := missing_for_details(order):
        raise DetailsNotAllowed(missing)
    payment_commands.send_transfer_details(order.id, by=by, at=at)
    payment = payments.payment_of(order.id)
    if payment is not None:
        cards.bank_details(conversation, order, payment, by.name, at=at)
        cards.transfer_monitored(conversation, order, payment, at=at)


def is_shown(conversation: Conversation, payment: PaymentView | None, channel: str) -> bool:
    """Whether the buyer was sent where to pay by this channel, and reads it in this conversation or pays no more."""
    if payment is None or payment.channel != channel:
        return False
    is_sent = payment.instructions is not None if channel == "spei" else bool(payment.link_token)
    card = "bank_details" if channel == "spei" else "link"
    return is_sent and (not payment.is_open or cards.has_card(conversation, card))


def show_what_was_sent(conversation: Conversation, *, at: datetime) -> bool:
    """Show the bank details or the link that another conversation or the order's page was sent; whether there are any.

    Whoever comes from another browser, or from one that keeps nothing, reads them here: nothing is sent a second time.
    """
    order = require_order(conversation)
    payment = payments.payment_of(order.id)
    if payment is None or not payment.is_open or missing_for_details(order) or payment.channel != order.preference:
        return False
    if payment.channel == "spei" and payment.instructions is not None:
        cards.bank_details(conversation, order, payment, "", at=at)
        cards.transfer_monitored(conversation, order, payment, at=at)
        return True
    if payment.channel == "link" and payment.link_token:
        link_cards.link(conversation, order, payment, "", at=at)
        return True
    return False


def send_link(
    conversation: Conversation,
    *,
    token: str,
    purpose: str = "whole",
    amount: Money | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Send a link for the whole, a deposit of that amount, or the rest; whatever was sent before is retired."""
    order = require_order(conversation)
    missing = missing_for_details(order)
    if missing and not order.is_quick:
        # A charge without a cart was ticked by whoever made it; its buyer says yes where the link leads.
        raise DetailsNotAllowed(missing)
    payment_commands.send_payment_link(order.id, token=token, purpose=purpose, amount=amount, by=by, at=at)
    payment = payments.payment_of(order.id)
    if payment is not None:
        link_cards.link(conversation, order, payment, by.name, at=at)


def send_link_again(conversation: Conversation, *, token: str, by: Actor, at: datetime) -> None:
    """Send a new link for what the last one asked for; the one that was lost ends."""
    payment = payments.payment_of(require_order(conversation).id)
    is_deposit = payment is not None and payment.link_purpose == "deposit"
    send_link(
        conversation,
        token=token,
        purpose="deposit" if is_deposit else "whole",
        amount=payment.link_amount if payment is not None and is_deposit else None,
        by=by,
        at=at,
    )


def is_new_link(conversation: Conversation, *, at: datetime) -> bool:
    """Whether this conversation was sent a link a moment ago."""
    shown = Entry.objects.filter(conversation=conversation, kind="card", body__card="link", at__gt=at - LINK_IS_NEW)
    return shown.exists()


def ask_for_evidence(conversation: Conversation, *, key: Sequence[object], at: datetime, once: bool = True) -> None:
    """Ask for the comprobante; `once` keeps the server from repeating what is asked or already there."""
    if not once or lacks_evidence(conversation):
        cards.evidence_requested(conversation, require_order(conversation), key, at=at)


def lacks_evidence(conversation: Conversation) -> bool:
    """Whether a comprobante was neither asked for nor given yet."""
    order_id = conversation.order_id
    if order_id is None or cards.has_card(conversation, "evidence_requested"):
        return False
    return not evidence.evidence_of(order_id)


def staff_acted(conversation: Conversation, at: datetime) -> None:
    """An analyst did something visible: that is an answer, and the assistant is silent again."""
    keep(conversation, **answered(conversation, at))


def answered(conversation: Conversation, at: datetime) -> dict[str, object]:
    """What an analyst's answer changes of its conversation."""
    changes: dict[str, object] = {"last_staff_at": at, "led_by": "analyst"}
    if conversation.handed_over:
        # Whoever asked for a person has heard one.
        changes["handed_over"] = ""
    if conversation.first_answer_at is None:
        changes |= {"first_answer_at": at, "first_answer_by_id": conversation.analyst_id}
    return changes


def fresh_id(conversation: Conversation, *parts: object) -> uuid.UUID:
    """An id for something said once at this point of the conversation."""
    return stable_uuid(conversation.pk, conversation.seq, *parts)
