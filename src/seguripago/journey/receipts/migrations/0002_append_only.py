from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("receipts", "0001_initial"), ("facts", "0002_append_only")]
    operations: ClassVar = [
        run_file(
            __file__,
            "append_only.sql",
            reverse="DROP VIEW inv_receipt_hash_differs, inv_receipt_end_missing, inv_receipt_chain_broken;"
            "DROP TRIGGER receipt_is_append_only ON receipt;",
        )
    ]
