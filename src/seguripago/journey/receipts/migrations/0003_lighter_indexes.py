"""No index that another one begins with."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("receipts", "0002_append_only"),
        ("stores", "0005_lighter_indexes"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="receipt",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stores.store"
            ),
        ),
    ]
