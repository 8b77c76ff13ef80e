"""Money may go back for what the store will not send."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

REASONS = [
    "claim", "cancelled", "by_store", "unsent", "excess", "late", "part", "duplicate", "unknown", "other", "panel",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [("refunds", "0004_lighter_indexes")]

    operations: ClassVar = [
        migrations.RemoveConstraint("refund", "refund_reason_known"),
        migrations.AddConstraint(
            "refund", models.CheckConstraint(condition=Q(reason__in=REASONS), name="refund_reason_known")
        ),
    ]
