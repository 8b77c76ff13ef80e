from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("delivery", "0001_initial"), ("orders", "0001_initial")]
    operations: ClassVar = [run_file(__file__, "invariants.sql", reverse="DROP VIEW inv_shipment_differs_from_order;")]
