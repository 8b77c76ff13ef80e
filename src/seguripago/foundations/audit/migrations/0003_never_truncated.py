from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("audit", "0002_append_only")]
    operations: ClassVar = [
        run_file(
            __file__,
            "never_truncated.sql",
            reverse="DROP TRIGGER audit_seal_is_never_truncated ON audit_seal;"
            "DROP TRIGGER audit_entry_is_never_truncated ON audit_entry;",
        )
    ]
