from typing import ClassVar

from django.db import migrations, models

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0011_lighter_indexes")]
    operations: ClassVar = [
        run_file(__file__, "returns_come_back.sql", reverse=None),
        migrations.AddIndex(
            model_name="returninstruction",
            index=models.Index(
                condition=models.Q(("ask_at__isnull", False), ("road", "order"), ("state", "confirmed")),
                fields=["ask_at"],
                name="return_to_look_at_again",
            ),
        ),
    ]
