"""No index that another one begins with."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("notices", "0002_mails_to_stores"),
        ("stores", "0005_lighter_indexes"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="mail",
            name="store",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="stores.store"
            ),
        ),
    ]
