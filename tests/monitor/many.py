"""Hundreds of thousands of deposits with their verdicts and allocations, made by the database itself."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tests.money import bank

INSTITUTIONS = "ARRAY['40012','40002','40014','40021','40072','40127','90638','90706']"
NAMES = "ARRAY['LUCÍA HERNÁNDEZ ROBLES','ROGELIO PACHECO','XIMENA ORDAZ','OFELIA TUN','BRUNO SALCIDO','IVÁN CORDERO']"
DEPOSITS = f"""
    INSERT INTO deposit (store_id, identity, owner_account, sending_institution, tracking_key, operation_date,
        amount_centavos, currency, clabe, is_own_account, payer_name, payer_account, payer_rfc, concept, reference,
        settled_at, received_at, feed)
    SELECT %(store)s, 'many:' || n, '646180115700000000', ({INSTITUTIONS})[1 + n %% 8],
        'KEY' || lpad((n::bigint * 7919 %% 100000007)::text, 12, '0'), moment::date,
        100 + (n::bigint * 104729) %% 2000000, 'MXN',
        '64618011570' || lpad((n::bigint * 31 %% 10000000)::text, 7, '0'), true,
        CASE WHEN n %% 5000 = 0 THEN 'ZENAIDA QUETZALLI' ELSE ({NAMES})[1 + n %% 6] END, '', '', 'Pago ' || n, '',
        moment, moment, 'sandbox'
    FROM generate_series(1, %(many)s) n,
        LATERAL (SELECT %(at)s::timestamptz - n * %(gap)s * interval '1 second') m (moment)
"""
VERDICTS = """
    INSERT INTO verdict (deposit_id, store_id, kind, payment_id, completes, reasons, suggestions, at)
    SELECT id, store_id, 'certain', %(payment)s, true, '[]', '[]', received_at + interval '90 ms'
    FROM deposit WHERE store_id = %(store)s AND identity LIKE 'many:%%'
"""
ALLOCATIONS = """
    INSERT INTO allocation (deposit_id, part, payment_id, case_id, centavos, at)
    SELECT id, 1, %(payment)s, NULL, amount_centavos, received_at
    FROM deposit WHERE store_id = %(store)s AND identity LIKE 'many:%%'
"""
CASES = """
    INSERT INTO reconciliation_case (store_id, kind, state, cause, deposit_id, payment_id, amount_centavos, currency,
        reasons, suggestions, opened_at, due_at, owner)
    SELECT store_id, CASE WHEN id %% 400 = 0 THEN 'duplicate' ELSE 'excess' END,
        CASE WHEN id %% 800 = 0 THEN 'open' ELSE 'done' END, 'many:' || id, id, NULL, 1000,
        'MXN', '["Sobran $10.00."]', '[]', received_at, received_at + interval '1 day', ''
    FROM deposit WHERE store_id = %(store)s AND identity LIKE 'many:%%' AND id %% 40 = 0
"""
TABLES = ("deposit", "verdict", "allocation", "reconciliation_case")


def make(*, at: datetime, many: int, gap_s: float) -> bank.Sale:
    """Make so many deposits of one store, one every `gap_s` seconds back from `at`; gives the sale that they paid."""
    sold = bank.sale(at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM payment WHERE order_id = %s", [sold.order_id])
        (payment_id,) = cursor.fetchone()
        given = {"store": sold.store_id, "at": at, "many": many, "gap": gap_s, "payment": payment_id}
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in TABLES:
            # What the triggers of each row would prove is not the question here, and takes minutes.
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        # Nobody keeps this transaction: the foreign keys need not be checked for each of 200,000 rows.
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])",
            [list(TABLES)],
        )
        for table, key in cursor.fetchall():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{key}"')
        for statement in (DEPOSITS, VERDICTS, ALLOCATIONS, CASES):
            cursor.execute(statement, given)
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
    return sold
