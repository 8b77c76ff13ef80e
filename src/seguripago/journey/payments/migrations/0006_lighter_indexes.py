"""No index that another one begins with.

Django drops *every* index of exactly the column when a foreign key loses its own, a conditional unique key too: the one
that lets an order be confirmed once is made again in the same transaction.
"""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

CONFIRMED_ONCE = """
    CREATE UNIQUE INDEX IF NOT EXISTS payment_confirmed_once ON payment (order_id)
    WHERE state IN ('confirmed', 'refunded', 'partly_refunded', 'charged_back')
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("orders", "0005_lighter_indexes"),
        ("payments", "0005_overdue_parts"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="payment",
            name="order",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"
            ),
        ),
        migrations.RunSQL(CONFIRMED_ONCE, migrations.RunSQL.noop),
    ]
