"""A link's payment takes money by transfer and by card alike: what cards brought needs no allocation."""

from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file

BEFORE = """
DROP VIEW inv_payment_not_allocated;
CREATE VIEW inv_payment_not_allocated AS
    SELECT p.id, p.received_centavos, coalesce(a.centavos, 0) + coalesce(s.centavos, 0) AS allocated
    FROM payment p
    LEFT JOIN (SELECT payment_id, sum(centavos) AS centavos FROM allocation GROUP BY payment_id) a ON a.payment_id = p.id
    LEFT JOIN (
        SELECT payment_id, sum(centavos) AS centavos FROM case_part
        WHERE kind IN ('payment', 'difference') GROUP BY payment_id
    ) s ON s.payment_id = p.id
    WHERE p.rail = 'transfer' AND p.received_centavos <> coalesce(a.centavos, 0) + coalesce(s.centavos, 0);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0012_returns_come_back"), ("ledger", "0001_initial")]
    operations: ClassVar = [run_file(__file__, "card_money_on_transfers.sql", reverse=BEFORE)]
