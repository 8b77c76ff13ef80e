from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0002_allocation_truths"), ("bank", "0003_deposits_are_believed")]
    operations: ClassVar = [
        migrations.RemoveConstraint("allocation", "allocation_positive"),
        migrations.AddConstraint(
            "allocation", models.CheckConstraint(condition=~Q(centavos=0), name="allocation_not_zero")
        ),
        run_file(
            __file__,
            "parts_move_on.sql",
            reverse="DROP VIEW inv_allocation_taken_twice; DROP VIEW inv_returned_deposit_still_counts;",
        ),
    ]
