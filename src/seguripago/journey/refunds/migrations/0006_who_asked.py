"""Who asked is not known by a name, which a buyer and a person of the store may share."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("refunds", "0005_unsent")]

    operations: ClassVar = [
        migrations.AddField("refund", "asked_by_kind", models.CharField(max_length=10, default="", db_default="")),
        migrations.AddField("refund", "asked_by_id", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "refund",
            "asked_by",
            models.CharField(help_text="As screens show it; who it was, the next two say.", max_length=120),
        ),
    ]
