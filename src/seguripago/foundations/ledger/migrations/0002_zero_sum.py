from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_initial"), ("facts", "0002_append_only")]
    operations: ClassVar = [
        run_file(
            __file__,
            "zero_sum.sql",
            reverse="DROP VIEW inv_ledger_not_zero; DROP VIEW inv_journal_not_zero; DROP TRIGGER posting_zero_sum ON posting;"
            "DROP FUNCTION posting_sums_to_zero(); DROP TRIGGER posting_is_append_only ON posting;",
        )
    ]
