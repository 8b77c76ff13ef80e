from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0006_quick")]

    operations: ClassVar = [
        migrations.AddField(
            "order",
            "part_sent_at",
            models.DateTimeField(null=True, help_text="When a part left while the rest was still to leave."),
        ),
    ]
