from datetime import timedelta

from django.db import models
from django.db.models import F, Q

STATES = ["open", "granted", "rejected", "withdrawn", "void", "expired"]
_BY_ANOTHER = Q(way="second_person", decided_by_id__isnull=False) & ~Q(decided_by_id=F("proposed_by_id"))
_AFTER_THE_DELAY = Q(
    way="delay", may_be_delayed=True, told_at__isnull=False, decided_at__gte=F("told_at") + timedelta(hours=24)
)


class Proposal(models.Model):
    """What somebody proposes to do: to what, exactly what, its hash, and who decided. A decided row never changes."""

    store_id = models.BigIntegerField()
    kind = models.CharField(max_length=30)
    subject = models.CharField(max_length=80)
    effects = models.JSONField()
    says = models.JSONField()
    hash = models.CharField(max_length=64)
    proposed_by = models.CharField(max_length=120)
    proposed_by_id = models.BigIntegerField()
    proposed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    may_be_delayed = models.BooleanField(default=False, help_text="A lone owner's: a delay stands for the checker.")
    told_at = models.DateTimeField(null=True, help_text="When the store was told of a lone owner's proposal.")
    state = models.CharField(max_length=10, default="open")
    way = models.CharField(max_length=14, default="")
    decided_by = models.CharField(max_length=120, default="")
    decided_by_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=240, default="")

    class Meta:
        db_table = "approval_proposal"
        constraints = [
            models.UniqueConstraint(
                fields=["store_id", "subject"], condition=Q(state="open"), name="proposal_one_open_per_subject"
            ),
            models.CheckConstraint(condition=Q(state__in=STATES), name="proposal_state_known"),
            models.CheckConstraint(condition=Q(hash__regex=r"^[0-9a-f]{64}$"), name="proposal_hash_is_sha256"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("proposed_at")), name="proposal_lives_a_while"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="proposal_decided_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="granted") & (_BY_ANOTHER | _AFTER_THE_DELAY) | (~Q(state="granted") & Q(way="")),
                name="proposal_maker_is_not_checker",
            ),
        ]
        indexes = [
            models.Index(fields=["store_id", "-id"], condition=Q(state="open"), name="proposal_open"),
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="proposal_to_expire"),
            models.Index(fields=["store_id", "subject"], name="proposal_by_subject"),
        ]


class StorePolicy(models.Model):
    """A value that two people gave to a policy of the store; the newest one counts. Never changed, never deleted."""

    store_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    value = models.BigIntegerField()
    proposal = models.ForeignKey(Proposal, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        db_table = "store_policy"
        constraints = [
            models.UniqueConstraint(fields=["proposal", "name"], name="store_policy_once_per_proposal"),
            models.CheckConstraint(condition=Q(value__gte=0), name="store_policy_not_negative"),
        ]
        indexes = [models.Index(fields=["store_id", "name", "-id"], name="store_policy_newest")]
