from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies: ClassVar = [("stores", "0006_store_sites")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="store",
            name="chat_months",
            field=models.PositiveSmallIntegerField(
                db_default=24, default=24, help_text="How long conversations are kept before they are forgotten."
            ),
        ),
        migrations.AddConstraint(
            model_name="store",
            constraint=models.CheckConstraint(
                condition=Q(("chat_months__gte", 1), ("chat_months__lte", 120)), name="store_chat_months_possible"
            ),
        ),
    ]
