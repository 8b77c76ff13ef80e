from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("evidence", "0001_initial"),
        ("orders", "0003_unfinished_orders"),
        ("stores", "0001_initial"),
    ]
    operations: ClassVar = [
        migrations.RemoveConstraint("evidence", "evidence_only_a_cep_has_a_seal"),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(
                condition=Q(kind__in=["cep", "pdf"]) | Q(seal="none"), name="evidence_only_data_has_a_seal"
            ),
        ),
        migrations.CreateModel(
            name="ShownSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
                ),
                (
                    "store",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stores.store"),
                ),
            ],
            options={
                "db_table": "evidence_seal",
                "constraints": [
                    models.UniqueConstraint(fields=["digest"], name="evidence_seal_shown_first_once"),
                    models.CheckConstraint(
                        condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="evidence_seal_is_a_digest"
                    ),
                ],
            },
        ),
    ]
