"""Who holds an order back: what is held already is held by a doubt."""

from typing import ClassVar

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0007_part_sent"), ("stores", "0008_days_of_claims")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="order",
            name="shipping_holders",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=8),
                db_default=[],
                default=list,
                help_text="Who holds it: a doubt, a claim.",
            ),
        ),
        migrations.RunSQL(
            "UPDATE shop_order SET shipping_holders = '{doubt}' WHERE shipping_hold", reverse_sql=migrations.RunSQL.noop
        ),
    ]
