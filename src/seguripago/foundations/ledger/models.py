from django.db import models
from django.db.models import Q

ACCOUNTS = ["bank", "card_gateway", "suspense", "due_to_buyer", "due_to_store", "refunds", "fees", "differences"]


class Posting(models.Model):
    """One leg of a journal. Never updated, never deleted (trigger); each journal sums to zero (deferred trigger).

    `at` is when it was booked, `value_date` the bank's day that it counts for.
    """

    journal = models.CharField(max_length=80, help_text="What it books, once: e.g. deposit:12:arrived")
    leg = models.PositiveSmallIntegerField()
    store_id = models.BigIntegerField()
    account = models.CharField(max_length=16)
    centavos = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    subject = models.CharField(max_length=80)
    at = models.DateTimeField()
    value_date = models.DateField()

    class Meta:
        db_table = "posting"
        constraints = [
            models.UniqueConstraint(fields=["journal", "leg"], name="posting_journal_once"),
            models.CheckConstraint(condition=~Q(centavos=0), name="posting_not_zero"),
            models.CheckConstraint(
                condition=Q(account__in=ACCOUNTS),
                name="posting_account_known",
            ),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="posting_currency_iso"),
        ]
        indexes = [
            models.Index(fields=["store_id", "account", "at"], name="posting_by_account"),
            models.Index(fields=["subject"], name="posting_by_subject"),
            models.Index(
                fields=["store_id", "value_date"], condition=Q(account="bank"), name="posting_bank_by_value_date"
            ),
        ]
