from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0003_reversals")]
    operations: ClassVar = [
        migrations.AddIndex(
            "payment",
            models.Index(
                "store_id",
                F("amount_centavos") - F("received_centavos"),
                F("expires_at").desc(),
                condition=Q(rail="transfer", state__in=["awaiting", "monitored", "partly_paid"]),
                name="payment_by_missing",
            ),
        ),
        migrations.AddIndex("instructions", models.Index(fields=["reference"], name="instructions_by_reference")),
        migrations.AddIndex(
            "transferclaim",
            models.Index(fields=["tracking_key"], condition=~Q(tracking_key=""), name="claim_by_tracking_key"),
        ),
    ]
