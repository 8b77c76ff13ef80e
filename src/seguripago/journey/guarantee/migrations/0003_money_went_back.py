from pathlib import Path
from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file

BEFORE = (Path(__file__).parent / "sql" / "money_went_back_reverse.sql").read_text()


class Migration(migrations.Migration):
    dependencies: ClassVar = [("guarantee", "0002_invariants"), ("ledger", "0001_initial")]
    operations: ClassVar = [run_file(__file__, "money_went_back.sql", reverse=BEFORE)]
