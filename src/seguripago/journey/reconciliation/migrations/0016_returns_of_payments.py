"""Money of a payment that became whole goes back by the same instructions as money of cases."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

from seguripago.foundations.sql_files import run_file, text_of


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0015_back_to_cards"), ("payments", "0010_old_phrases")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PaymentReturns",
            fields=[
                (
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="payments.payment",
                    ),
                ),
                (
                    "funded_centavos",
                    models.BigIntegerField(help_text="What transfers brought of the payment: cards go back to cards."),
                ),
                ("returning_centavos", models.BigIntegerField(db_default=0, default=0)),
            ],
            options={"db_table": "payment_return"},
        ),
        migrations.AddConstraint(
            "paymentreturns",
            models.CheckConstraint(
                condition=Q(returning_centavos__gte=0, returning_centavos__lte=F("funded_centavos")),
                name="payment_returns_within_transfers",
            ),
        ),
        migrations.AlterField(
            "returninstruction",
            "case",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="reconciliation.case",
            ),
        ),
        migrations.AddField(
            "returninstruction",
            "payment",
            models.ForeignKey(
                help_text="Of whose money a refund is.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="payments.payment",
            ),
        ),
        migrations.AddConstraint(
            "returninstruction",
            models.CheckConstraint(
                condition=Q(case__isnull=False, payment__isnull=True) | Q(case__isnull=True, payment__isnull=False),
                name="return_of_case_or_payment",
            ),
        ),
        migrations.AddIndex(
            "returninstruction",
            models.Index(fields=["payment"], condition=Q(payment__isnull=False), name="return_of_payment"),
        ),
        run_file(__file__, "returns_of_payments.sql", reverse=text_of(__file__, "returns_of_payments_undone.sql")),
    ]
