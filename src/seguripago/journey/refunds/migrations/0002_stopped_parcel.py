from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("refunds", "0001_initial")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="refund",
            name="stopped_parcel",
            field=models.BooleanField(
                db_default=False, default=False, help_text="Asking stopped the parcel: it goes on when not granted."
            ),
        ),
    ]
