"""No index that another one begins with."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("stores", "0004_prefix_days"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="prefixday",
            name="prefix",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="days",
                to="stores.accountprefix",
            ),
        ),
        migrations.AlterField(
            model_name="storefeed",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="feeds", to="stores.store"
            ),
        ),
    ]
