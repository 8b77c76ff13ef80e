from django.db import models
from django.db.models import F, Q

from .rules import Filed


class PurchaseBacking(models.Model):
    """Whether a paid purchase is backed, since when and by what. A trigger keeps it as it is once it is."""

    store = models.ForeignKey("stores.Store", models.PROTECT, related_name="+", db_index=False)
    order = models.OneToOneField("orders.Order", models.PROTECT, related_name="+")
    payment = models.ForeignKey("payments.Payment", models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField()
    remind_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True)
    file_by = models.DateTimeField(help_text="Without a comprobante by then the bank's notice is filed.")
    backed_at = models.DateTimeField(null=True)
    filed = models.CharField(max_length=12, default="", blank=True)
    subject = models.CharField(max_length=40, default="", blank=True, help_text="`evidence:7`, `deposit:3`, `charge:1`")
    receipt = models.CharField(max_length=20, default="", blank=True)
    certificate = models.CharField(max_length=20, default="", blank=True)

    class Meta:
        db_table = "purchase_backing"
        constraints = [
            models.CheckConstraint(
                condition=Q(backed_at__isnull=True, filed="", subject="", receipt="", certificate="")
                | (
                    Q(backed_at__isnull=False, filed__in=[kind.value for kind in Filed])
                    & ~Q(subject="")
                    & ~Q(receipt="")
                    & ~Q(certificate="")
                ),
                name="purchase_backed_has_all_papers",
            ),
            models.CheckConstraint(condition=Q(file_by__gt=F("remind_at")), name="purchase_reminded_before_filed"),
        ]
        indexes = [
            models.Index(fields=["file_by"], name="purchase_to_file", condition=Q(backed_at__isnull=True)),
            models.Index(
                fields=["remind_at"],
                name="purchase_to_remind",
                condition=Q(backed_at__isnull=True, reminded_at__isnull=True),
            ),
        ]
