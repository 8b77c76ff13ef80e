"""HEIC is taken."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

KINDS = ["jpeg", "png", "webp", "heic", "pdf", "cep"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("evidence", "0005_looked_at_again")]

    operations: ClassVar = [
        migrations.AlterField(
            "evidence", "kind", models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS])
        ),
        migrations.AlterField(
            "evidence",
            "clean_kind",
            models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS], default="", blank=True),
        ),
        migrations.RemoveConstraint("evidence", "evidence_kind_is_known"),
        migrations.AddConstraint(
            "evidence", models.CheckConstraint(condition=Q(kind__in=KINDS), name="evidence_kind_is_known")
        ),
    ]
