from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

REASONS = ["not_arrived", "damaged", "not_as_ordered", "incomplete", "other"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("claims", "0002_truths")]
    operations: ClassVar = [
        migrations.RemoveConstraint("claim", "claim_reason_is_known"),
        # Nobody ever could offer a repair; what comes nearest is another piece for the one that fails.
        migrations.RunSQL(
            "ALTER TABLE claim DISABLE TRIGGER claim_is_kept;"
            "UPDATE claim SET wanted = 'replace' WHERE wanted = 'repair';"
            "ALTER TABLE claim ENABLE TRIGGER claim_is_kept;",
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            "claim",
            models.CheckConstraint(
                condition=Q(reason__in=REASONS, wanted__in=["replace", "refund", "refund_part", "return"]),
                name="claim_reason_is_known",
            ),
        ),
    ]
