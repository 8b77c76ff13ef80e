from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("bank", "0008_statements")]
    operations: ClassVar = [
        run_file(
            __file__,
            "found_quickly.sql",
            reverse="DROP INDEX deposit_by_amount, deposit_by_bank, deposit_by_clabe_end, deposit_by_key_start, deposit_by_words;",
        )
    ]
