from typing import ClassVar

from django.db import migrations

from seguripago.foundations.sql_files import run_file

BEFORE = """
DROP VIEW inv_payment_not_allocated;
CREATE VIEW inv_payment_not_allocated AS
    SELECT p.id, p.received_centavos, coalesce(sum(a.centavos), 0) AS allocated
    FROM payment p LEFT JOIN allocation a ON a.payment_id = p.id
    WHERE p.rail = 'transfer' GROUP BY p.id HAVING p.received_centavos <> coalesce(sum(a.centavos), 0);
DROP VIEW inv_return_without_part; DROP VIEW inv_return_instruction_not_booked; DROP VIEW inv_case_part_not_granted;
DROP VIEW inv_case_done_with_money; DROP VIEW inv_case_overdrawn;
DROP TRIGGER return_is_kept ON return_instruction; DROP FUNCTION return_is_kept();
DROP TRIGGER return_file_is_append_only ON return_file; DROP TRIGGER case_part_is_append_only ON case_part;
DROP TRIGGER allocation_within_case ON allocation; DROP TRIGGER case_part_within_case ON case_part;
DROP FUNCTION case_is_not_overdrawn(); DROP FUNCTION case_left(bigint);
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("reconciliation", "0005_parts_of_cases"), ("ledger", "0001_initial")]
    operations: ClassVar = [run_file(__file__, "parts_of_cases.sql", reverse=BEFORE)]
