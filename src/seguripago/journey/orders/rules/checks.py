"""The six checks: what is looked at before any money is asked for, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

from seguripago.journey.catalogue.rules import LEAST_WARRANTY_DAYS
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.values.steps import CheckItem

from ..shapes import OrderView
from .details import address_doubts, doubts_about, faults_in, faults_of
from .promises import Sending, Zone, promised_dates, zone_of
from .states import StockState

_ZONES: Final = {
    Zone.NEAR: "mismo estado que la tienda",
    Zone.NATIONAL: "otro estado",
    Zone.REMOTE: "zona lejana",
}
_MONTHS: Final = ("ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sep.", "oct.", "nov.", "dic.")
# What the order itself must carry: no name can stand in for goods that are not there or a sum that does not add up.
NEVER_BY_NAME: Final = frozenset({CheckItem.STOCK, CheckItem.AMOUNT})
TOUCHED_BY_CORRECTIONS: Final = frozenset({CheckItem.DATA, CheckItem.ADDRESSES})


class CheckFailed(Refusal):
    """A check that must hold does not, and nobody can confirm it by name; `item` and `says` tell which and why."""

    code: ClassVar[str] = "SP-118"

    def __init__(self, item: CheckItem, says: str) -> None:
        self.item, self.says = item, says
        super().__init__(f"{item}: {says}")


class ChecksMissing(Refusal):
    """The buyer's acceptance needs all six checks confirmed; `missing` names those that are not."""

    code: ClassVar[str] = "SP-117"

    def __init__(self, missing: Collection[CheckItem]) -> None:
        self.missing = tuple(missing)
        super().__init__(", ".join(self.missing))


@dataclass(frozen=True, slots=True)
class LiveProduct:
    """What the shelf says of a product now."""

    available: int
    is_listed: bool
    price: Money


@dataclass(frozen=True, slots=True)
class Live:
    """What is looked up when an order is checked."""

    products: Mapping[int, LiveProduct]
    at: datetime
    sending: Sending


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: a short sentence with real data, and the whole evidence, line by line."""

    item: CheckItem
    ok: bool
    says: str
    detail: str


def evaluate(order: OrderView, live: Live) -> tuple[Finding, ...]:
    """Look at the order through all six checks, in the order in which they are shown."""
    return tuple(_EVALUATE[item](order, live) for item in CheckItem)


def may_confirm(finding_ok: bool, item: CheckItem, *, by: Actor, by_name: bool, correction: str) -> bool:
    """Say whether a check may be confirmed: a good one by anyone, another one by a named person, some by nobody.

    What the buyer called wrong and nobody has corrected looks good to a program: only a person may confirm it.
    """
    if correction and item in TOUCHED_BY_CORRECTIONS and by.kind != "staff":
        return False
    return finding_ok or (by_name and by.kind == "staff" and item not in NEVER_BY_NAME)


def days_between(first: date, last: date) -> str:
    """Write a span of days: «25 al 27 de nov.», «30 de nov. al 2 de dic.», «25 de nov.»."""
    if first == last:
        return _day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} al {_day(last)}"
    return f"{_day(first)} al {_day(last)}"


def warranty_span(days: int) -> str:
    """Write a warranty as shops do: «24 m», «6 m», «90 d»."""
    if days >= 360 and days % 365 == 0:
        return f"{days // 365 * 12} m"
    if days >= 120 and days % 30 == 0:
        return f"{days // 30} m"
    return f"{days} d"


def _stock(order: OrderView, live: Live) -> Finding:
    if order.is_quick:
        concepts = "\n".join(line.name for line in order.lines)
        return Finding(CheckItem.STOCK, bool(order.lines), "Cobro por concepto", f"{concepts}\nNo aparta piezas")
    is_held = order.stock_state in {StockState.HELD, StockState.SOLD}
    ready, evidence = 0, []
    for line in order.lines:
        product = live.products.get(line.product_id or 0)
        left = product.available if product else 0
        ready += line.quantity if is_held else min(line.quantity, left)
        has = "apartadas para este pedido" if is_held else f"quedan {left}"
        evidence.append(f"{line.quantity} × {line.name} ({line.sku}): {has}")
    pieces = order.count
    says = f"{ready} de {pieces} listas" if pieces > 1 else f"{ready} de {pieces} lista"
    return Finding(CheckItem.STOCK, is_held and pieces > 0, says, "\n".join(evidence))


def _data(order: OrderView, live: Live) -> Finding:
    billing = order.billing
    faults = [fault for fault in faults_of(order.buyer, billing) if not _is_of_address(fault.field)]
    problems = [*(fault.says for fault in faults), *doubts_about(billing)]
    facts = [order.buyer.name, order.buyer.email, order.buyer.phone]
    if billing.wants_invoice:
        facts += [
            f"Factura a {billing.legal_name}",
            f"RFC {billing.rfc}",
            f"Régimen {billing.tax_regime} · Uso {billing.cfdi_use} · C.P. fiscal {billing.tax_postal_code}",
        ]
    else:
        facts.append("Sin factura a su nombre: público en general")
    good = f"{order.buyer.name} · {billing.rfc if billing.wants_invoice else 'sin factura'}"
    return Finding(CheckItem.DATA, not problems, problems[0] if problems else good, "\n".join([*facts, *problems]))


def _addresses(order: OrderView, live: Live) -> Finding:
    if order.is_quick:
        return _addresses_of_quick(order)
    shipping, billing = order.shipping, order.billing.address
    has_billing = bool(billing.street.strip())
    faults = [fault.says for fault in faults_in(order.buyer, order.billing, shipping) if _is_of_address(fault.field)]
    problems = [*faults, *address_doubts(shipping), *(address_doubts(billing) if has_billing else ())]
    evidence = [f"Envío: {shipping.one_line}"]
    if shipping.references:
        evidence.append(f"Referencias: {shipping.references}")
    evidence.append(f"Facturación: {billing.one_line if has_billing else 'la misma'}")
    says = f"{shipping.postal_code} {shipping.municipality}"
    if has_billing and billing.one_line != shipping.one_line:
        says = f"Envío {shipping.postal_code} · Factura {billing.postal_code}"
    return Finding(
        CheckItem.ADDRESSES, not problems, problems[0] if problems else says, "\n".join([*evidence, *problems])
    )


def _addresses_of_quick(order: OrderView) -> Finding:
    address = order.billing.address
    faults = [fault.says for fault in faults_of(order.buyer, order.billing) if _is_of_address(fault.field)]
    problems = [*faults, *(address_doubts(address) if address.street.strip() else ())]
    evidence = ["Sin envío", f"Facturación: {address.one_line or 'sin domicilio'}", *problems]
    return Finding(CheckItem.ADDRESSES, not problems, problems[0] if problems else "Sin envío", "\n".join(evidence))


def _delivery(order: OrderView, live: Live) -> Finding:
    if order.is_quick:
        detail = (
            f"{order.note or 'Lo que acordaste con la tienda'}\nSin paquetería: la tienda te lo entrega o lo realiza"
        )
        return Finding(CheckItem.DELIVERY, True, "Según lo acordado, sin envío", detail)
    leads = [(line.lead_days_min, line.lead_days_max) for line in order.lines]
    there, sending = order.shipping.postal_code, live.sending
    first, last = promised_dates(leads, live.at, sending=sending, destination=there)
    zone = zone_of(sending.postal_code, there)
    evidence = [
        f"Llega del {first:%d/%m/%Y} al {last:%d/%m/%Y}",
        f"Destino {there}: {_ZONES[zone]}, más {sending.days_to(zone)} días hábiles",
        f"Lo que se pide después de las {sending.cutoff_hour}:00 cuenta desde el siguiente día hábil",
    ]
    evidence += [f"{line.name}: {line.lead_days_min} a {line.lead_days_max} días hábiles" for line in order.lines]
    is_known = bool(order.lines) and all(0 <= line.lead_days_min <= line.lead_days_max for line in order.lines)
    return Finding(CheckItem.DELIVERY, is_known, days_between(first, last), "\n".join(evidence))


def _warranty(order: OrderView, live: Live) -> Finding:
    spans = dict.fromkeys(warranty_span(line.warranty_days) for line in order.lines)
    evidence = [f"{line.name}: {warranty_span(line.warranty_days)} desde la entrega" for line in order.lines]
    is_lawful = bool(order.lines) and all(line.warranty_days >= LEAST_WARRANTY_DAYS for line in order.lines)
    return Finding(CheckItem.WARRANTY, is_lawful, " · ".join(spans), "\n".join(evidence))


def _amount(order: OrderView, live: Live) -> Finding:
    evidence = [f"{line.quantity} × {line.name}: {line.unit_price} c/u = {line.subtotal}" for line in order.lines]
    for line in order.lines:
        product = live.products.get(line.product_id or 0)
        if product is not None and product.price != line.unit_price:
            evidence.append(f"{line.name}: hoy cuesta {product.price}; se respeta {line.unit_price}")
    evidence += [] if order.is_quick else [f"Envío: {order.shipping_fee}"]
    evidence += [f"IVA incluido: {order.iva}", f"Total: {order.total}"]
    goods = Money.sum(line.unit_price * line.quantity for line in order.lines)
    adds_up = goods == order.subtotal and order.subtotal + order.shipping_fee == order.total
    return Finding(CheckItem.AMOUNT, adds_up and bool(order.total), str(order.total), "\n".join(evidence))


def _is_of_address(field: str) -> bool:
    return field.startswith(("shipping.", "billing.address."))


def _day(day: date) -> str:
    return f"{day.day} de {_MONTHS[day.month - 1]}"


_EVALUATE: Final[dict[CheckItem, Callable[[OrderView, Live], Finding]]] = {
    CheckItem.STOCK: _stock,
    CheckItem.DATA: _data,
    CheckItem.ADDRESSES: _addresses,
    CheckItem.DELIVERY: _delivery,
    CheckItem.WARRANTY: _warranty,
    CheckItem.AMOUNT: _amount,
}
