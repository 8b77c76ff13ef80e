from django.db import models
from django.db.models import Q

VERDICTS = ["waiting_for_bank", "matches_deposit", "verified_by_cep", "contradicts", "reused", "unreadable"]


class EvidenceVerdict(models.Model):
    """What a comprobante was worth at a moment, with its reasons. Written once; the newest one counts."""

    evidence = models.ForeignKey("evidence.Evidence", models.PROTECT, related_name="+")
    store_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    kind = models.CharField(max_length=16)
    reasons = models.JSONField(help_text="Codes with their data; the words are made where they are shown.")
    compared = models.JSONField(help_text="What was expected and what it says, field by field.")
    deposit = models.ForeignKey("bank.Deposit", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "evidence_verdict"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VERDICTS), name="evidence_verdict_known"),
            # Only the bank's own word makes a match.
            models.CheckConstraint(
                condition=~Q(kind="matches_deposit") | Q(deposit__isnull=False), name="evidence_verdict_matches_one"
            ),
        ]


class EvidenceWatch(models.Model):
    """How a comprobante stands now: its newest verdict, and when it is looked at again.

    `clabe` and `tracking_key` are those by which a deposit that comes finds it.
    """

    evidence = models.OneToOneField("evidence.Evidence", models.PROTECT, primary_key=True, related_name="+")
    verdict = models.ForeignKey(EvidenceVerdict, models.PROTECT, related_name="+")
    store_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    clabe = models.CharField(max_length=18, default="", blank=True)
    tracking_key = models.CharField(max_length=40, default="", blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True, help_text="When a person is told that nothing came.")
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "evidence_watch"
        indexes = [
            models.Index(fields=["order_id"], name="evidence_watch_of_order"),
            models.Index(fields=["clabe"], condition=~Q(clabe=""), name="evidence_watch_by_clabe"),
            models.Index(fields=["tracking_key"], condition=~Q(tracking_key=""), name="evidence_watch_by_key"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="evidence_watch_due"),
        ]
