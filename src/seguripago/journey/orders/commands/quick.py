"""«Cobro rápido»: a charge that the store makes for one buyer, without a cart; after that, an order like any other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from django.db import IntegrityError, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.catalogue.rules import LEAST_WARRANTY_DAYS
from seguripago.values.actor import Actor
from seguripago.values.address import NOWHERE
from seguripago.values.calendar import MEXICO
from seguripago.values.refusal import Refusal
from seguripago.values.safe_text import mask_secrets
from seguripago.values.steps import CheckItem

from ..facts import OrderPlaced
from ..models import Order, OrderLine, PreInvoice
from ..rules import DetailsRefused, Kind, State, StockState, quick_faults, quick_hash
from ..shapes import Billing, PlaceQuickOrder
from .confirm import confirm_checks
from .place import CheckoutAlreadyUsed, NumberTaken, PrivacyNoticeMissing, pre_invoice_body, search_text

SKU: Final = "COBRO"
# SAT, c_ClaveProdServ and c_ClaveUnidad: «no existe en el catálogo», «unidad de servicio».
SAT_PRODUCT, SAT_UNIT = "01010101", "E48"
NO_BILLING: Final = Billing(False, "", "", "", "", "", NOWHERE)


class ChargesAreMadeByStaff(Refusal):
    """A charge without a cart carries the name of whoever at the store makes it and ticks its checks."""

    code: ClassVar[str] = "SP-225"


def place_quick_order(store_id: int, asked: PlaceQuickOrder, *, by: Actor, at: datetime) -> int:
    """Make the charge, tick its six checks in the name of whoever makes it and announce OrderPlaced; returns its id.

    The same request answers the same id. Its buyer's yes is still asked for. Raises DetailsRefused,
    ChargesAreMadeByStaff, PrivacyNoticeMissing, CheckoutAlreadyUsed, NumberTaken.
    """
    if by.kind != "staff":
        raise ChargesAreMadeByStaff
    if not asked.privacy_version.strip():
        raise PrivacyNoticeMissing
    faults = quick_faults(asked)
    if faults:
        raise DetailsRefused(faults)
    made = _made_already(store_id, asked)
    if made is not None:
        return made
    try:
        with transaction.atomic():
            return _make(store_id, asked, by, at)
    except IntegrityError:
        made = _made_already(store_id, asked)
        if made is None:
            raise NumberTaken(asked.number) from None
        return made


def _make(store_id: int, asked: PlaceQuickOrder, by: Actor, at: datetime) -> int:
    buyer, iva = asked.buyer, asked.amount.iva_part(asked.iva_bp)
    body = pre_invoice_body(store_by_id(store_id), buyer=buyer, billing=NO_BILLING, shipping=NOWHERE)
    concept = mask_secrets(asked.concept)
    row = Order.objects.create(**_row(store_id, asked, concept, by, at), iva_centavos=iva.centavos)
    OrderLine.objects.create(
        order=row,
        position=0,
        product=None,
        sku=SKU,
        name=concept,
        picture="",
        quantity=1,
        unit_centavos=asked.amount.centavos,
        subtotal_centavos=asked.amount.centavos,
        iva_bp=asked.iva_bp,
        iva_centavos=iva.centavos,
        warranty_days=LEAST_WARRANTY_DAYS,
        lead_days_min=0,
        lead_days_max=0,
        sat_product_key=SAT_PRODUCT,
        sat_unit_key=SAT_UNIT,
    )
    PreInvoice.objects.create(order=row, version=1, body=body, issued_at=at)
    publish(OrderPlaced(store_id=store_id, at=at, order_id=row.pk, number=asked.number))
    said = {"total": asked.amount.centavos, "kind": Kind.QUICK.value, "days": asked.valid_days}
    record(store_id, by, "order.quick_made", f"order:{row.pk}", said, at=at)
    confirm_checks(row.pk, list(CheckItem), by=by, at=at)
    return int(row.pk)


def _row(store_id: int, asked: PlaceQuickOrder, concept: str, by: Actor, at: datetime) -> dict[str, Any]:
    buyer, day = asked.buyer, at.astimezone(MEXICO).date()
    return {
        "store_id": store_id,
        "number": asked.number,
        "access_token": asked.access_token,
        "checkout_key": asked.checkout_key,
        "request_hash": quick_hash(asked),
        "kind": Kind.QUICK.value,
        "note": mask_secrets(asked.note),
        "made_by": by.name[:120],
        "state": State.PLACED.value,
        "stock_state": StockState.HELD.value,
        "preference": str(asked.preference),
        "buyer_name": buyer.name.strip(),
        "buyer_email": buyer.email.strip(),
        "buyer_phone": buyer.phone.strip(),
        "billing": NO_BILLING.to_json(),
        "shipping": NOWHERE.to_json(),
        "search": search_text(asked.number, name=buyer.name, email=buyer.email, phone=buyer.phone, concept=concept),
        "subtotal_centavos": asked.amount.centavos,
        "shipping_centavos": 0,
        "total_centavos": asked.amount.centavos,
        "promised_from": day,
        "promised_to": day,
        "privacy_version": asked.privacy_version,
        "marketing_opt_in": False,
        "pre_invoice_version": 1,
        "placed_at": at,
        "expires_at": at + timedelta(days=asked.valid_days),
    }


def _made_already(store_id: int, asked: PlaceQuickOrder) -> int | None:
    known = Order.objects.filter(store_id=store_id, checkout_key=asked.checkout_key).values_list("pk", "request_hash")
    for order_id, known_hash in known:
        if known_hash != quick_hash(asked):
            raise CheckoutAlreadyUsed(order_id)
        return int(order_id)
    return None
