from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file


class Migration(migrations.Migration):
    dependencies: ClassVar = [("orders", "0001_initial"), ("catalogue", "0001_initial")]
    operations: ClassVar = [
        run_file(
            __file__,
            "invariants.sql",
            reverse="DROP VIEW inv_product_promises_within_stock, inv_product_counters_match_orders,"
            " inv_order_total_is_its_lines, inv_order_acceptance_has_six_checks, inv_order_has_every_pre_invoice,"
            " inv_order_line_of_its_store;",
        )
    ]
