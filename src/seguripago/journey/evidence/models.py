from django.db import models
from django.db.models import Q

from .rules import MAX_BYTES, EvidenceKind, EvidenceState


class Evidence(models.Model):
    """A comprobante of an order. `sealed_name`: the original, encrypted; `clean_name`: the copy people may open."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+", db_index=False)
    filename = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in EvidenceKind])
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    sealed_name = models.CharField(max_length=80)
    clean_name = models.CharField(max_length=80)
    clean_kind = models.CharField(max_length=8, choices=[(kind.value, kind.value) for kind in EvidenceKind])
    clean_sha256 = models.CharField(max_length=64)
    scanner = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=[(state.value, state.value) for state in EvidenceState])
    seal = models.CharField(max_length=16, default="none")
    seal_digest = models.CharField(max_length=64, default="", blank=True)
    fields = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    by_kind = models.CharField(max_length=10)
    by_name = models.CharField(max_length=120)
    kept_at = models.DateTimeField()

    class Meta:
        db_table = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["order", "sha256"], name="evidence_file_once_per_order"),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=MAX_BYTES), name="evidence_size_within_limit"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="evidence_sha256_is_hex"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in EvidenceKind]), name="evidence_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(seal__in=["verified", "invalid", "not_verifiable", "none"]), name="evidence_seal_is_known"
            ),
            # A seal is read from data; a picture has none, whatever is painted on it.
            models.CheckConstraint(
                condition=Q(kind__in=["cep", "pdf"]) | Q(seal="none"), name="evidence_only_data_has_a_seal"
            ),
        ]
        indexes = [
            models.Index(fields=["sha256"], name="evidence_by_file"),
            models.Index(fields=["seal_digest"], name="evidence_by_seal", condition=~Q(seal_digest="")),
        ]


class ShownSeal(models.Model):
    """The order that first showed a CEP. Its seal is unique in this whole installation; its tracking key is not."""

    digest = models.CharField(max_length=64)
    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+")
    order = models.ForeignKey("orders.Order", models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        db_table = "evidence_seal"
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="evidence_seal_shown_first_once"),
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="evidence_seal_is_a_digest"),
        ]
