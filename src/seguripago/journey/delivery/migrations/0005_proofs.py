"""The proof of a delivery, and the buyer's word that a parcel has not come."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file

KINDS = [
    "sent", "collected", "travels", "arrived_near", "out_for_delivery", "not_found", "delayed", "delivered",
    "returned", "late_to_send", "late_to_arrive", "asked", "missed",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0004_parcels")]

    operations: ClassVar = [
        migrations.RemoveConstraint("shipmentevent", "shipment_event_kind_known"),
        migrations.AddConstraint(
            "shipmentevent", models.CheckConstraint(condition=Q(kind__in=KINDS), name="shipment_event_kind_known")
        ),
        migrations.CreateModel(
            name="ShipmentProof",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("filename", models.CharField(max_length=120)),
                ("sha256", models.CharField(max_length=64)),
                ("sealed_name", models.CharField(max_length=80)),
                ("clean_name", models.CharField(max_length=80)),
                ("clean_kind", models.CharField(max_length=8)),
                ("by_name", models.CharField(max_length=120)),
                ("kept_at", models.DateTimeField()),
                (
                    "shipment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proofs",
                        to="delivery.shipment",
                    ),
                ),
            ],
            options={
                "db_table": "shipment_proof",
                "constraints": [
                    models.UniqueConstraint(fields=["shipment", "sha256"], name="shipment_proof_once"),
                    models.CheckConstraint(
                        condition=~Q(sealed_name="") & ~Q(clean_name=""), name="shipment_proof_has_both_copies"
                    ),
                ],
            },
        ),
        run_file(__file__, "proofs.sql", reverse="DROP TRIGGER shipment_proof_is_append_only ON shipment_proof;"),
    ]
