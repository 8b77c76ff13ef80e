from django.db import models
from django.db.models import F, Q

from .charges import CardCharge


class CardRefund(models.Model):
    """Money of a charge that goes back to its card. The row is committed before the gateway is called, once.

    A trigger counts what is pending or done on the charge, whose own constraint keeps it within what was captured; the
    same trigger keeps charge, key and amount as they were written, and deletes nothing.
    """

    store_id = models.BigIntegerField()
    charge = models.ForeignKey(CardCharge, models.PROTECT, related_name="refunds")
    gateway = models.CharField(max_length=20)
    key = models.CharField(max_length=80)
    ref = models.CharField(max_length=80, default="")
    amount_centavos = models.BigIntegerField()
    apart_centavos = models.BigIntegerField(
        default=0, db_default=0, help_text="How much of it no payment had taken: it was in a case."
    )
    currency = models.CharField(max_length=3, default="MXN")
    state = models.CharField(max_length=8, default="pending")
    reason = models.CharField(max_length=240, default="")
    failure = models.CharField(max_length=240, default="")
    proposal = models.ForeignKey(
        "approvals.Proposal",
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Null: made in the gateway's panel.",
    )
    asked_by = models.CharField(max_length=120, default="")
    approved_by = models.CharField(max_length=120, default="")
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, help_text="Before the gateway is called: from now on it may know of it.")
    asked_at = models.DateTimeField(null=True, help_text="When the gateway was last asked what became of it.")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "card_refund"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "key"], name="card_refund_key_once"),
            models.UniqueConstraint(fields=["gateway", "ref"], condition=~Q(ref=""), name="card_refund_ref_once"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="card_refund_positive"),
            models.CheckConstraint(
                condition=Q(apart_centavos__gte=0, apart_centavos__lte=F("amount_centavos")),
                name="card_refund_apart_within_it",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["pending", "done", "failed"]), name="card_refund_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="pending", ended_at__isnull=True) | (~Q(state="pending") & Q(ended_at__isnull=False)),
                name="card_refund_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(sent_at__isnull=False), name="card_refund_done_was_sent"
            ),
        ]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(state="pending"), name="card_refund_pending"),
            models.Index(fields=["store_id", "-id"], name="card_refund_of_store"),
        ]


class Chargeback(models.Model):
    """The cardholder's bank took money of a charge back. Believed only from what the gateway answers to `fetch`.

    `counted`: the payment counts it, because it had become whole.
    """

    store_id = models.BigIntegerField()
    charge = models.ForeignKey(CardCharge, models.PROTECT, related_name="chargebacks")
    gateway = models.CharField(max_length=20)
    ref = models.CharField(max_length=80)
    amount_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    state = models.CharField(max_length=5, default="open")
    reason = models.CharField(max_length=80, default="")
    evidence_by = models.DateTimeField(null=True)
    counted = models.BooleanField(default=False)
    turns = models.PositiveSmallIntegerField(default=0, help_text="How often it was opened or decided.")
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, help_text="When the gateway was last asked about it.")

    class Meta:
        db_table = "card_chargeback"
        constraints = [
            models.UniqueConstraint(fields=["gateway", "ref"], name="chargeback_once"),
            models.CheckConstraint(condition=Q(amount_centavos__gt=0), name="chargeback_positive"),
            models.CheckConstraint(condition=Q(state__in=["open", "won", "lost"]), name="chargeback_state_known"),
            models.CheckConstraint(condition=~Q(state="won") | Q(counted=False), name="chargeback_won_counts_nothing"),
        ]
        indexes = [models.Index(fields=["changed_at"], condition=Q(state="open"), name="chargeback_open")]
