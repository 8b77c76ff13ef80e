from django.db import models
from django.db.models import F, Q

OPEN = ["awaiting", "monitored", "partly_paid"]
SETTLED = ["confirmed", "refunded", "partly_refunded", "charged_back"]


class Payment(models.Model):
    """The intention to pay one order by one rail. Transfer details and payment link share the order's CLABE."""

    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", db_index=False)
    store_id = models.BigIntegerField()
    rail = models.CharField(max_length=8, help_text="transfer or card")
    channel = models.CharField(max_length=4, help_text="spei, link or card: how the buyer is asked")
    state = models.CharField(max_length=16)
    exception = models.CharField(max_length=10, default="none")
    amount_centavos = models.BigIntegerField()
    received_centavos = models.BigIntegerField(
        default=0, help_text="Applied to this payment, never more than the amount."
    )
    currency = models.CharField(max_length=3, default="MXN")
    expires_at = models.DateTimeField()
    watch_until = models.DateTimeField()
    monitored_at = models.DateTimeField(null=True)
    claimed_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=120, default="")
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "payment"
        constraints = [
            models.UniqueConstraint(fields=["order", "rail"], name="payment_one_per_rail"),
            models.UniqueConstraint(fields=["order"], condition=Q(state__in=SETTLED), name="payment_confirmed_once"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="payment_amount_positive"),
            models.CheckConstraint(
                condition=Q(received_centavos__gte=0, received_centavos__lte=F("amount_centavos")),
                name="payment_received_within_amount",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=SETTLED) | Q(received_centavos=F("amount_centavos"), confirmed_at__isnull=False),
                name="payment_confirmed_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="reversed") | Q(received_centavos=0), name="payment_reversed_is_empty"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*OPEN, *SETTLED, "cancelled", "expired", "reversed"]), name="payment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(exception__in=["none", "excess", "late", "duplicate", "marked"]),
                name="payment_exception_known",
            ),
        ]
        indexes = [
            models.Index(fields=["store_id", "expires_at"], condition=Q(state__in=OPEN), name="payment_expected"),
            models.Index(
                fields=["expires_at"], condition=Q(state__in=["awaiting", "monitored"]), name="payment_to_expire"
            ),
            models.Index(fields=["expires_at", "id"], condition=Q(state="partly_paid"), name="payment_part_overdue"),
            # What money without an owner may be for: the same amount is missing, the newest first.
            models.Index(
                "store_id",
                F("amount_centavos") - F("received_centavos"),
                F("expires_at").desc(),
                condition=Q(rail="transfer", state__in=OPEN),
                name="payment_by_missing",
            ),
        ]


class Instructions(models.Model):
    """Where to transfer. The CLABE was given out for this order and is never given to another."""

    payment = models.OneToOneField(Payment, models.PROTECT, primary_key=True, related_name="instructions")
    clabe = models.CharField(max_length=18, unique=True)
    bank = models.CharField(max_length=40)
    beneficiary = models.CharField(max_length=39)
    concept = models.CharField(max_length=40)
    reference = models.CharField(max_length=7)
    sent_at = models.DateTimeField()

    class Meta:
        db_table = "transfer_instructions"
        constraints = [models.CheckConstraint(condition=Q(clabe__regex=r"^\d{18}$"), name="instructions_clabe_digits")]
        indexes = [models.Index(fields=["reference"], name="instructions_by_reference")]


class Link(models.Model):
    """A payment link: the token carries only `handle`, expiry and audience; everything else is here."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="links")
    store_id = models.BigIntegerField()
    handle = models.CharField(max_length=43, unique=True)
    state = models.CharField(max_length=10, default="active")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payment_link"
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(state__in=["active", "opened"]), name="link_one_live"
            ),
            models.UniqueConstraint(fields=["payment"], condition=Q(state="paid"), name="link_pays_once"),
            models.CheckConstraint(
                condition=Q(state__in=["active", "opened", "paid", "expired", "revoked", "superseded"]),
                name="link_state_known",
            ),
        ]


class CardCharge(models.Model):
    """One try to charge a card at a gateway. The row exists before the gateway is called."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="charges")
    gateway = models.CharField(max_length=20)
    key = models.CharField(max_length=64)
    ref = models.CharField(max_length=80, default="")
    state = models.CharField(max_length=16, default="created")
    amount_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    redirect_url = models.TextField(default="")
    decline = models.CharField(max_length=40, default="")
    card_label = models.CharField(max_length=40, default="")
    authorization = models.CharField(max_length=40, default="")
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "card_charge"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "key"], name="card_charge_key_once"),
            models.UniqueConstraint(fields=["payment"], condition=Q(state="paid"), name="card_charge_paid_once"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state__in=["created", "requires_action", "processing"]),
                name="card_charge_one_in_flight",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["created", "requires_action", "processing", "paid", "declined", "cancelled", "expired"]
                ),
                name="card_charge_state_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["changed_at"],
                condition=Q(state__in=["created", "requires_action", "processing"]),
                name="card_charge_in_doubt",
            )
        ]


class TransferClaim(models.Model):
    """«Ya transferí»: what the buyer says of a transfer. It starts the search and moves nothing."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="claims")
    bank = models.CharField(max_length=40)
    transfer_date = models.DateField()
    tracking_key = models.CharField(max_length=30)
    at = models.DateTimeField()

    class Meta:
        db_table = "transfer_claim"
        indexes = [models.Index(fields=["tracking_key"], condition=~Q(tracking_key=""), name="claim_by_tracking_key")]
