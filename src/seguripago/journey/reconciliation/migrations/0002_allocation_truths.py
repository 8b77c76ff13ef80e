from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0001_initial"), ("bank", "0002_deposit_truths")]
    operations: ClassVar = [
        run_file(
            __file__,
            "allocation_truths.sql",
            reverse="DROP VIEW inv_payment_not_allocated;"
            "DROP VIEW inv_allocation_not_whole; DROP TRIGGER verdict_is_append_only ON verdict;"
            "DROP TRIGGER allocation_is_append_only ON allocation;",
        )
    ]
