from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file

BEFORE = """
DROP VIEW inv_day_close_differs_from_ledger;
CREATE VIEW inv_day_close_differs_from_ledger AS
    SELECT c.id, c.store_id, c.day, c.booked_up_to
    FROM day_close c
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(p.centavos), 0) AS centavos FROM posting p
        WHERE p.store_id = c.store_id AND p.account = 'bank' AND p.currency = 'MXN'
          AND p.id <= c.booked_up_to AND p.value_date <= c.day
    ) booked
    WHERE (c.body::jsonb -> 'bank' ->> 'closing')::bigint <> booked.centavos;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0009_ask_about_returns")]
    operations: ClassVar = [run_file(__file__, "day_close_by_steps.sql", reverse=BEFORE)]
