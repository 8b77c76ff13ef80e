"""What goes back to the buyer, and what cardholders' banks take back."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q

from seguripago.foundations.sql_files import run_file

WENT_BACK = ["refunded", "partly_refunded", "charged_back"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0008_links")]

    operations: ClassVar = [
        migrations.AddField(
            "payment",
            "refunded_centavos",
            models.BigIntegerField(db_default=0, default=0, help_text="Given back to the buyer of what was received."),
        ),
        migrations.AddField(
            "payment",
            "contested_centavos",
            models.BigIntegerField(
                db_default=0, default=0, help_text="Taken back by the cardholder's bank: in dispute, or lost."
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=Q(refunded_centavos__gte=0, refunded_centavos__lte=F("received_centavos")),
                name="payment_refunded_within_received",
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=Q(state="refunded", refunded_centavos=F("amount_centavos"), contested_centavos=0)
                | Q(
                    state="partly_refunded",
                    refunded_centavos__gt=0,
                    refunded_centavos__lt=F("amount_centavos"),
                    contested_centavos=0,
                )
                | Q(state="charged_back", contested_centavos__gt=0)
                | (~Q(state__in=WENT_BACK) & Q(refunded_centavos=0, contested_centavos=0)),
                name="payment_says_what_went_back",
            ),
        ),
        run_file(__file__, "refunds.sql", reverse="DROP VIEW inv_payment_refunded_differs;"),
    ]
