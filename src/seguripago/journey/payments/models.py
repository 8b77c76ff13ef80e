from django.db import models
from django.db.models import F, Q

OPEN = ["awaiting", "monitored", "partly_paid"]
SETTLED = ["confirmed", "refunded", "partly_refunded", "charged_back"]
LIVE = ["active", "opened"]


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
    refunded_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="Given back to the buyer of what was received."
    )
    contested_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="Taken back by the cardholder's bank: in dispute, or lost."
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
                condition=Q(refunded_centavos__gte=0, refunded_centavos__lte=F("received_centavos")),
                name="payment_refunded_within_received",
            ),
            models.CheckConstraint(
                condition=Q(state="refunded", refunded_centavos=F("amount_centavos"), contested_centavos=0)
                | Q(
                    state="partly_refunded",
                    refunded_centavos__gt=0,
                    refunded_centavos__lt=F("amount_centavos"),
                    contested_centavos=0,
                )
                | Q(state="charged_back", contested_centavos__gt=0)
                | (
                    ~Q(state__in=["refunded", "partly_refunded", "charged_back"])
                    & Q(refunded_centavos=0, contested_centavos=0)
                ),
                name="payment_says_what_went_back",
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
    """A payment link: the token carries only `handle`, expiry and audience; everything else is here.

    What it asks is written once; an ended link stays ended (link_truths.sql).
    """

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="links")
    store_id = models.BigIntegerField()
    handle = models.CharField(max_length=43, unique=True)
    purpose = models.CharField(max_length=8, help_text="whole, deposit, rest or quick")
    amount_centavos = models.BigIntegerField(help_text="What it asks for, exactly.")
    target_centavos = models.BigIntegerField(help_text="What the payment has received when this link is paid.")
    order_version = models.PositiveIntegerField(help_text="Of the PRE-FACTURA that it was made for.")
    phrase = models.CharField(max_length=60, help_text="The words that page, chat and mail show alike.")
    state = models.CharField(max_length=10, default="active")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=120, default="")
    expires_at = models.DateTimeField()
    first_opened_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=120, default="")

    class Meta:
        db_table = "payment_link"
        constraints = [
            models.UniqueConstraint(fields=["payment"], condition=Q(state__in=LIVE), name="link_one_live"),
            models.UniqueConstraint(
                fields=["payment", "target_centavos"], condition=Q(state="paid"), name="link_pays_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[*LIVE, "paid", "expired", "revoked", "superseded"]), name="link_state_known"
            ),
            models.CheckConstraint(
                condition=Q(purpose__in=["whole", "deposit", "rest", "quick"]), name="link_purpose_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_centavos__gt=0, target_centavos__gte=F("amount_centavos")),
                name="link_amount_positive",
            ),
            models.CheckConstraint(
                condition=~Q(purpose="whole") | Q(target_centavos=F("amount_centavos")),
                name="link_whole_is_from_nothing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=LIVE, ended_at__isnull=True) | (~Q(state__in=LIVE) & Q(ended_at__isnull=False)),
                name="link_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="opened") | Q(first_opened_at__isnull=False), name="link_opened_has_its_time"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state__in=LIVE), name="link_to_expire")]


class LinkOpen(models.Model):
    """Somebody looked at a link. Written once; it says neither who nor with which browser."""

    link = models.ForeignKey(Link, models.PROTECT, related_name="opens")
    at = models.DateTimeField()
    caller = models.CharField(max_length=32, help_text="A hash under the day's salt.")
    agent = models.CharField(max_length=8, help_text="phone, computer, preview, robot or unknown")
    own_session = models.BooleanField(help_text="Whether the order's own buyer looked.")

    class Meta:
        db_table = "payment_link_open"
        constraints = [
            models.CheckConstraint(
                condition=Q(agent__in=["phone", "computer", "preview", "robot", "unknown"]),
                name="link_open_agent_known",
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
