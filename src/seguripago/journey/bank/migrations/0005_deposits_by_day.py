from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bank", "0004_returns_are_booked")]
    operations: ClassVar = [
        migrations.AddIndex("deposit", models.Index(fields=["store_id", "operation_date", "id"], name="deposit_by_day"))
    ]
