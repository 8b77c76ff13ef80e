from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bank", "0003_deposits_are_believed")]
    operations: ClassVar = [
        run_file(
            __file__,
            "returns.sql",
            reverse="DROP VIEW inv_deposit_return_not_booked; DROP TRIGGER deposit_return_is_append_only ON deposit_return;",
        )
    ]
