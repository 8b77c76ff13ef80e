"""Make the unique key again that 0006 took away.

Django drops *every* index of exactly the column when a foreign key loses its own, a conditional unique key too. Where the key
still stands this does nothing.
"""

from typing import ClassVar

from django.db import migrations

KEY = """
    CREATE UNIQUE INDEX IF NOT EXISTS payment_confirmed_once ON payment (order_id)
    WHERE state IN ('confirmed', 'refunded', 'partly_refunded', 'charged_back')
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0006_lighter_indexes")]
    operations: ClassVar = [migrations.RunSQL(KEY, migrations.RunSQL.noop)]
