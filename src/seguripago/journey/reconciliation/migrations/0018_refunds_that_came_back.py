"""A refund of a payment that was not whole, which the gateway sent back, has a case."""

from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file, text_of


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0017_evidence_verdicts"), ("cards", "0007_apart")]
    operations: ClassVar = [
        run_file(__file__, "refunds_that_came_back.sql", reverse=text_of(__file__, "refunds_that_came_back_undone.sql"))
    ]
