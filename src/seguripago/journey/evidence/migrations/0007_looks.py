"""How comprobantes look, so that the same picture saved anew is known again."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("evidence", "0006_pictures_of_telephones")]

    operations: ClassVar = [
        migrations.CreateModel(
            name="EvidenceLook",
            fields=[
                (
                    "evidence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="look",
                        serialize=False,
                        to="evidence.evidence",
                    ),
                ),
                ("coarse", models.BinaryField()),
                ("fine", models.BinaryField()),
                (
                    "first",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.evidencelook",
                    ),
                ),
            ],
            options={
                "db_table": "evidence_look",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(first__isnull=True) | ~Q(first=F("evidence")), name="evidence_look_not_like_itself"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="LookBand",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "look",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="evidence.evidencelook",
                    ),
                ),
                ("key", models.BigIntegerField()),
            ],
            options={
                "db_table": "evidence_look_band",
                "constraints": [models.UniqueConstraint(fields=["key", "look"], name="evidence_look_band_once")],
            },
        ),
    ]
