"""Bank-details cards by what is printed on them, with whether the store's signature holds: for whoever doubts."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime

from seguripago.foundations.stores import queries as stores
from seguripago.journey.payments import queries as payments
from seguripago.values.money import Money

from .. import rules
from ..models import Attendance, Conversation, Entry


@dataclass(frozen=True, slots=True)
class SealedCard:
    """A bank-details card. `standing` is open, received, expired or retired; `is_genuine`: the signature holds."""

    store_id: int
    conversation_code: str
    check_code: str
    analyst_name: str
    analyst_number: str
    clabe: str
    beneficiary: str
    bank: str
    amount: Money
    sent_at: datetime
    expires_at: datetime
    standing: str
    is_genuine: bool


@dataclass(frozen=True, slots=True)
class Attending:
    """Who attends the conversation of a code."""

    store_id: int
    name: str
    number: str
    is_responsible: bool


def sealed_cards(code: str, *, check_code: str = "", clabe: str = "", at: datetime) -> tuple[SealedCard, ...]:
    """The cards of the conversation with this code that carry this check code or this CLABE, newest first."""
    if not (check_code or clabe):
        return ()
    rows = Entry.objects.filter(conversation_id__in=_with_code(code), kind="card", body__card="bank_details")
    rows = rows.filter(body__check_code=check_code) if check_code else rows.filter(body__clabe=clabe)
    return tuple(_sealed(row, at) for row in rows.select_related("conversation").order_by("-pk")[:4])


def seal_of_order(order_id: int) -> tuple[str, str] | None:
    """Conversation code and check code of the newest signed card of an order, or None."""
    row = (
        Entry.objects.filter(conversation__order_id=order_id, kind="card", body__card="bank_details")
        .filter(body__order_id=order_id, body__has_key="check_code")
        .order_by("-pk")
        .values_list("conversation__code", "body__check_code")
        .first()
    )
    return None if row is None else (str(row[0]), str(row[1]))


def attending(code: str, analyst_number: str) -> Attending | None:
    """Whether this analyst attends, or attended, the conversation with this code; None when not, or for no code."""
    for row in Conversation.objects.filter(pk__in=_with_code(code)).order_by("pk"):
        if row.analyst_number == analyst_number:
            return Attending(row.store_id, row.analyst_name, row.analyst_number, is_responsible=True)
        attended = Attendance.objects.filter(conversation=row, user__analyst_number=analyst_number)
        found = attended.values_list("user__name", flat=True).first()
        if found is not None:
            return Attending(row.store_id, str(found), analyst_number, is_responsible=False)
    return None


def _with_code(code: str) -> list[int]:
    """The conversations with this code: one in a store, and stores are few."""
    store_ids = [store.id for store in stores.stores_all()]
    return list(Conversation.objects.filter(store_id__in=store_ids, code=code).values_list("pk", flat=True))


def _sealed(row: Entry, at: datetime) -> SealedCard:
    body, conversation = row.body, row.conversation
    expires_at = datetime.fromisoformat(body["expires_at"])
    message = rules.signed_text(conversation.store_id, conversation.code, str(row.client_id), body)
    return SealedCard(
        store_id=conversation.store_id,
        conversation_code=conversation.code,
        check_code=str(body.get("check_code", "")),
        analyst_name=conversation.analyst_name,
        analyst_number=conversation.analyst_number,
        clabe=str(body["clabe"]),
        beneficiary=str(body["beneficiary"]),
        bank=str(body["bank"]),
        amount=Money(body["amount_centavos"]),
        sent_at=datetime.fromisoformat(body["sent_at"]),
        expires_at=expires_at,
        standing=_standing(row, expires_at, at),
        is_genuine=_holds(conversation.store_id, message, str(body.get("signature", "")), body.get("check_code")),
    )


def _holds(store_id: int, message: bytes, signature: str, code: object) -> bool:
    try:
        raw = base64.b64decode(signature, validate=True)
    except binascii.Error:
        return False
    return (
        bool(raw)
        and code == rules.check_code(signature)
        and stores.signed_by(stores.store_by_id(store_id), message, raw)
    )


def _standing(row: Entry, expires_at: datetime, at: datetime) -> str:
    closing = Entry.objects.filter(conversation=row.conversation, closes=row.seq).order_by("-seq").first()
    if closing is not None:
        return "received" if closing.body.get("answer") == "received" else "retired"
    payment = payments.payment_of(row.body["order_id"])
    if payment is None or payment.instructions is None or payment.instructions.clabe != row.body["clabe"]:
        return "retired"
    if payment.is_confirmed:
        return "received"
    # The clock may have been given more time since: the payment's own deadline counts.
    return "open" if payment.is_open and at < max(expires_at, payment.expires_at) else "expired"
