from django.db import models
from django.db.models import Q

from seguripago.ports.card_gateways import HOOK_CODE


class StoreGateway(models.Model):
    """A store's account with one gateway. Several may be known; at most one takes new charges.

    `shown` are the values that are no secret; what is sealed is bound to store and gateway.
    """

    store_id = models.BigIntegerField()
    gateway = models.CharField(max_length=20)
    sealed = models.BinaryField(help_text="Secrets as JSON, encrypted with the main key.")
    given = models.JSONField(default=list, help_text="Names of the values that are set.")
    shown = models.JSONField(default=dict, help_text="Values that are no secret, by name.")
    previous_until = models.DateTimeField(null=True, help_text="When the webhook secret before this one stops opening.")
    months = models.JSONField(default=dict, help_text="Months without interest: how many, from which centavos on.")
    is_active = models.BooleanField(default=False)
    tested_at = models.DateTimeField(null=True)
    test_said = models.CharField(max_length=120, default="", help_text="Empty: the gateway answered.")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "store_gateway"
        constraints = [
            models.UniqueConstraint(fields=["store_id", "gateway"], name="store_gateway_once"),
            models.UniqueConstraint(fields=["store_id"], condition=Q(is_active=True), name="store_gateway_one_active"),
        ]


class GatewayEvent(models.Model):
    """A signed notice of a gateway: a hint to look at a charge. Its body is not kept; it decides nothing."""

    gateway = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    store_id = models.BigIntegerField()
    type = models.CharField(max_length=60, default="")
    ref = models.CharField(max_length=120, default="")
    key = models.CharField(max_length=80, default="")
    charge = models.ForeignKey("cards.CardCharge", models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, default="waiting")
    asks = models.PositiveSmallIntegerField(default=0)
    ask_at = models.DateTimeField(null=True)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        db_table = "gateway_event"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "event_id", "store_id"], name="gateway_event_once"),
            models.CheckConstraint(
                condition=Q(state="waiting", ask_at__isnull=False)
                | Q(state__in=["looked", "unknown"], ask_at__isnull=True),
                name="gateway_event_waits_or_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at"], condition=Q(state="waiting"), name="gateway_event_waiting"),
            models.Index(
                fields=["store_id", "gateway", "-received_at"],
                condition=Q(type__startswith=HOOK_CODE),
                name="gateway_event_hook_code",
            ),
            models.Index(
                fields=["received_at"], condition=Q(state__in=["looked", "unknown"]), name="gateway_event_to_forget"
            ),
        ]
