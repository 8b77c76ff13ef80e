"""How rows become the shapes that commands and queries speak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from seguripago.values.address import Address
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem, Preference

from .models import Check, Order, OrderLine
from .rules import STATE_LABELS, State, pre_invoice_key
from .shapes import Billing, Buyer, CheckView, LineView, OrderRow, OrderView

_CHECK_ORDER = {item.value: position for position, item in enumerate(CheckItem)}


def lines_of(order_ids: Sequence[int]) -> dict[int, tuple[LineView, ...]]:
    """Read the lines of orders, in the order in which they were asked for."""
    found: dict[int, list[LineView]] = {order_id: [] for order_id in order_ids}
    for row in OrderLine.objects.filter(order_id__in=order_ids).order_by("order_id", "position"):
        found[row.order_id].append(
            LineView(
                product_id=row.product_id,
                sku=row.sku,
                name=row.name,
                picture=row.picture,
                quantity=row.quantity,
                unit_price=Money(row.unit_centavos),
                subtotal=Money(row.subtotal_centavos),
                iva=Money(row.iva_centavos),
                iva_bp=row.iva_bp,
                warranty_days=row.warranty_days,
                lead_days_min=row.lead_days_min,
                lead_days_max=row.lead_days_max,
                sat_product_key=row.sat_product_key,
                sat_unit_key=row.sat_unit_key,
                id=row.pk,
            )
        )
    return {order_id: tuple(lines) for order_id, lines in found.items()}


def views_of(rows: Sequence[Order]) -> tuple[OrderView, ...]:
    """Read whole orders with two more statements, however many they are."""
    ids = [row.pk for row in rows]
    lines: Mapping[int, tuple[LineView, ...]] = lines_of(ids) if ids else {}
    checks: dict[int, list[Check]] = {}
    for check in Check.objects.filter(order_id__in=ids) if ids else ():
        checks.setdefault(check.order_id, []).append(check)
    return tuple(_view(row, lines[row.pk], checks.get(row.pk, ())) for row in rows)


def row_of(row: Order, pieces: int, concept: str = "") -> OrderRow:
    """Say what a list shows of an order."""
    return OrderRow(
        id=row.pk,
        number=row.number,
        state=row.state,
        state_label=STATE_LABELS[State(row.state)],
        preference=Preference(row.preference),
        buyer_name=row.buyer_name,
        total=Money(row.total_centavos),
        placed_at=row.placed_at,
        expires_at=row.expires_at,
        access_token=row.access_token,
        pieces=pieces,
        kind=row.kind,
        concept=concept,
    )


def _view(row: Order, lines: tuple[LineView, ...], checks: Iterable[Check]) -> OrderView:
    shown = tuple(
        CheckView(
            item=CheckItem(check.item),
            label=CheckItem(check.item).label,
            says=check.says,
            detail=check.detail,
            ok=check.ok,
            confirmed_by=check.confirmed_by,
            confirmed_at=check.confirmed_at,
        )
        for check in sorted(checks, key=lambda check: _CHECK_ORDER[check.item])
    )
    return OrderView(
        id=row.pk,
        store_id=row.store_id,
        number=row.number,
        access_token=row.access_token,
        state=row.state,
        state_label=STATE_LABELS[State(row.state)],
        stock_state=row.stock_state,
        preference=Preference(row.preference),
        buyer=Buyer(row.buyer_name, row.buyer_email, row.buyer_phone),
        billing=Billing.from_json(row.billing),
        shipping=Address.from_json(row.shipping),
        lines=lines,
        subtotal=Money(row.subtotal_centavos),
        shipping_fee=Money(row.shipping_centavos),
        iva=Money(row.iva_centavos),
        total=Money(row.total_centavos),
        placed_at=row.placed_at,
        expires_at=row.expires_at,
        paid_at=row.paid_at,
        shipped_at=row.shipped_at,
        delivered_at=row.delivered_at,
        closed_at=row.closed_at,
        ended_at=row.ended_at,
        checks=shown,
        all_checked=len(shown) == len(CheckItem) and all(check.confirmed_at for check in shown),
        accepted_at=row.accepted_at,
        correction=row.correction,
        promised_from=row.promised_from,
        promised_to=row.promised_to,
        pre_invoice_version=row.pre_invoice_version,
        pre_invoice_key=pre_invoice_key(row.access_token, row.number),
        shipping_hold=row.shipping_hold,
        cancel_reason=row.cancel_reason,
        privacy_version=row.privacy_version,
        marketing_opt_in=row.marketing_opt_in,
        kind=row.kind,
        note=row.note,
        made_by=row.made_by,
    )
