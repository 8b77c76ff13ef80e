from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0001_initial"), ("facts", "0002_append_only")]
    operations: ClassVar = [
        run_file(
            __file__,
            "append_only.sql",
            reverse="DROP VIEW inv_audit_entry_without_place;"
            "DROP TRIGGER audit_seal_is_append_only ON audit_seal; DROP TRIGGER audit_entry_is_append_only ON audit_entry;",
        )
    ]
