from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("payments", "0001_initial"), ("orders", "0001_initial"), ("ledger", "0001_initial")]
    operations: ClassVar = [
        run_file(
            __file__,
            "payment_truths.sql",
            reverse="DROP VIEW inv_payment_confirmed_order_unpaid; DROP VIEW inv_order_paid_without_payment;"
            "DROP VIEW inv_payment_not_backed;",
        )
    ]
