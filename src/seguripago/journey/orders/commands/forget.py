"""A buyer's right to be erased: who ordered, in orders that ended and that no money ever reached."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.values.actor import Actor
from seguripago.values.address import NOWHERE
from seguripago.values.steps import CheckItem

from ..models import Check, PreInvoice
from ..rules import State
from ..shapes import Billing, Buyer
from .locking import locked_row
from .place import search_text

NOBODY: Final = "Comprador"
_ENDED: Final = (State.CANCELLED, State.EXPIRED)


def forget_buyer(order_ids: Collection[int], *, by: Actor, at: datetime) -> int:
    """Blank who ordered, who is billed and where it was to go. Returns how many were blanked.

    An order that was paid, that is still open or that is blank already stays as it is; whether money came for one that
    ended, callers must have asked.
    """
    return sum(_forget(order_id, by=by, at=at) for order_id in sorted(order_ids))


def _forget(order_id: int, *, by: Actor, at: datetime) -> bool:
    with transaction.atomic():
        row = locked_row(order_id)
        if row.state not in _ENDED or row.paid_at is not None or not row.buyer_email:
            return False
        billing = Billing(False, "", "", "", "", "", NOWHERE).to_json()
        row.buyer_name, row.buyer_email, row.buyer_phone = NOBODY, "", ""
        row.billing, row.shipping = billing, NOWHERE.to_json()
        row.search = search_text(row.number, name="", email="", phone="")
        row.correction, row.cancel_reason, row.note, row.marketing_opt_in = "", "", "", False
        row.save(
            update_fields=[
                "buyer_name",
                "buyer_email",
                "buyer_phone",
                "billing",
                "shipping",
                "search",
                "correction",
                "cancel_reason",
                "note",
                "marketing_opt_in",
            ]
        )
        Check.objects.filter(order=row, item__in=(CheckItem.DATA, CheckItem.ADDRESSES)).update(says="", detail="")
        blank = {"buyer": Buyer(NOBODY, "", "").to_json(), "billing": billing, "shipping": NOWHERE.to_json()}
        for paper in PreInvoice.objects.filter(order=row):
            paper.body |= blank
            paper.save(update_fields=["body"])
        record(row.store_id, by, "order.buyer_erased", f"order:{row.pk}", {}, at=at)
    return True
