"""What screens and papers read of a guarantee."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings

from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.orders.shapes import OrderView
from seguripago.ports.documents import Certificate, StoreIdentity
from seguripago.values.money import Money

from .models import Guarantee, GuaranteeEvent
from .rest import Rest as Rest
from .rest import rest_of as rest_of
from .rules import short_name


@dataclass(frozen=True, slots=True)
class GuaranteeView:
    """A guarantee as the order page, the desk and the chat show it. `amount` is what was paid for.

    `inspection_days`: the days to look that were promised when it began, whatever the store promises since.
    """

    number: str
    state: str
    amount: Money
    held_at: datetime
    ship_by: datetime
    deliver_by: datetime
    inspection_ends_at: datetime | None
    released_at: datetime | None
    key: str
    inspection_days: int


@dataclass(frozen=True, slots=True)
class GuaranteeEventView:
    """A line of a guarantee's history."""

    kind: str
    at: datetime
    actor_name: str


@dataclass(frozen=True, slots=True)
class CertificateView:
    """What anyone who holds folio and key may read: enough to compare with the paper, no more."""

    order_id: int
    number: str
    state: str
    order_number: str
    store_name: str
    legal_name: str
    buyer_name: str
    amount: Money
    held_at: datetime
    ship_by: datetime
    deliver_by: datetime
    inspection_ends_at: datetime | None
    released_at: datetime | None
    mode: str
    partner: str


def guarantee_of(order_id: int) -> GuaranteeView | None:
    """Answer the guarantee of an order, None while its payment is not confirmed."""
    return guarantees_of([order_id]).get(order_id)


def guarantees_of(order_ids: Collection[int]) -> dict[int, GuaranteeView]:
    """Answer the guarantees of these orders; those whose payment is not confirmed are left out."""
    return {
        row.order_id: GuaranteeView(
            number=row.number,
            state=row.state,
            amount=Money(row.funded_centavos, row.currency),
            held_at=row.held_at,
            ship_by=row.ship_by,
            deliver_by=row.deliver_by,
            inspection_ends_at=row.inspection_ends_at,
            released_at=row.released_at,
            key=row.key,
            inspection_days=row.inspection_days,
        )
        for row in Guarantee.objects.filter(order_id__in=list(order_ids))
    }


def guarantee_history(order_id: int) -> tuple[GuaranteeEventView, ...]:
    """Answer what happened to the guarantee of an order, the first first."""
    rows = GuaranteeEvent.objects.filter(guarantee__order_id=order_id).order_by("pk")
    return tuple(GuaranteeEventView(row.kind, row.at, row.actor_name) for row in rows)


def certificate_by_number(number: str, key: str) -> CertificateView | None:
    """Answer the certificate with this folio and key; None for a wrong one of either, without telling which."""
    given = key.strip().upper()
    # Folios are numbered per store: the key, and not the folio alone, says which paper it is.
    for row in Guarantee.objects.filter(number=number.strip().upper()).order_by("pk"):
        if hmac.compare_digest(row.key.encode(), given.encode()):
            return _public(row)
    return None


def certificate_document(order_id: int) -> Certificate | None:
    """Answer the certificate of an order, ready for the printer; None while there is no guarantee."""
    row = Guarantee.objects.filter(order_id=order_id).first()
    if row is None:
        return None
    store, order = store_by_id(row.store_id), read_order(order_id)
    base = settings.SEGURIPAGO.base_url.rstrip("/")
    query = urlencode({"numero": row.number, "clave": row.key})
    return Certificate(
        store=_identity(store),
        number=row.number,
        order_number=order.number,
        buyer_name=short_name(order.buyer.name),
        amount=Money(row.funded_centavos, row.currency),
        issued_at=row.held_at,
        inspection_days=row.inspection_days,
        key=row.key,
        verify_url=f"{base}/verificar/?{query}",
        claim_url=f"{base}/reclamar/",
        delivery_place=_place(order),
        ship_by=row.ship_by,
        deliver_by=row.deliver_by,
        inspection_ends_at=row.inspection_ends_at,
        claims_email=store.claims_email,
        mode=row.mode,
        partner=row.partner,
        is_sent=not order.is_quick,
    )


def _public(row: Guarantee) -> CertificateView:
    store, order = store_by_id(row.store_id), read_order(row.order_id)
    return CertificateView(
        order_id=row.order_id,
        number=row.number,
        state=row.state,
        order_number=order.number,
        store_name=store.name,
        legal_name=store.legal_name,
        buyer_name=short_name(order.buyer.name),
        amount=Money(row.funded_centavos, row.currency),
        held_at=row.held_at,
        ship_by=row.ship_by,
        deliver_by=row.deliver_by,
        inspection_ends_at=row.inspection_ends_at,
        released_at=row.released_at,
        mode=row.mode,
        partner=row.partner,
    )


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


def _place(order: OrderView) -> str:
    return "" if order.is_quick else f"{order.shipping.postal_code}, {order.shipping.state}"
