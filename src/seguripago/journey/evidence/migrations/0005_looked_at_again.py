"""What was rejected may be shown again."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("evidence", "0004_quarantine_and_marks")]

    operations: ClassVar = [
        migrations.RemoveConstraint("evidence", "evidence_file_once_per_order"),
        migrations.AddIndex("evidence", models.Index(fields=["order"], name="evidence_by_order")),
        migrations.AddConstraint(
            "evidence",
            models.UniqueConstraint(
                fields=["order", "sha256"], name="evidence_file_once_per_order", condition=~Q(state="rejected")
            ),
        ),
    ]
