from typing import ClassVar

from django.db import migrations, models
from django.db.models import F, Q

from seguripago.foundations.sql_files import run_file

OPEN = ["awaiting", "monitored", "partly_paid"]
SETTLED = ["confirmed", "refunded", "partly_refunded", "charged_back"]
BACKED_BEFORE = """
    DROP VIEW inv_payment_not_backed;
    CREATE VIEW inv_payment_not_backed AS
        SELECT p.id, p.received_centavos, coalesce(sum(-b.centavos), 0) AS booked
        FROM payment p
        LEFT JOIN posting b ON b.account = 'due_to_buyer' AND b.centavos < 0 AND b.journal LIKE '%:payment:' || p.id
            AND b.subject = 'order:' || p.order_id
        GROUP BY p.id
        HAVING p.received_centavos <> coalesce(sum(-b.centavos), 0);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0002_payment_truths")]
    operations: ClassVar = [
        migrations.RemoveConstraint("payment", "payment_confirmed_once"),
        migrations.RemoveConstraint("payment", "payment_confirmed_is_whole"),
        migrations.AddConstraint(
            "payment",
            models.UniqueConstraint(fields=["order"], condition=Q(state__in=SETTLED), name="payment_confirmed_once"),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=~Q(state__in=SETTLED) | Q(received_centavos=F("amount_centavos"), confirmed_at__isnull=False),
                name="payment_confirmed_is_whole",
            ),
        ),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=~Q(state="reversed") | Q(received_centavos=0), name="payment_reversed_is_empty"
            ),
        ),
        migrations.RemoveConstraint("payment", "payment_state_known"),
        migrations.AddConstraint(
            "payment",
            models.CheckConstraint(
                condition=Q(state__in=[*OPEN, *SETTLED, "cancelled", "expired", "reversed"]),
                name="payment_state_known",
            ),
        ),
        run_file(__file__, "reversals.sql", reverse=BACKED_BEFORE),
    ]
