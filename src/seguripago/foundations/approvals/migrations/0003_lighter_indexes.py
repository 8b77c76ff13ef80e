"""No index that another one begins with."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("approvals", "0002_truths"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="storepolicy",
            name="proposal",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approvals.proposal"
            ),
        ),
    ]
