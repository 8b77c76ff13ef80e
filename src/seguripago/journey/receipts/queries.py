"""What screens, papers and the public read of a receipt."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from seguripago.foundations.audit.queries import Head, holds
from seguripago.foundations.stores.queries import StoreView, store_by_id, stores_all
from seguripago.journey.cards.queries import paid_charges
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.payments.queries import payment_of
from seguripago.ports.documents import Receipt as ReceiptPaper
from seguripago.ports.documents import ReceiptLine, StoreIdentity
from seguripago.values.money import Money

from . import rules
from .models import Receipt, ReceiptAnchor, ReceiptCounter
from .reading import faults_since, sealed

ANCHORS_PUBLISHED: Final = 400


@dataclass(frozen=True, slots=True)
class ReceiptView:
    """A receipt. `body` is what was signed, `file` the JSON that anyone may verify offline."""

    id: int
    order_id: int
    store_id: int
    number: str
    issued_at: datetime
    body: Mapping[str, Any]
    prev_hash: str
    hash: str
    signature: str
    key_id: str
    file: bytes

    @property
    def key(self) -> str:
        """Answer the digits that say which paper this is."""
        return self.hash[: rules.KEY_DIGITS]

    @property
    def amount(self) -> Money:
        """Answer what was paid."""
        return Money.parse(self.body["amount"], self.body["currency"])


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a receipt stands, and the names of what is wrong with it."""

    valid: bool
    reasons: tuple[str, ...]


def receipt_of(order_id: int) -> ReceiptView | None:
    """Answer the receipt of an order, None while there is none."""
    # An order has one or a few: asked for the first by id, PostgreSQL may walk all receipts in the order of their ids.
    return _view(min(Receipt.objects.filter(order_id=order_id), key=lambda row: row.pk, default=None))


def receipt_by_number(number: str, key: str = "") -> ReceiptView | None:
    """Answer the receipt of that number; stores count alike, so `key`, the first digits of its hash, says which.

    Without a key only a number that one store alone has is answered; a wrong key answers nothing.
    """
    rows = list(Receipt.objects.filter(number=number.strip().upper()).order_by("pk"))
    given = "".join(key.split()).lower()
    if given:
        rows = [row for row in rows if len(given) >= rules.KEY_DIGITS and _begins(row.hash, given)]
    return _view(rows[0]) if len(rows) == 1 else None


def verify(receipt_id: int) -> Verification:
    """Compute a kept receipt anew: its hash, its signature, and its place after the one before it."""
    row = Receipt.objects.get(pk=receipt_id)
    faults = list(rules.faults_of(sealed(row), base64.b64decode(store_by_id(row.store_id).public_key)))
    before = Receipt.objects.filter(store_id=row.store_id, place=row.place - 1).values_list("hash", flat=True).first()
    expected = before if row.place > 1 else rules.FIRST
    if row.prev_hash != expected:
        faults.append("chain_broken")
    return Verification(not faults, tuple(faults))


@dataclass(frozen=True, slots=True)
class ChainProof:
    """How many receipts and anchors there are, and of which stores they are not what was signed."""

    receipts: int
    anchors: int
    broken: tuple[tuple[str, tuple[str, ...]], ...]


def prove_chains() -> ChainProof:
    """Compute every receipt and anchor of every store anew: hashes, signatures, order, ends, and the audit's heads."""
    receipts, anchors, broken = 0, 0, []
    for store in stores_all():
        raw = base64.b64decode(store.public_key)
        faults = set(faults_since(store.id, raw, (0, rules.FIRST)))
        rows = list(ReceiptAnchor.objects.filter(store_id=store.id).order_by("place"))
        faults |= {f"anchor:{fault}" for fault in rules.faults_of_anchors([_anchor(row) for row in rows], raw)}
        hashes = dict(Receipt.objects.filter(store_id=store.id).values_list("place", "hash"))
        if any(hashes.get(row.receipt_place) != row.head for row in rows):
            faults.add("anchor_missing")
        end = ReceiptCounter.objects.filter(store_id=store.id, last_place__gt=0).first()
        if end is not None and hashes.get(end.last_place) != end.last_hash:
            faults.add("end_missing")
        for row in rows:
            said = json.loads(row.body)
            if said["head"] != row.head or not holds(Head(said["audit_seq"], said["audit_head"])):
                faults.add("audit_head_differs")
        receipts, anchors = receipts + len(hashes), anchors + len(rows)
        if faults:
            broken.append((store.slug, tuple(sorted(faults))))
    return ChainProof(receipts, anchors, tuple(broken))


def anchors_file(store_id: int) -> bytes:
    """Answer the newest anchors of a store as anyone may keep them, the oldest first."""
    rows = ReceiptAnchor.objects.filter(store_id=store_id).order_by("-place")[:ANCHORS_PUBLISHED]
    return rules.anchors_file([_anchor(row) for row in reversed(rows)])


def receipt_document(order_id: int) -> ReceiptPaper | None:
    """Answer the receipt of an order ready for the printer, None while there is none."""
    view = receipt_of(order_id)
    if view is None:
        return None
    order, store, payment = read_order(order_id), store_by_id(view.store_id), payment_of(order_id)
    base = settings.SEGURIPAGO.base_url.rstrip("/")
    return ReceiptPaper(
        store=_identity(store),
        number=view.number,
        order_number=order.number,
        buyer_name=order.buyer.name,
        amount=view.amount,
        channel_label=_paid_with(view.body["channel"], payment.id if payment else 0),
        confirmed_at=datetime.fromisoformat(view.body["confirmed_at"]),
        issued_at=view.issued_at,
        hash=view.hash,
        signature=view.signature,
        key_id=view.key_id,
        verify_url=f"{base}/verificar/?{urlencode({'n': view.number, 'k': view.key})}",
        received_at=payment.received_at if payment else None,
        tracking_key=view.body["tracking_key"],
        lines=tuple(ReceiptLine(quantity=line.quantity, name=line.name, amount=line.subtotal) for line in order.lines),
        shipping_fee=None if order.is_quick else order.shipping_fee,
        file=view.file,
    )


def channel_label(channel: str) -> str:
    """Answer the payment medium as the buyer knows it."""
    labels = {
        "spei": _("Transferencia electrónica SPEI"),
        "link": _("Link de pago encriptado"),
        "card": _("Tarjeta de débito o crédito"),
    }
    return labels.get(channel, channel)


def _paid_with(channel: str, payment_id: int) -> str:
    """The medium, and what the gateway's voucher says of each card that was charged."""
    charges = paid_charges([payment_id]).get(payment_id, ())
    return " · ".join([channel_label(channel), *(charge.says for charge in charges)])


def _view(row: Receipt | None) -> ReceiptView | None:
    if row is None:
        return None
    return ReceiptView(
        id=row.pk,
        order_id=row.order_id,
        store_id=row.store_id,
        number=row.number,
        issued_at=row.issued_at,
        body=json.loads(row.body),
        prev_hash=row.prev_hash,
        hash=row.hash,
        signature=row.signature,
        key_id=row.key_id,
        file=rules.file_of(sealed(row)),
    )


def _anchor(row: ReceiptAnchor) -> rules.Anchor:
    return rules.Anchor(row.body, row.prev_hash, row.hash, row.signature, row.key_id)


def _begins(digest: str, given: str) -> bool:
    return hmac.compare_digest(digest[: len(given)].encode(), given.encode())


def _identity(store: StoreView) -> StoreIdentity:
    return StoreIdentity(
        name=store.name,
        legal_name=store.legal_name,
        rfc=store.rfc,
        tax_regime=store.tax_regime,
        address=store.street_address,
        postal_code=store.postal_code,
        phone=store.phone,
        email=store.email,
    )
