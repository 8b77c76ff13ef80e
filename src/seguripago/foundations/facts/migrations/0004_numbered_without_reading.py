from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("facts", "0003_unchecked_queues")]
    operations: ClassVar = [
        migrations.AddField(
            "unnumberedfact", "kind", models.CharField(max_length=64, default=""), preserve_default=False
        ),
        migrations.AddField("unnumberedfact", "store_id", models.BigIntegerField(default=0), preserve_default=False),
        # What waits at this moment learns its kind and store from its fact.
        migrations.RunSQL(
            "UPDATE fact_unnumbered u SET kind = f.kind, store_id = f.store_id FROM fact f WHERE f.id = u.fact_id",
            migrations.RunSQL.noop,
        ),
    ]
