"""For whom each refund waits, and until when."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

WAITS = ["decision", "account", "account_check", "bank", "road"]
KEEPERS = ["buyer", "payments", "supervisor", "owner"]
# What ended waits for nobody; what two people decide, or decided, waits for somebody until a time.
WAITS_AFTER_THE_END = """
    CREATE VIEW inv_refund_ended_waits AS
        SELECT id, state, waits_for FROM refund WHERE state IN ('confirmed', 'rejected') AND waits_for <> '';
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("refunds", "0006_who_asked"), ("stores", "0012_days_of_refunds")]

    operations: ClassVar = [
        migrations.AddField(
            "refund",
            "waits_for",
            models.CharField(max_length=16, blank=True, default="", db_default="", help_text="Empty: nobody."),
        ),
        migrations.AddField(
            "refund",
            "keeper",
            models.CharField(max_length=10, blank=True, default="", db_default="", help_text="Who is waited for."),
        ),
        migrations.AddField("refund", "due_at", models.DateTimeField(null=True)),
        migrations.AddField("refund", "remind_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "refund",
            models.CheckConstraint(
                condition=Q(waits_for="", keeper="", due_at__isnull=True, remind_at__isnull=True)
                | Q(waits_for__in=WAITS, keeper__in=KEEPERS, due_at__isnull=False),
                name="refund_waits_for_somebody_until_a_time",
            ),
        ),
        migrations.AddIndex(
            "refund", models.Index(fields=["due_at"], name="refund_due", condition=Q(due_at__isnull=False))
        ),
        migrations.AddIndex(
            "refund", models.Index(fields=["remind_at"], name="refund_to_remind", condition=Q(remind_at__isnull=False))
        ),
        migrations.RunSQL(WAITS_AFTER_THE_END, "DROP VIEW inv_refund_ended_waits;"),
    ]
