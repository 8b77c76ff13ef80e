"""What is left of an order may be said not to be sent."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file, text_of

STATES = ["preparing", "shipped", "in_transit", "delivered", "returned", "unsent"]
KINDS = [
    "sent", "collected", "travels", "arrived_near", "out_for_delivery", "not_found", "delayed", "delivered",
    "returned", "late_to_send", "late_to_arrive", "asked", "missed", "unsent",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0005_proofs")]

    operations: ClassVar = [
        migrations.AlterField(
            "shipment", "state", models.CharField(max_length=12, choices=[(state, state) for state in STATES])
        ),
        migrations.RemoveConstraint("shipment", "shipment_state_is_known"),
        migrations.AddConstraint(
            "shipment", models.CheckConstraint(condition=Q(state__in=STATES), name="shipment_state_is_known")
        ),
        migrations.RemoveConstraint("shipment", "shipment_sent_has_its_number"),
        migrations.AddConstraint(
            "shipment",
            models.CheckConstraint(
                condition=Q(state="preparing")
                | Q(state="unsent", shipped_at__isnull=True)
                | (Q(shipped_at__isnull=False) & ~Q(carrier="") & ~Q(tracking_number="")),
                name="shipment_sent_has_its_number",
            ),
        ),
        migrations.RemoveConstraint("shipmentevent", "shipment_event_kind_known"),
        migrations.AddConstraint(
            "shipmentevent", models.CheckConstraint(condition=Q(kind__in=KINDS), name="shipment_event_kind_known")
        ),
        run_file(__file__, "unsent.sql", reverse=text_of(__file__, "unsent_undone.sql")),
    ]
