from django.db import models
from django.db.models import Q

from .rules import ShipmentState


class Shipment(models.Model):
    """The parcel of one order."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+")
    order = models.OneToOneField("orders.Order", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in ShipmentState])
    carrier = models.CharField(max_length=32, blank=True, default="")
    tracking_number = models.CharField(max_length=40, blank=True, default="")
    prepared_at = models.DateTimeField()
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shipment"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ShipmentState]), name="shipment_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="preparing")
                | (Q(shipped_at__isnull=False) & ~Q(carrier="") & ~Q(tracking_number="")),
                name="shipment_sent_has_its_number",
            ),
            models.CheckConstraint(
                condition=Q(state="delivered", delivered_at__isnull=False)
                | (~Q(state="delivered") & Q(delivered_at__isnull=True)),
                name="shipment_delivered_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(delivered_at__isnull=True) | Q(delivered_at__gte=models.F("shipped_at")),
                name="shipment_arrives_after_it_left",
            ),
        ]
        indexes = [
            models.Index(fields=["store", "prepared_at"], name="shipment_to_send", condition=Q(state="preparing"))
        ]
