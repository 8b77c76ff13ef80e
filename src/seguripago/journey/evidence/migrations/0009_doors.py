"""By which door a comprobante came: what holders of payment links give is counted for itself."""

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("evidence", "0008_tries")]

    operations: ClassVar = [
        migrations.AddField(
            "evidence",
            "door",
            models.CharField(
                choices=[("order", "order"), ("link", "link")], db_default="order", default="order", max_length=8
            ),
        ),
        migrations.AddConstraint(
            "evidence",
            models.CheckConstraint(condition=models.Q(("door__in", ["order", "link"])), name="evidence_door_is_known"),
        ),
    ]
