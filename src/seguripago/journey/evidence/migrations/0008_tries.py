"""A look at a file is counted before it begins: one that ends its process is not looked at for ever."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("evidence", "0007_looks")]

    operations: ClassVar = [
        migrations.AddField("evidence", "tries", models.PositiveSmallIntegerField(default=0, db_default=0)),
    ]
