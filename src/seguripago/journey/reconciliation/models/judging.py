from django.db import models
from django.db.models import Q

from .cases import Case


class Verdict(models.Model):
    """What was judged of a deposit, once, with its reasons."""

    deposit = models.OneToOneField("bank.Deposit", models.PROTECT, primary_key=True, related_name="+")
    store_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, help_text="certain, doubtful or unknown")
    payment = models.ForeignKey("payments.Payment", models.PROTECT, null=True, related_name="+")
    completes = models.BooleanField(default=False, help_text="Whether the payment became whole by it.")
    reasons = models.JSONField()
    suggestions = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        db_table = "verdict"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["certain", "doubtful", "unknown"]), name="verdict_kind_known"),
            models.CheckConstraint(
                condition=~Q(kind="certain") | Q(payment__isnull=False), name="verdict_certain_of_one"
            ),
        ]


class Allocation(models.Model):
    """Where a part of a deposit went: to a payment or to a case. The parts of a judged deposit add up to it.

    A part that moves on is taken back by a row with the negative amount; nothing is ever updated.
    """

    deposit = models.ForeignKey("bank.Deposit", models.PROTECT, related_name="+", db_index=False)
    part = models.PositiveSmallIntegerField()
    payment = models.ForeignKey("payments.Payment", models.PROTECT, null=True, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="+")
    centavos = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        db_table = "allocation"
        constraints = [
            models.UniqueConstraint(fields=["deposit", "part"], name="allocation_part_once"),
            models.CheckConstraint(condition=~Q(centavos=0), name="allocation_not_zero"),
            models.CheckConstraint(
                condition=Q(payment__isnull=False, case__isnull=True) | Q(payment__isnull=True, case__isnull=False),
                name="allocation_to_one",
            ),
        ]
