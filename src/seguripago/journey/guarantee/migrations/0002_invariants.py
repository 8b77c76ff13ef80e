from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("guarantee", "0001_initial"),
        ("orders", "0001_initial"),
        ("ledger", "0001_initial"),
        ("facts", "0002_append_only"),
    ]
    operations: ClassVar = [
        run_file(
            __file__,
            "append_only.sql",
            reverse="DROP TRIGGER guarantee_is_kept ON guarantee; DROP FUNCTION guarantee_keeps_its_word();"
            "DROP TRIGGER guarantee_event_is_append_only ON guarantee_event;",
        ),
        run_file(
            __file__,
            "invariants.sql",
            reverse="DROP VIEW inv_guarantee_without_payment; DROP VIEW inv_guarantee_ledger_differs;"
            "DROP VIEW inv_guarantee_end_differs; DROP VIEW inv_guarantee_parts_differ;",
        ),
    ]
