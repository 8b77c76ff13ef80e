from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file

BEFORE = """
    DROP VIEW inv_guarantee_without_payment;
    CREATE VIEW inv_guarantee_without_payment AS
        SELECT g.id AS guarantee_id, o.state AS order_state
        FROM guarantee g JOIN shop_order o ON o.id = g.order_id
        WHERE o.paid_at IS NULL OR g.store_id <> o.store_id;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("guarantee", "0002_invariants"), ("ledger", "0001_initial")]
    operations: ClassVar = [run_file(__file__, "money_went_back.sql", reverse=BEFORE)]
