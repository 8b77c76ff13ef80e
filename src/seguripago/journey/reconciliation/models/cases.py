from django.db import models
from django.db.models import Q

CASE_KINDS = [
    "excess",
    "late",
    "part_expired",
    "duplicate",
    "unknown",
    "wrong_account",
    "contradiction",
    "reversed",
    "unreadable",
    "chargeback",
]


class Case(models.Model):
    """Something that a person decides: what, why, until when, and what happens by itself otherwise."""

    store_id = models.BigIntegerField()
    kind = models.CharField(max_length=14)
    state = models.CharField(max_length=10, default="open")
    cause = models.CharField(max_length=80, help_text="What opened it, once: deposit:12:excess")
    deposit = models.ForeignKey("bank.Deposit", models.PROTECT, null=True, related_name="+")
    payment = models.ForeignKey("payments.Payment", models.PROTECT, null=True, related_name="+")
    amount_centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="MXN")
    reasons = models.JSONField()
    suggestions = models.JSONField(default=list)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    owner = models.CharField(
        max_length=12, default="", db_default="", help_text="The role it was handed to; empty: the kind's own."
    )

    class Meta:
        db_table = "reconciliation_case"
        constraints = [
            models.UniqueConstraint(fields=["cause"], name="case_once_per_cause"),
            models.CheckConstraint(condition=Q(kind__in=CASE_KINDS), name="case_kind_known"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "proposed", "approved", "rejected", "done"]), name="case_state_known"
            ),
            models.CheckConstraint(condition=Q(amount_centavos__gte=0), name="case_amount_not_negative"),
        ]
        indexes = [models.Index(fields=["store_id", "-opened_at"], condition=~Q(state="done"), name="case_open")]
