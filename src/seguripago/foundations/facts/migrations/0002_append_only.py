from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("facts", "0001_initial")]
    operations: ClassVar = [
        run_file(
            __file__,
            "append_only.sql",
            reverse="DROP TRIGGER fact_is_append_only ON fact; DROP FUNCTION refuse_change();",
        )
    ]
