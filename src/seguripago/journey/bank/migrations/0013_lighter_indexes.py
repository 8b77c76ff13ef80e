"""No index that another one begins with."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("bank", "0012_captured_twins"),
    ]

    operations: ClassVar = [
        migrations.RemoveIndex("deposit", "deposit_by_tracking_key"),
        migrations.AlterField(
            model_name="attestation",
            name="deposit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="attestations",
                to="bank.deposit",
            ),
        ),
        migrations.AlterField(
            model_name="statementbalance",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="balances",
                to="bank.statement",
            ),
        ),
        migrations.AlterField(
            model_name="statementpiece",
            name="statement",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="pieces", to="bank.statement"
            ),
        ),
        migrations.AlterField(
            model_name="statementrefusal",
            name="statement",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="refusals",
                to="bank.statement",
            ),
        ),
        migrations.AlterField(
            model_name="statementstep",
            name="statement",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="bank.statement"
            ),
        ),
    ]
