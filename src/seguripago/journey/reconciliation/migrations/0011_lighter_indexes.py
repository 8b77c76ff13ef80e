"""No index that another one begins with."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("reconciliation", "0010_day_close_by_steps"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="allocation",
            name="deposit",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="bank.deposit"
            ),
        ),
        migrations.AlterField(
            model_name="casepart",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="reconciliation.case"
            ),
        ),
    ]
