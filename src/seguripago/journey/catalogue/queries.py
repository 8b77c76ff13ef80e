"""What screens read of the shelf."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import F, Q, QuerySet

from seguripago.values.money import Money

from .models import Product
from .rules import prefix_query

SHELF_LIMIT = 240


@dataclass(frozen=True, slots=True)
class ProductCard:
    """A product as a card, a page or a cart shows it. `price` contains IVA; `available` is what can still be bought."""

    id: int
    sku: str
    slug: str
    name: str
    kind: str
    summary: str
    picture: str
    price: Money
    iva_bp: int
    available: int
    warranty_days: int
    lead_days_min: int
    lead_days_max: int
    sat_product_key: str
    sat_unit_key: str
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class ProductCounters:
    """A product with its counters, for the store's owner."""

    card: ProductCard
    stock: int
    reserved: int
    sold: int


def shelf(store_id: int, *, search: str = "", kind: str = "", limit: int = SHELF_LIMIT) -> tuple[ProductCard, ...]:
    """List the products on sale, those left first, then by name; search forgives accents, case and unfinished words."""
    rows = Product.objects.filter(store_id=store_id, is_listed=True)
    if kind:
        rows = rows.filter(kind=kind)
    if search.strip():
        rows = _matching(rows, search)
    rows = rows.annotate(is_gone=Q(stock__lte=F("reserved") + F("sold")))
    return tuple(map(_card, rows.order_by("is_gone", "kind", "name", "pk")[:limit]))


def kinds(store_id: int) -> tuple[str, ...]:
    """List the kinds of products on sale, by name."""
    rows = Product.objects.filter(store_id=store_id, is_listed=True).order_by("kind").values_list("kind", flat=True)
    return tuple(rows.distinct())


def product(store_id: int, slug: str) -> ProductCard | None:
    """Answer the product on sale under this slug, None when there is none."""
    row = Product.objects.filter(store_id=store_id, slug=slug, is_listed=True).first()
    return _card(row) if row else None


def products_by_id(store_id: int, ids: Collection[int]) -> dict[int, ProductCard]:
    """Answer the store's products with these ids, also those no longer on sale."""
    return {row.pk: _card(row) for row in Product.objects.filter(store_id=store_id, pk__in=ids)} if ids else {}


def counters(store_id: int, *, search: str = "", limit: int = SHELF_LIMIT) -> tuple[ProductCounters, ...]:
    """List every product of the store with its counters, also those off the shelf, by sku."""
    rows = Product.objects.filter(store_id=store_id)
    if search.strip():
        rows = _matching(rows, search)
    return tuple(ProductCounters(_card(row), row.stock, row.reserved, row.sold) for row in rows.order_by("sku")[:limit])


def _matching(rows: QuerySet[Product], search: str) -> QuerySet[Product]:
    words = prefix_query(search)
    if not words:
        return rows.none()
    vector = SearchVector("search", config="simple")
    return rows.alias(words=vector).filter(words=SearchQuery(words, config="simple", search_type="raw"))


def _card(row: Product) -> ProductCard:
    return ProductCard(
        id=row.pk,
        sku=row.sku,
        slug=row.slug,
        name=row.name,
        kind=row.kind,
        summary=row.summary,
        picture=row.picture,
        price=Money(row.price_centavos),
        iva_bp=row.iva_bp,
        available=max(row.stock - row.reserved - row.sold, 0) if row.is_listed else 0,
        warranty_days=row.warranty_days,
        lead_days_min=row.lead_days_min,
        lead_days_max=row.lead_days_max,
        sat_product_key=row.sat_product_key,
        sat_unit_key=row.sat_unit_key,
        is_listed=row.is_listed,
    )
