from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("backing", "0001_initial"),
        ("guarantee", "0004_lighter_indexes"),
        ("receipts", "0005_anchors_are_kept"),
    ]
    operations: ClassVar = [
        run_file(
            __file__,
            "kept.sql",
            reverse="DROP VIEW inv_purchase_backed_without_papers;"
            "DROP TRIGGER purchase_backing_is_kept ON purchase_backing; DROP FUNCTION purchase_backing_is_kept();",
        )
    ]
