from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q


class Product(models.Model):
    """Something that the store sells, with its three counters. Prices contain IVA."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    sku = models.CharField(max_length=40)
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)
    summary = models.CharField(max_length=240, blank=True, default="")
    picture = models.CharField(max_length=80, blank=True, default="")
    search = models.TextField(help_text="Name, kind, summary and sku, folded: see rules.fold.")
    price_centavos = models.BigIntegerField()
    iva_bp = models.PositiveSmallIntegerField(default=1600)
    stock = models.PositiveIntegerField(default=0)
    reserved = models.IntegerField(default=0)
    sold = models.IntegerField(default=0)
    warranty_days = models.PositiveSmallIntegerField()
    lead_days_min = models.PositiveSmallIntegerField()
    lead_days_max = models.PositiveSmallIntegerField()
    sat_product_key = models.CharField(max_length=8)
    sat_unit_key = models.CharField(max_length=3)
    is_listed = models.BooleanField(default=True)

    class Meta:
        db_table = "product"
        constraints = [
            models.UniqueConstraint(fields=["store", "sku"], name="product_sku_once_per_store"),
            models.UniqueConstraint(fields=["store", "slug"], name="product_slug_once_per_store"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="product_reserved_not_negative"),
            models.CheckConstraint(condition=Q(sold__gte=0), name="product_sold_not_negative"),
            models.CheckConstraint(
                condition=Q(stock__gte=F("reserved") + F("sold")), name="product_promises_within_stock"
            ),
            models.CheckConstraint(condition=Q(price_centavos__gt=0), name="product_price_positive"),
            models.CheckConstraint(condition=Q(iva_bp__in=[0, 800, 1600]), name="product_iva_rate_known"),
            models.CheckConstraint(condition=Q(warranty_days__gte=90), name="product_warranty_at_least_90_days"),
            models.CheckConstraint(
                condition=Q(lead_days_max__gte=F("lead_days_min")), name="product_lead_days_in_order"
            ),
            models.CheckConstraint(condition=Q(sat_product_key__regex=r"^\d{8}$"), name="product_sat_key_digits"),
        ]
        indexes = [
            models.Index(fields=["store", "kind", "name"], name="product_on_shelf", condition=Q(is_listed=True)),
            GinIndex(SearchVector("search", config="simple"), name="product_by_words"),
        ]

    def __str__(self) -> str:
        return self.sku
