"""Bank details, link, «Ya transferí», comprobante and PRE-FACTURA dropped into the chat."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from seguripago.journey.evidence import commands as evidence_commands
from seguripago.journey.payments import commands as payment_commands
from seguripago.journey.payments import queries as payments
from seguripago.journey.payments.refusals import LinkEnded, NoOpenTransfer
from seguripago.journey.payments.rules.asked_deposit import deposit_asked
from seguripago.values import clabe
from seguripago.values.actor import Actor

from .. import rules
from ..models import Conversation, Entry
from . import acts, cards, filing, leading, link_cards, papers
from .assigning import begin
from .speaking import hear_again
from .thread import Author, append, keep, lock

PRESSED_TWICE: Final = timedelta(minutes=1)


def send_bank_details(conversation_id: int, *, by: Actor, at: datetime) -> None:
    """Send bank, CLABE, beneficiary, concept, exact amount and deadline as a card.

    Raises DetailsNotAllowed, naming what is open, unless the six checks are confirmed and the buyer accepted.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        begin(conversation, by, at=at)
        acts.send_details(conversation, by=by, at=at)
        acts.staff_acted(conversation, at)


def send_link(
    conversation_id: int,
    *,
    token: str,
    purpose: str = "whole",
    deposit: str = "",
    by: Actor,
    at: datetime,
) -> None:
    """Send the encrypted payment link; it retires what was sent before. `deposit` is an amount or a percentage.

    Raises DetailsNotAllowed, payments' DepositUnreadable and DepositOutOfPlace.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        begin(conversation, by, at=at)
        amount = None
        if purpose == "deposit":
            order = acts.require_order(conversation)
            payment = payments.payment_of(order.id)
            missing = payment.missing if payment is not None and payment.is_open else order.total
            amount = deposit_asked(deposit, whole=order.total, missing=missing)
        acts.send_link(conversation, token=token, purpose=purpose, amount=amount, by=by, at=at)
        acts.staff_acted(conversation, at)


def revoke_link(conversation_id: int, *, why: str, by: Actor, at: datetime) -> None:
    """Withdraw the live link of the conversation's order, for a reason; the chat says so. Raises LinkEnded."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        begin(conversation, by, at=at)
        payment = payments.payment_of(acts.require_order(conversation).id)
        if payment is None or payment.link_id is None:
            raise LinkEnded
        payment_commands.revoke_link(payment.link_id, why=why, by=by, at=at)
        link_cards.ended(conversation, payment.link_id, "revoked", why, at=at)
        acts.staff_acted(conversation, at)


def ask_evidence(conversation_id: int, *, by: Actor, at: datetime) -> None:
    """Ask for the comprobante with a card; asked again, the newer card replaces the older."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        begin(conversation, by, at=at)
        acts.ask_for_evidence(conversation, key=(at.isoformat(),), at=at, once=False)
        acts.staff_acted(conversation, at)


def buyer_transferred(conversation_id: int, bank: str, day: date, tracking_key: str, *, at: datetime) -> None:
    """The buyer's «Ya transferí», with Banxico's code of the sending bank, the day and the clave de rastreo.

    The same pressed again within a minute is the same. When the money was faster than the press there is nothing left
    to look for: what he said stays said, and he is told that it is paid.
    """
    with transaction.atomic():
        conversation = lock(conversation_id)
        hear_again(conversation, at=at)
        order = acts.require_order(conversation)
        key = rules.mask_secrets(tracking_key)[:30]
        claim = str(rules.stable_uuid("claim", bank, day.isoformat(), key))
        if Entry.objects.filter(conversation=conversation, body__claim=claim, at__gt=at - PRESSED_TWICE).exists():
            return
        try:
            payment_commands.claim_transfer(order.id, bank=bank, date=day, tracking_key=tracking_key, at=at)
        except NoOpenTransfer:
            if acts.require_order(conversation).paid_at is None:
                raise
        name = clabe.institution_name(bank) or bank
        text = _("Ya transferí desde %(bank)s") % {"bank": name} if name else _("Ya transferí")
        _buyer_says(conversation, text, ("claimed", order.id, claim, at.isoformat()), at=at, claim=claim)
        leading.go_on(conversation, rules.understand(text), at=at)


def file_received(conversation_id: int, evidence_id: int, filename: str, *, at: datetime) -> None:
    """Show that a comprobante was kept."""
    with transaction.atomic():
        conversation = lock(conversation_id)
        hear_again(conversation, at=at)
        cards.evidence_received(conversation, evidence_id, rules.clean_filename(filename), at=at)
        keep(conversation, last_buyer_at=at)
        leading.go_on(conversation, None, at=at)


def drop_document(conversation_id: int, body: bytes, filename: str, *, at: datetime) -> str:
    """Take a file that the buyer dropped: a PRE-FACTURA verifies its order, anything else is kept as comprobante.

    Before an order is verified there is nothing that a comprobante could prove: the file is kept as a file of the
    conversation. Returns `pre_invoice`, `evidence` or `file`; the refusals of `evidence.keep_evidence` and
    `keep_buyers_file` pass through.
    """
    paper = papers.read_pre_invoice(body)
    if paper is not None:
        with transaction.atomic():
            conversation = lock(conversation_id)
            hear_again(conversation, at=at)
            _verify_by_paper(conversation, paper, filename, at=at)
        return "pre_invoice"
    conversation = Conversation.objects.get(pk=conversation_id)
    if conversation.order_id is None:
        filing.keep_buyers_file(conversation_id, filename=filename, body=body, at=at)
        return "file"
    by = Actor.buyer(conversation.buyer_name)
    evidence_id = evidence_commands.keep_evidence(conversation.order_id, filename=filename, body=body, by=by, at=at)
    file_received(conversation_id, evidence_id, filename, at=at)
    return "evidence"


def _verify_by_paper(conversation: Conversation, paper: papers.PreInvoicePaper, filename: str, *, at: datetime) -> None:
    _buyer_says(
        conversation,
        _("PRE-FACTURA %(number)s") % {"number": paper.number},
        ("paper", conversation.pk, conversation.seq),
        at=at,
        filename=rules.clean_filename(filename),
    )
    acts.identify(
        conversation,
        paper.number,
        pre_invoice_key=paper.key,
        order_token=paper.order_token,
        by=Actor.buyer(conversation.buyer_name),
        at=at,
    )
    leading.go_on(conversation, None, at=at)


def _buyer_says(conversation: Conversation, text: str, key: tuple[object, ...], *, at: datetime, **more: Any) -> None:
    append(
        conversation,
        kind="text",
        author=Author("buyer", 0, conversation.buyer_name),
        body={"text": text, **more},
        client_id=rules.stable_uuid(*key),
        at=at,
    )
    keep(conversation, last_buyer_at=at)
