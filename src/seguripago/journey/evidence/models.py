from django.db import models
from django.db.models import Q

from .rules import MAX_BYTES, Door, EvidenceKind, EvidenceState, MarkKind


class Evidence(models.Model):
    """A comprobante of an order. `sealed_name`: the original, encrypted; `clean_name`: the copy people may open.

    `looked_at`: when the scanner had looked; `tries`: how often a look at it was begun;
    `rejected_for`: the code of the refusal that ended the quarantine.
    """

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", db_index=False)
    filename = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in EvidenceKind])
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed_name = models.CharField(max_length=80, default="", blank=True)
    clean_name = models.CharField(max_length=80, default="", blank=True)
    clean_kind = models.CharField(
        max_length=8, choices=[(kind.value, kind.value) for kind in EvidenceKind], default="", blank=True
    )
    clean_sha256 = models.CharField(max_length=64, default="", blank=True)
    scanner = models.CharField(max_length=20, default="", blank=True)
    looked_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    rejected_for = models.CharField(max_length=8, default="", blank=True)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in EvidenceState])
    seal = models.CharField(max_length=16, default="none")
    seal_digest = models.CharField(max_length=64, default="", blank=True)
    fields = models.JSONField(default=dict)
    confidences = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    door = models.CharField(
        max_length=8, choices=[(door.value, door.value) for door in Door], default=Door.ORDER, db_default=Door.ORDER
    )
    by_kind = models.CharField(max_length=10)
    by_name = models.CharField(max_length=120)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["order", "sha256"], name="evidence_file_once_per_order", condition=~Q(state="rejected")
            ),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=MAX_BYTES), name="evidence_size_within_limit"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="evidence_sha256_is_hex"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EvidenceKind]), name="evidence_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(door__in=[door.value for door in Door]), name="evidence_door_is_known"),
            models.CheckConstraint(
                condition=Q(seal__in=["verified", "invalid", "not_verifiable", "none"]), name="evidence_seal_is_known"
            ),
            # A seal is read from data; a picture has none, whatever is painted on it.
            models.CheckConstraint(
                condition=Q(kind__in=["cep", "pdf"]) | Q(seal="none"), name="evidence_only_data_has_a_seal"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in EvidenceState]), name="evidence_state_is_known"
            ),
            # Nothing to open before the scanner looked, and never of what it did not let pass.
            models.CheckConstraint(
                condition=Q(state__in=["clean", "read"]) & ~Q(clean_name="") & ~Q(clean_kind="") & ~Q(scanner="")
                | Q(state__in=["stored", "rejected"], clean_name="", clean_kind="", clean_sha256=""),
                name="evidence_copy_of_clean_only",
            ),
            models.CheckConstraint(
                condition=Q(state="rejected", sealed_name="") | ~Q(state="rejected") & ~Q(sealed_name=""),
                name="evidence_original_unless_rejected",
            ),
            models.CheckConstraint(
                condition=Q(state="rejected") & ~Q(rejected_for="") | ~Q(state="rejected") & Q(rejected_for=""),
                name="evidence_rejection_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state="read") | Q(fields={}, confidences={}, seal="none", seal_digest=""),
                name="evidence_fields_of_read_only",
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="evidence_by_file"),
            models.Index(fields=["order"], name="evidence_by_order"),
            models.Index(fields=["seal_digest"], name="evidence_by_seal", condition=~Q(seal_digest="")),
            models.Index(fields=["id"], name="evidence_to_scan", condition=Q(state="stored")),
            models.Index(fields=["id"], name="evidence_to_read", condition=Q(state="clean")),
        ]


class ShownMark(models.Model):
    """The order that first showed something in this whole installation: a seal, a file, a movement.

    A seal is unique; a tracking key is not, so a movement is its key with the sending bank and the operation day.
    """

    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in MarkKind])
    digest = models.CharField(max_length=64)
    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "evidence_mark"
        constraints = [
            models.UniqueConstraint(fields=["kind", "digest"], name="evidence_mark_shown_first_once"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in MarkKind]), name="evidence_mark_kind_is_known"
            ),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="evidence_mark_is_a_digest"),
        ]


class EvidenceLook(models.Model):
    """How a comprobante looks. `first`: the look that it repeats, the first of all those alike; none for a new one."""

    evidence = models.OneToOneField(Evidence, models.PROTECT, primary_key=True, related_name="look")
    coarse = models.BinaryField()
    fine = models.BinaryField()
    first = models.ForeignKey("self", models.PROTECT, related_name="+", null=True)

    class Meta:
        db_table = "evidence_look"
        constraints = [
            models.CheckConstraint(
                condition=Q(first__isnull=True) | ~Q(first=models.F("evidence")), name="evidence_look_not_like_itself"
            ),
        ]


class LookBand(models.Model):
    """A key by which looks that may be alike are found without comparing with all of them."""

    look = models.ForeignKey(EvidenceLook, models.PROTECT, related_name="+", db_index=False)
    key = models.BigIntegerField()

    class Meta:
        db_table = "evidence_look_band"
        constraints = [models.UniqueConstraint(fields=["key", "look"], name="evidence_look_band_once")]
