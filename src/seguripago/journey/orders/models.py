from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import F, Q

from seguripago.values.steps import CheckItem, Preference

from .rules import Holder, Kind, State, StockState

_STATES = [state.value for state in State]
_OPEN = ["placed", "verified"]
_GONE = ["cancelled", "expired"]
_HOLDERS = [holder.value for holder in Holder]
_SETTLED = ["paid", "preparing", "shipped", "delivered", "closed"]


class Order(models.Model):
    """A promise between a store and a buyer. Amounts contain IVA."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    number = models.CharField(max_length=12)
    access_token = models.CharField(max_length=64)
    checkout_key = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    kind = models.CharField(
        max_length=5, db_default=Kind.CART.value, help_text="cart, or quick: a charge without a cart."
    )
    note = models.CharField(max_length=400, blank=True, db_default="", help_text="What a quick charge says besides.")
    made_by = models.CharField(max_length=120, blank=True, db_default="", help_text="Who made a quick charge.")
    state = models.CharField(max_length=10)
    stock_state = models.CharField(max_length=8)
    preference = models.CharField(max_length=4)
    buyer_name = models.CharField(max_length=120)
    buyer_email = models.CharField(max_length=254)
    buyer_phone = models.CharField(max_length=40)
    billing = models.JSONField()
    shipping = models.JSONField()
    search = models.TextField(help_text="Number, buyer's name, e-mail and telephone, folded.")
    subtotal_centavos = models.BigIntegerField()
    shipping_centavos = models.BigIntegerField()
    iva_centavos = models.BigIntegerField()
    total_centavos = models.BigIntegerField()
    promised_from = models.DateField()
    promised_to = models.DateField()
    privacy_version = models.CharField(max_length=40)
    marketing_opt_in = models.BooleanField()
    pre_invoice_version = models.PositiveIntegerField()
    correction = models.TextField(blank=True, default="")
    cancel_reason = models.CharField(max_length=240, blank=True, default="")
    shipping_hold = models.BooleanField(default=False)
    shipping_holders = ArrayField(
        models.CharField(max_length=8),
        default=list,
        db_default=[],
        help_text="Who holds it: a doubt, a claim, a refund.",
    )
    placed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    part_sent_at = models.DateTimeField(null=True, help_text="When a part left while the rest was still to leave.")
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="When it was cancelled or expired.")

    class Meta:
        db_table = "shop_order"
        constraints = [
            models.UniqueConstraint(fields=["store", "number"], name="order_number_once_per_store"),
            models.UniqueConstraint(fields=["store", "checkout_key"], name="order_once_per_checkout"),
            models.UniqueConstraint(fields=["access_token"], name="order_access_token_once"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="order_state_known"),
            models.CheckConstraint(
                condition=Q(preference__in=[each.value for each in Preference]), name="order_preference_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, stock_state=StockState.HELD.value)
                | Q(state__in=_SETTLED, stock_state=StockState.SOLD.value)
                | Q(state__in=_GONE, stock_state=StockState.RELEASED.value),
                name="order_stock_follows_state",
            ),
            models.CheckConstraint(
                condition=Q(total_centavos=F("subtotal_centavos") + F("shipping_centavos"))
                & Q(shipping_centavos__gte=0)
                & Q(subtotal_centavos__gt=0)
                & Q(iva_centavos__gte=0),
                name="order_total_is_goods_and_shipping",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["placed", *_GONE]) | Q(accepted_at__isnull=False),
                name="order_accepted_before_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_SETTLED) | Q(paid_at__isnull=False), name="order_settled_has_its_time"
            ),
            models.CheckConstraint(
                condition=Q(state__in=_GONE, ended_at__isnull=False) | (~Q(state__in=_GONE) & Q(ended_at__isnull=True)),
                name="order_ended_has_its_time",
            ),
            models.CheckConstraint(condition=~Q(privacy_version=""), name="order_privacy_notice_named"),
            models.CheckConstraint(condition=Q(promised_to__gte=F("promised_from")), name="order_promise_in_order"),
            models.CheckConstraint(
                condition=Q(shipping_hold=False, shipping_holders=[])
                | (Q(shipping_hold=True, shipping_holders__contained_by=_HOLDERS) & ~Q(shipping_holders=[])),
                name="order_hold_has_its_holders",
            ),
            models.CheckConstraint(condition=Q(kind__in=[each.value for each in Kind]), name="order_kind_known"),
            models.CheckConstraint(
                condition=(Q(kind=Kind.CART.value, note="", made_by=""))
                | (Q(kind=Kind.QUICK.value, shipping_centavos=0) & ~Q(made_by="")),
                name="order_quick_has_its_maker_and_no_parcel",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="order_newest_of_store"),
            models.Index(
                fields=["store", "state", "-id"],
                name="order_unfinished_of_store",
                condition=Q(state__in=[*_OPEN, *_SETTLED[:-1]]),
            ),
            models.Index(fields=["store", "-id"], name="order_quick_of_store", condition=Q(kind=Kind.QUICK.value)),
            models.Index(fields=["expires_at"], name="order_to_expire", condition=Q(state__in=_OPEN)),
            models.Index(
                fields=["store", "buyer_email", "-id"], name="order_unpaid_of_buyer", condition=Q(state__in=_OPEN)
            ),
            GinIndex(SearchVector("search", config="simple"), name="order_by_words"),
        ]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """A frozen line: what was promised, at which price, under which terms. A quick one has no product."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="lines", db_index=False)
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey("catalogue.Product", models.PROTECT, related_name="+", null=True)
    sku = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    picture = models.CharField(max_length=80)
    quantity = models.PositiveIntegerField()
    unit_centavos = models.BigIntegerField()
    subtotal_centavos = models.BigIntegerField()
    iva_bp = models.PositiveSmallIntegerField()
    iva_centavos = models.BigIntegerField()
    warranty_days = models.PositiveSmallIntegerField()
    lead_days_min = models.PositiveSmallIntegerField()
    lead_days_max = models.PositiveSmallIntegerField()
    sat_product_key = models.CharField(max_length=8)
    sat_unit_key = models.CharField(max_length=3)

    class Meta:
        db_table = "shop_order_line"
        constraints = [
            # No product counts as one more: an order has at most one line without any.
            models.UniqueConstraint(
                fields=["order", "product"], nulls_distinct=False, name="order_line_once_per_product"
            ),
            models.CheckConstraint(
                condition=Q(product__isnull=False) | Q(quantity=1, position=0), name="order_line_free_is_one_piece"
            ),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(subtotal_centavos=F("unit_centavos") * F("quantity")), name="order_line_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(iva_centavos__gte=0) & Q(iva_centavos__lt=F("subtotal_centavos")),
                name="order_line_iva_contained",
            ),
        ]


class Check(models.Model):
    """One of the six checks of an order, with its evidence."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="checks", db_index=False)
    item = models.CharField(max_length=10)
    ok = models.BooleanField()
    says = models.CharField(max_length=240)
    detail = models.TextField()
    checked_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=120, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shop_order_check"
        constraints = [
            models.UniqueConstraint(fields=["order", "item"], name="check_once_per_item"),
            models.CheckConstraint(condition=Q(item__in=[each.value for each in CheckItem]), name="check_item_known"),
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by="")
                | (Q(confirmed_at__isnull=False) & ~Q(confirmed_by="")),
                name="check_confirmed_by_a_name",
            ),
        ]


class PreInvoice(models.Model):
    """A version of an order's PRE-FACTURA: who, to whom and where, as it was when the version was made."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="pre_invoices", db_index=False)
    version = models.PositiveIntegerField()
    body = models.JSONField(help_text="buyer, billing, shipping and store, frozen.")
    issued_at = models.DateTimeField()

    class Meta:
        db_table = "pre_invoice"
        constraints = [
            models.UniqueConstraint(fields=["order", "version"], name="pre_invoice_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="pre_invoice_version_counts"),
        ]
