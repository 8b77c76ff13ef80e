from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("assistance", "0001_initial"),
        ("orders", "0001_initial"),
        ("facts", "0002_append_only"),
    ]
    operations: ClassVar = [
        run_file(
            __file__,
            "append_only.sql",
            reverse="DROP TRIGGER assistance_entry_is_append_only ON assistance_entry;"
            "DROP TRIGGER assistance_consent_is_append_only ON assistance_consent;",
        ),
        run_file(
            __file__,
            "invariants.sql",
            reverse="DROP VIEW inv_chat_details_without_proof; DROP VIEW inv_chat_order_of_another_store;"
            "DROP VIEW inv_chat_numbers_have_gaps;",
        ),
    ]
