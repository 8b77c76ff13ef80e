"""What screens and other rooms read of orders."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import Final

from django.conf import settings
from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db import connection
from django.db.models import Count, Min, Q, Sum

from seguripago.journey.catalogue.rules import prefix_query
from seguripago.ports import documents
from seguripago.values import order_number
from seguripago.values.address import Address
from seguripago.values.money import Money
from seguripago.values.steps import Preference

from .models import Order, OrderLine, PreInvoice
from .postal import STATES as STATES
from .postal import state_of as state_of
from .reading import lines_of as lines_of
from .reading import row_of, views_of
from .rules import DetailsRefused as DetailsRefused
from .rules import Fault as Fault
from .rules import Kind as Kind
from .rules import OrderUnknown, pre_invoice_key, proves
from .rules import State as State
from .rules import faults_in as faults_in
from .rules.checks import days_between as days_between
from .rules.checks import warranty_span as warranty_span
from .sat import REGIMES as REGIMES
from .sat import USES as USES
from .sending import arrival_of as arrival_of
from .shapes import Billing, Buyer, OrderRow, OrderView
from .shapes import CheckView as CheckView
from .shapes import LineView as LineView

LIST_LIMIT: Final = 100
SHIPPING_IVA_BP: Final = 1600
# SAT's c_FormaPago: what the PRE-FACTURA can already say. A card is credit (04) or debit (28) only once it is charged.
PAYMENT_FORMS: Final = {Preference.SPEI: "03", Preference.LINK: "", Preference.CARD: ""}
_NOBODY: Final = Buyer("", "", "")
_UNPAID: Final = ("placed", "verified")
NEARLY_OVER: Final = """
    SELECT o.id, s.step FROM shop_order o
    CROSS JOIN LATERAL (SELECT CASE WHEN o.expires_at <= %(last)s THEN 'last' ELSE 'half' END AS step) s
    WHERE o.state IN ('placed', 'verified') AND o.expires_at > %(at)s AND o.expires_at <= %(horizon)s
      AND (s.step = 'last' OR o.placed_at + (o.expires_at - o.placed_at) / 2 <= %(at)s)
      AND o.store_id <> ALL(%(stores)s::bigint[])
      AND NOT (s.step = 'half' AND o.id = ANY(%(halves)s::bigint[]))
      AND NOT (s.step = 'last' AND o.id = ANY(%(lasts)s::bigint[]))
    ORDER BY o.expires_at, o.id LIMIT %(limit)s
"""
UNPAID_OF_BUYERS: Final = """
    SELECT asked.email, o.id FROM unnest(%s::text[]) AS asked(email)
    JOIN LATERAL (
        SELECT id FROM shop_order WHERE store_id = %s AND buyer_email = asked.email AND state IN ('placed', 'verified')
        ORDER BY id DESC LIMIT %s
    ) o ON true
"""


def order(order_id: int) -> OrderView:
    """Answer the whole order. Raises OrderUnknown."""
    rows = list(Order.objects.filter(pk=order_id))
    if not rows:
        raise OrderUnknown(order_id)
    return views_of(rows)[0]


def access_token(order_id: int) -> str:
    """Answer the secret of the order's page, without reading the order. Raises OrderUnknown."""
    token = Order.objects.filter(pk=order_id).values_list("access_token", flat=True).first()
    if token is None:
        raise OrderUnknown(order_id)
    return token


def order_state(order_id: int) -> str:
    """Answer the state of an order, without reading the order; empty for an unknown id."""
    return Order.objects.filter(pk=order_id).values_list("state", flat=True).first() or ""


def numbers_of(order_ids: Collection[int]) -> dict[int, str]:
    """Answer the order numbers by id, without reading the orders."""
    return dict(Order.objects.filter(pk__in=set(order_ids)).values_list("pk", "number"))


def orders_by_id(order_ids: Collection[int]) -> dict[int, OrderView]:
    """Answer whole orders by id; the number of statements does not grow with them. Unknown ids are left out."""
    return {view.id: view for view in views_of(list(Order.objects.filter(pk__in=set(order_ids)).order_by("pk")))}


def order_by_token(token: str) -> OrderView | None:
    """Answer the order whose page this token opens."""
    is_possible = bool(token) and "\x00" not in token
    found = views_of(list(Order.objects.filter(access_token=token))) if is_possible else ()
    return found[0] if found else None


def order_id_of(token: str) -> int | None:
    """Answer the id of the order whose page this token opens, without reading the order."""
    if not token or "\x00" in token:
        return None
    return Order.objects.filter(access_token=token).values_list("pk", flat=True).first()


def orders_by_tokens(store_id: int, tokens: Collection[str]) -> tuple[OrderRow, ...]:
    """List this store's orders that these tokens open, newest first: what one browser has bought."""
    rows = Order.objects.filter(store_id=store_id, access_token__in=list(tokens)[:50]).order_by("-pk")
    return _rows(list(rows))


def order_placed_by(store_id: int, checkout_key: str) -> OrderView | None:
    """Answer the order that this checkout placed, None when it placed none yet."""
    found = views_of(list(Order.objects.filter(store_id=store_id, checkout_key=checkout_key)))
    return found[0] if found else None


def find_order(store_id: int, number: str) -> OrderView | None:
    """Answer the store's order with this number, however it is typed. The number alone gives a buyer no right to it."""
    parsed = order_number.parse(number)
    found = views_of(list(Order.objects.filter(store_id=store_id, number=parsed))) if parsed else ()
    return found[0] if found else None


def ids_numbered(store_ids: Collection[int], number: str) -> tuple[int, ...]:
    """List the orders with this number in these stores, however it is typed: two stores may have drawn the same."""
    parsed = order_number.parse(number)
    rows = Order.objects.filter(store_id__in=list(store_ids), number=parsed or "").order_by("pk")
    return tuple(rows.values_list("pk", flat=True))


def orders_of_store(
    store_id: int,
    *,
    state: str | None = None,
    states: Collection[str] = (),
    kind: str | None = None,
    search: str = "",
    limit: int = LIST_LIMIT,
    before: int | None = None,
) -> tuple[OrderRow, ...]:
    """List the store's orders, newest first. `search` takes numbers, names, e-mails and telephones, also unfinished."""
    rows = Order.objects.filter(store_id=store_id)
    if states:
        rows = rows.filter(state__in=states)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if before:
        rows = rows.filter(pk__lt=before)
    if search.strip():
        number = order_number.parse(search)
        words = prefix_query(order_number.bare(number) if number else search)
        if not words:
            return ()
        vector = SearchVector("search", config="simple")
        rows = rows.alias(words=vector).filter(words=SearchQuery(words, config="simple", search_type="raw"))
    return _rows(list(rows.order_by("-pk")[:limit]))


def unpaid_orders(store_id: int, *, but: Collection[int], limit: int = LIST_LIMIT) -> tuple[OrderRow, ...]:
    """List the store's orders that wait for their money, those that expire first on top, without those in `but`."""
    rows = Order.objects.filter(store_id=store_id, state__in=_UNPAID).exclude(pk__in=but)
    return _rows(list(rows.order_by("expires_at", "pk")[:limit]))


def nearly_over(
    at: datetime,
    *,
    last: timedelta,
    horizon: timedelta,
    but_stores: Collection[int],
    but_half: Collection[int],
    but_last: Collection[int],
    limit: int,
) -> list[tuple[int, str]]:
    """List unpaid orders whose term is half over (`half`) or ends within `last` (`last`), those that end first on top.

    Only orders that end within `horizon` are looked at: what an index can do. Those named for a step are left out.
    """
    asked: dict[str, datetime | int | list[int]] = {
        "at": at,
        "last": at + last,
        "horizon": at + horizon,
        "limit": limit,
        "stores": list(but_stores),
        "halves": list(but_half),
        "lasts": list(but_last),
    }
    with connection.cursor() as cursor:
        cursor.execute(NEARLY_OVER, asked)
        return [(int(pk), str(step)) for pk, step in cursor.fetchall()]


def quick_by_state(store_id: int) -> dict[str, int]:
    """Count the store's charges without a cart in each state."""
    rows = Order.objects.filter(store_id=store_id, kind=Kind.QUICK)
    counted = dict(rows.values_list("state").annotate(Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in State}


def orders_by_state(store_id: int) -> dict[str, int]:
    """Count the store's orders in each state."""
    counted = dict(Order.objects.filter(store_id=store_id).values_list("state").annotate(Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in State}


def second_proof(
    store_id: int, number: str, *, email: str = "", phone: str = "", pre_invoice_key: str = ""
) -> int | None:
    """Answer the order when the number comes with a second proof: its e-mail, its telephone or its PRE-FACTURA's key.

    The answer is the same None for an unknown number and for a wrong proof.
    """
    parsed = order_number.parse(number)
    row = Order.objects.filter(store_id=store_id, number=parsed or "").first()
    buyer = Buyer(row.buyer_name, row.buyer_email, row.buyer_phone) if row else _NOBODY
    key = _key(row.access_token if row else "", row.number if row else number)
    is_proved = proves(buyer, key, email=email, phone=phone, pre_invoice_key=pre_invoice_key)
    return row.pk if row and is_proved else None


def proved_orders(store_ids: Collection[int], number: str, said: str) -> tuple[int, ...]:
    """List the orders with this number whose e-mail or telephone is what was said; none for every reason alike."""
    rows = list(Order.objects.filter(store_id__in=list(store_ids), number=order_number.parse(number) or ""))
    buyers = [(row.pk, Buyer(row.buyer_name, row.buyer_email, row.buyer_phone)) for row in rows] or [(0, _NOBODY)]
    proved = {pk: proves(buyer, "", email=said, phone=said, pre_invoice_key="") for pk, buyer in buyers}
    return tuple(sorted(pk for pk, is_proved in proved.items() if pk and is_proved))


def pre_invoice(order_id: int, version: int | None = None) -> documents.PreInvoice:
    """Build the order's PRE-FACTURA, the newest version unless another is named; its cents add up. Raises OrderUnknown.

    The bank details are not in it: who has sent them adds them with dataclasses.replace.
    """
    view = order(order_id)
    row = PreInvoice.objects.filter(order_id=order_id, version=version or view.pre_invoice_version).first()
    if row is None:
        raise OrderUnknown(order_id)
    buyer, billing = Buyer.from_json(row.body["buyer"]), Billing.from_json(row.body["billing"])
    lines = tuple(
        documents.PreInvoiceLine(
            sku=line.sku,
            name=line.name,
            sat_product_key=line.sat_product_key,
            sat_unit_key=line.sat_unit_key,
            quantity=line.quantity,
            unit_price=line.unit_price - line.unit_price.iva_part(line.iva_bp),
            amount=line.subtotal - line.iva,
            iva_bp=line.iva_bp,
            iva_amount=line.iva,
            warranty_days=line.warranty_days,
        )
        for line in view.lines
    )
    return documents.PreInvoice(
        store=documents.StoreIdentity(**row.body["store"]),
        order_number=view.number,
        version=row.version,
        placed_at=view.placed_at,
        valid_until=view.expires_at,
        buyer=documents.BuyerIdentity(name=buyer.name, email=buyer.email, phone=buyer.phone),
        billing=_billing(billing, row.body["store"]["postal_code"]),
        shipping=_handing_over(buyer, view.note)
        if view.is_quick
        else _shipping(buyer, Address.from_json(row.body["shipping"]), view.promised_from, view.promised_to),
        is_sent=not view.is_quick,
        lines=lines,
        subtotal=Money.sum(line.amount for line in lines),
        shipping_fee=view.shipping_fee - view.shipping_fee.iva_part(SHIPPING_IVA_BP),
        iva=view.iva,
        total=view.total,
        payment_label=view.preference.label,
        verification_key=view.pre_invoice_key,
        order_url=f"{settings.SEGURIPAGO.base_url}/pedido/{view.access_token}/",
        payment_form=PAYMENT_FORMS[view.preference],
    )


def _billing(billing: Billing, store_postal_code: str) -> documents.BillingIdentity:
    if not billing.wants_invoice:
        # Anexo 20: with the generic RFC the receiver's postal code is the place where the invoice is issued.
        return documents.BillingIdentity(wants_invoice=False, tax_postal_code=store_postal_code)
    return documents.BillingIdentity(
        wants_invoice=True,
        rfc=billing.rfc,
        legal_name=billing.legal_name,
        tax_regime=billing.tax_regime,
        tax_postal_code=billing.tax_postal_code,
        cfdi_use=billing.cfdi_use,
        address=billing.address.one_line,
    )


def _shipping(buyer: Buyer, address: Address, first: date, last: date) -> documents.ShippingIdentity:
    number = f"{address.ext_number}, Int. {address.int_number}" if address.int_number else address.ext_number
    return documents.ShippingIdentity(
        name=buyer.name,
        lines=(
            f"{address.street} {number}",
            address.neighborhood,
            f"{address.postal_code} {address.municipality}, {address.state}",
        ),
        phone=buyer.phone,
        references=address.references,
        promised_from=first,
        promised_to=last,
    )


def _handing_over(buyer: Buyer, note: str) -> documents.ShippingIdentity:
    says = "Sin envío: la tienda te lo entrega o lo realiza como lo acordaron."
    return documents.ShippingIdentity(name=buyer.name, lines=(says, *([note] if note else [])), phone=buyer.phone)


def _rows(rows: list[Order]) -> tuple[OrderRow, ...]:
    counted = OrderLine.objects.filter(order_id__in=[row.pk for row in rows]).values("order_id")
    counted = counted.annotate(pieces=Sum("quantity"), concept=Min("name", filter=Q(product=None)))
    told = {pk: (pieces, concept or "") for pk, pieces, concept in counted.values_list("order_id", "pieces", "concept")}
    return tuple(row_of(row, *told[row.pk]) for row in rows)


def _key(access_token: str, number: str) -> str:
    return pre_invoice_key(access_token, number)


def unpaid_of_buyers(store_id: int, emails: Collection[str], *, each: int = 8) -> dict[str, list[int]]:
    """Answer the newest orders that wait for their money, at most `each` of a buyer, by the buyer's e-mail."""
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(UNPAID_OF_BUYERS, [list(emails), store_id, each])
        for email, order_id in cursor.fetchall():
            found.setdefault(email, []).append(order_id)
    return found


def unpaid_of_name(store_id: int, words: Sequence[str], *, limit: int = 12) -> list[int]:
    """Answer orders that wait for their money and whose buyer's name has two of these words (folded, letters only)."""
    told = [word.lower() for word in words if len(word) > 1][:5]
    pairs = " | ".join(f"({one} & {other})" for one, other in combinations(told, 2))
    if not pairs:
        return []
    vector = SearchVector("search", config="simple")
    rows = Order.objects.filter(store_id=store_id, state__in=_UNPAID).alias(words=vector)
    rows = rows.filter(words=SearchQuery(pairs, config="simple", search_type="raw"))
    return list(rows.values_list("pk", flat=True)[:limit])
