from typing import ClassVar

from django.db import migrations, models

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0002_zero_sum")]
    operations: ClassVar = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                run_file(__file__, "value_date.sql", reverse="ALTER TABLE posting DROP COLUMN value_date;")
            ],
            state_operations=[migrations.AddField("posting", "value_date", models.DateField())],
        ),
        migrations.AddIndex(
            "posting",
            models.Index(
                fields=["store_id", "value_date"], condition=models.Q(account="bank"), name="posting_bank_by_value_date"
            ),
        ),
        migrations.AddConstraint(
            "posting",
            models.CheckConstraint(condition=models.Q(currency__regex="^[A-Z]{3}$"), name="posting_currency_iso"),
        ),
    ]
