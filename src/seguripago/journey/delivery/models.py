from django.db import models
from django.db.models import F, Q

from .rules import KEPT_KINDS, Says, ShipmentState


class Shipment(models.Model):
    """One parcel of an order. The one in preparation holds what is left; what it takes is written when it leaves."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveSmallIntegerField(default=1, help_text="1 for the first parcel of the order.")
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in ShipmentState])
    carrier = models.CharField(max_length=32, blank=True, default="")
    tracking_number = models.CharField(max_length=40, blank=True, default="")
    tracking_link = models.CharField(
        max_length=300, blank=True, default="", help_text="Typed by the store, where its carrier has no page here."
    )
    prepared_at = models.DateTimeField()
    ship_by = models.DateTimeField(help_text="The end of the last day on which the store may send it.")
    promised_to = models.DateField(help_text="The last day on which it may arrive, as the order was promised.")
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    delivered_says = models.CharField(max_length=8, blank=True, default="", help_text="Whose word it is.")
    received_by = models.CharField(max_length=120, blank=True, default="")
    return_reason = models.CharField(max_length=240, blank=True, default="")
    followed_at = models.DateTimeField(null=True, help_text="When its carrier was last asked.")

    class Meta:
        db_table = "shipment"
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="shipment_place_in_its_order"),
            models.UniqueConstraint(fields=["order"], condition=Q(state="preparing"), name="shipment_one_prepared"),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ShipmentState]), name="shipment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="preparing")
                | Q(state="unsent", shipped_at__isnull=True)
                | (Q(shipped_at__isnull=False) & ~Q(carrier="") & ~Q(tracking_number="")),
                name="shipment_sent_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at__isnull=True)),
                name="shipment_delivered_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_says__in=[says.value for says in Says])
                | (~Q(state="delivered") & Q(delivered_says="")),
                name="shipment_delivered_by_a_word",
            ),
            models.CheckConstraint(
                condition=(Q(state="returned", returned_at__isnull=False) & ~Q(return_reason=""))
                | (~Q(state="returned") & Q(returned_at__isnull=True, return_reason="")),
                name="shipment_returned_has_its_reason",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(delivered_at__gte=F("shipped_at")),
                name="shipment_arrives_after_it_left",
            ),
            models.CheckConstraint(
                condition=Q(tracking_link="") | Q(tracking_link__startswith="https://"), name="shipment_link_is_https"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "prepared_at"], name="shipment_to_send", condition=Q(state="preparing")),
            models.Index(
                fields=["store", "promised_to"],
                name="shipment_on_the_way",
                condition=Q(state__in=["shipped", "in_transit"]),
            ),
        ]


class ShipmentLine(models.Model):
    """How many pieces of an order's line left in a parcel."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="lines", db_index=False)
    order_line = models.ForeignKey("orders.OrderLine", models.PROTECT, related_name="+")
    quantity = models.PositiveIntegerField()

    class Meta:
        db_table = "shipment_line"
        constraints = [
            models.UniqueConstraint(fields=["shipment", "order_line"], name="shipment_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="shipment_line_positive"),
        ]


class ShipmentEvent(models.Model):
    """What happened to a parcel, where, and who says so. Rows are only added."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="events", db_index=False)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True, default="")
    says = models.CharField(max_length=240, blank=True, default="")
    source = models.CharField(max_length=8)
    key = models.CharField(max_length=80, help_text="Names it within its parcel: what is told twice is kept once.")

    class Meta:
        db_table = "shipment_event"
        constraints = [
            models.UniqueConstraint(fields=["shipment", "key"], name="shipment_event_once"),
            models.CheckConstraint(condition=Q(kind__in=KEPT_KINDS), name="shipment_event_kind_known"),
            models.CheckConstraint(condition=Q(source__in=[says.value for says in Says]), name="shipment_event_said"),
        ]


class ShipmentProof(models.Model):
    """A picture or a PDF that shows what became of a parcel. `sealed_name`: the original; `clean_name`: the copy."""

    shipment = models.ForeignKey(Shipment, models.PROTECT, related_name="proofs", db_index=False)
    filename = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    sealed_name = models.CharField(max_length=80)
    clean_name = models.CharField(max_length=80)
    clean_kind = models.CharField(max_length=8)
    by_name = models.CharField(max_length=120)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "shipment_proof"
        constraints = [
            models.UniqueConstraint(fields=["shipment", "sha256"], name="shipment_proof_once"),
            models.CheckConstraint(
                condition=~Q(sealed_name="") & ~Q(clean_name=""), name="shipment_proof_has_both_copies"
            ),
        ]
