from django.db import models
from django.db.models import F, Q

IN_FLIGHT = ["created", "requires_action", "processing"]


class CardCharge(models.Model):
    """One try to charge a card at a gateway. The row is committed before the gateway is called, once.

    `payment` is the link's own where a link is paid. A charge stays with the gateway that it was opened at.
    """

    store_id = models.BigIntegerField()
    payment = models.ForeignKey("payments.Payment", models.PROTECT, related_name="+")
    link = models.ForeignKey("payments.Link", models.PROTECT, null=True, related_name="+")
    gateway = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    ref = models.CharField(max_length=80, default="")
    state = models.CharField(max_length=16, default="created")
    amount_centavos = models.BigIntegerField()
    captured_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="What the gateway said that it took, once it is paid."
    )
    returning_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="Refunds pending or done; kept by a trigger of card_refund."
    )
    apart_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="What no payment could take, less what its case gave to one or wrote off."
    )
    returning_apart_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="Refunds of what is kept apart, pending or done; kept by the same trigger."
    )
    elsewhere_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="What a case gave to another payment or wrote off: no card gets it back."
    )
    followed_at = models.DateTimeField(null=True, help_text="When the gateway was last asked about what is kept apart.")
    currency = models.CharField(max_length=3, default="MXN")
    installments = models.PositiveSmallIntegerField(default=1, help_text="Months without interest; 1: at once.")
    next_action = models.JSONField(null=True, help_text="What the buyer does next, while the charge waits for it.")
    decline = models.CharField(max_length=40, default="")
    can_retry = models.BooleanField(default=True, help_text="Whether the same card may be tried again.")
    card_label = models.CharField(max_length=40, default="")
    authorization = models.CharField(max_length=40, default="")
    asks = models.PositiveSmallIntegerField(default=0, help_text="How often the gateway was asked in vain.")
    ask_at = models.DateTimeField(null=True, help_text="When the gateway is asked next; null once it has ended.")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "card_charge"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "key"], name="card_charge_key_once"),
            models.UniqueConstraint(
                fields=["gateway", "store_id", "ref"], condition=~Q(ref=""), name="card_charge_ref_once"
            ),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=IN_FLIGHT), name="card_charge_one_in_flight"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*IN_FLIGHT, "paid", "declined", "cancelled", "expired"]),
                name="card_charge_state_known",
            ),
            models.CheckConstraint(
                condition=Q(returning_centavos__gte=0, returning_centavos__lte=F("captured_centavos")),
                name="card_charge_returns_within_captured",
            ),
            models.CheckConstraint(
                condition=Q(
                    returning_apart_centavos__gte=0,
                    returning_apart_centavos__lte=F("apart_centavos"),
                    elsewhere_centavos__gte=0,
                ),
                name="card_charge_apart_goes_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    captured_centavos__gte=F("returning_centavos")
                    - F("returning_apart_centavos")
                    + F("apart_centavos")
                    + F("elsewhere_centavos")
                ),
                name="card_charge_taken_leaves_apart",
            ),
            models.CheckConstraint(
                condition=Q(state="paid", captured_centavos__gt=0) | (~Q(state="paid") & Q(captured_centavos=0)),
                name="card_charge_paid_is_captured",
            ),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="card_charge_positive"),
            models.CheckConstraint(
                condition=Q(installments__in=[1, 3, 6, 9, 12, 18, 24]), name="card_charge_installments_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=IN_FLIGHT, ask_at__isnull=False)
                | (~Q(state__in=IN_FLIGHT) & Q(ask_at__isnull=True, next_action__isnull=True)),
                name="card_charge_waits_or_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["ask_at"], condition=Q(state__in=IN_FLIGHT), name="card_charge_in_doubt"),
            models.Index(
                fields=["followed_at"],
                condition=Q(apart_centavos__gt=F("returning_apart_centavos")),
                name="card_charge_kept_apart",
            ),
        ]
