from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bank", "0001_initial"), ("facts", "0002_append_only"), ("ledger", "0001_initial")]
    operations: ClassVar = [
        run_file(
            __file__,
            "deposit_truths.sql",
            reverse="DROP VIEW inv_notice_forgotten; DROP VIEW inv_arrival_not_booked;"
            "DROP TRIGGER deposit_attestation_is_append_only ON deposit_attestation;"
            "DROP TRIGGER deposit_arrival_is_append_only ON deposit_arrival;"
            "DROP TRIGGER deposit_is_append_only ON deposit; DROP TRIGGER raw_notice_is_append_only ON raw_notice;",
        )
    ]
