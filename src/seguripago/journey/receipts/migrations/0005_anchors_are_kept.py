from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("receipts", "0004_receipt_anchor"), ("audit", "0001_initial")]
    operations: ClassVar = [
        run_file(
            __file__,
            "anchors.sql",
            reverse="DROP VIEW inv_receipt_told_and_missing, inv_receipt_anchor_chain_broken, inv_receipt_anchor_missing;"
            "DROP TRIGGER receipt_anchor_is_append_only ON receipt_anchor;",
        )
    ]
