"""What screens and papers read of a purchase's backing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from .models import PurchaseBacking
from .rules import Filed


@dataclass(frozen=True, slots=True)
class BackingView:
    """Whether a purchase is backed, and by what; `file_by` is when the bank's notice is filed without a comprobante."""

    order_id: int
    backed_at: datetime | None
    filed: str
    filed_label: str
    subject: str
    receipt: str
    certificate: str
    file_by: datetime

    @property
    def is_backed(self) -> bool:
        """Answer whether nothing is missing."""
        return self.backed_at is not None


def backing_of(order_id: int) -> BackingView | None:
    """Answer the backing of an order, None while its payment is not confirmed."""
    return backings_of([order_id]).get(order_id)


def backings_of(order_ids: Collection[int]) -> dict[int, BackingView]:
    """Answer the backing of each of these orders whose payment was confirmed."""
    return {
        row.order_id: BackingView(
            order_id=row.order_id,
            backed_at=row.backed_at,
            filed=row.filed,
            filed_label=filed_label(row.filed),
            subject=row.subject,
            receipt=row.receipt,
            certificate=row.certificate,
            file_by=row.file_by,
        )
        for row in PurchaseBacking.objects.filter(order_id__in=list(order_ids))
    }


def filed_label(filed: str) -> str:
    """Answer in plain words what shows that the money came."""
    labels = {
        Filed.COMPROBANTE: _("tu comprobante, que coincide con el depósito"),
        Filed.CEP: _("tu CEP, con sello válido"),
        Filed.BANK_NOTICE: _("el aviso del banco"),
        Filed.CARD_VOUCHER: _("el voucher de la tarjeta"),
    }
    return labels[Filed(filed)] if filed else ""
