from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bank", "0002_deposit_truths"), ("ledger", "0002_zero_sum")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="deposit",
            name="feed",
            field=models.CharField(default="", max_length=20),
            preserve_default=False,
        ),
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("store_id", models.BigIntegerField()),
                ("identity", models.CharField(max_length=120)),
                ("owner_account", models.CharField(max_length=18)),
                ("sending_institution", models.CharField(max_length=5)),
                ("tracking_key", models.CharField(max_length=40)),
                ("operation_date", models.DateField()),
                ("amount_centavos", models.BigIntegerField()),
                ("currency", models.CharField(default="MXN", max_length=3)),
                ("clabe", models.CharField(max_length=20)),
                ("is_own_account", models.BooleanField()),
                ("payer_name", models.CharField(max_length=120)),
                ("payer_account", models.CharField(max_length=20)),
                ("payer_rfc", models.CharField(max_length=20)),
                ("concept", models.CharField(max_length=210)),
                ("reference", models.CharField(max_length=20)),
                ("settled_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("feed", models.CharField(max_length=20)),
                (
                    "notice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="bank.rawnotice"
                    ),
                ),
            ],
            options={
                "db_table": "deposit_announcement",
                "indexes": [models.Index(fields=["store_id", "-received_at", "-id"], name="announcement_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("store_id", "identity", "amount_centavos", "currency"), name="announcement_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_centavos__gt", 0)), name="announcement_amount_positive"
                    ),
                ],
            },
        ),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Arrival")]),
        # Not reversible: deposits that were only announced have left the table of deposits.
        run_file(__file__, "believed.sql", reverse=None),
    ]
