"""How a crowd is copied: the rows of one order, and of one deposit, once for every member. See `bench.crowd`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from django.db.backends.utils import CursorWrapper

from bench import world
from seguripago.config import wiring
from seguripago.journey.catalogue.rules import fold
from seguripago.values import clabe as clabes
from seguripago.values import order_number

INSTITUTIONS = ("40012", "40002", "40014", "40021", "40072", "40044", "40127", "90646")
_FIRST = "Lucia Jorge Sofia Raul Elena Mateo Ximena Diego Paola Hugo Renata Bruno Irene Omar Julia Ivan Nadia Saul Vera"
_LAST = """Hernandez Ibarra Renteria Ochoa Villegas Cruz Salgado Nava Macias Zamora Trejo Luna Robles Vega Cano Rios
    Solis
    Duarte Montes Farias Galvan Ledesma Quiroz Tapia Urbina Palacios Esparza Cordero Bustos Arriaga Montiel Padilla
    Cervantes Escobedo Fuentes Guerra Haro Jasso Lara Meza"""
FIRST, LAST = _FIRST.split(), _LAST.split()
TABLES: list[str] = [
    "shop_order",
    "shop_order_line",
    "shop_order_check",
    "pre_invoice",
    "payment",
    "transfer_instructions",
    "raw_notice",
    "notice_reading",
    "deposit",
    "deposit_arrival",
    "deposit_attestation",
    "verdict",
    "allocation",
    "posting",
    "fact",
    "fact_order",
]


@dataclass(frozen=True, slots=True)
class Model:
    """The order whose rows are copied; `deposit_id` and `notice_id` where it was paid by transfer."""

    order_id: int
    payment_id: int
    number: str
    deposit_id: int = 0
    notice_id: int = 0


def members(cursor: CursorWrapper, store_id: int, count: int, spacing: timedelta) -> range:
    """One row for each member of the crowd: its ids, number, CLABE, what it adds to the amount, how long ago."""
    orders, payments = block(cursor, "shop_order", count), block(cursor, "payment", count)
    deposits, notices = block(cursor, "deposit", count), block(cursor, "raw_notice", count)
    prefix, first = _accounts(cursor, store_id, count)
    cursor.execute("DROP TABLE IF EXISTS crowd_member")
    cursor.execute(
        f"""
        CREATE TEMP TABLE crowd_member ON COMMIT DROP AS
        SELECT n, {orders.start} - 1 + n AS order_id, {payments.start} - 1 + n AS payment_id,
               {deposits.start} - 1 + n AS deposit_id, {notices.start} - 1 + n AS notice_id,
               {_number_sql(f"({orders.start} - 1 + n)::bigint")} AS number,
               {_clabe_sql(prefix, f"({first} - 1 + n)::bigint")} AS clabe,
               ({orders.start} - 1 + n)::bigint * 7919 % 500000 AS more,
               ({count} - n) * interval '{spacing.total_seconds()} s' AS ago,
               'CROWD' || lpad(({deposits.start} - 1 + n)::text, 12, '0') AS tracking_key,
               ('{{{",".join(INSTITUTIONS)}}}'::text[])[1 + n % {len(INSTITUTIONS)}] AS institution,
               {_one_of(FIRST, 1)} || ' ' || {_one_of(LAST, len(FIRST))} || ' '
                   || {_one_of(LAST, len(FIRST) * len(LAST))} AS buyer
        FROM generate_series(1, {count}) n
        """
    )
    return orders


def copy_order(cursor: CursorWrapper, model: Model, *, facts: bool) -> None:
    """The order with its line, checks, PRE-FACTURA, payment and instructions."""
    iva = "m.iva_centavos + c.more * 16 / 116"
    plain = order_number.bare(model.number)
    email = "'comprador' || c.order_id || '@correo.example'"
    search = "m.search"
    for model_says, member_says in (
        (plain, "replace(c.number, '-', '')"),
        (plain[2:], "substr(replace(c.number, '-', ''), 3)"),
        (world.BUYER.name, "c.buyer"),
        (world.BUYER.email, email),
    ):
        search = f"replace({search}, '{fold(model_says)}', lower({member_says}))"
    copy_rows(
        cursor,
        "shop_order",
        f"m.id = {model.order_id}",
        {
            "id": "c.order_id",
            "number": "c.number",
            "access_token": "'multitud-' || md5('a' || c.order_id) || c.order_id",
            "checkout_key": "'multitud-' || md5('k' || c.order_id) || c.order_id",
            "buyer_name": "c.buyer",
            "buyer_email": email,
            "search": search,
            "subtotal_centavos": "m.subtotal_centavos + c.more",
            "total_centavos": "m.total_centavos + c.more",
            "iva_centavos": iva,
        },
    )
    whose = f"m.order_id = {model.order_id}"
    line = {
        "order_id": "c.order_id",
        "unit_centavos": "m.unit_centavos + c.more",
        "subtotal_centavos": "m.subtotal_centavos + c.more",
        "iva_centavos": iva,
    }
    copy_rows(cursor, "shop_order_line", whose, line)
    copy_rows(cursor, "shop_order_check", whose, {"order_id": "c.order_id"})
    copy_rows(cursor, "pre_invoice", whose, {"order_id": "c.order_id"})
    received = "m.received_centavos + CASE WHEN m.received_centavos > 0 THEN c.more ELSE 0 END"
    payment = {
        "id": "c.payment_id",
        "order_id": "c.order_id",
        "amount_centavos": "m.amount_centavos + c.more",
        "received_centavos": received,
    }
    copy_rows(cursor, "payment", f"m.id = {model.payment_id}", payment)
    told = {
        "payment_id": "c.payment_id",
        "clabe": "c.clabe",
        "concept": "replace(c.number, '-', '')",
        "reference": "substr(c.clabe, 11, 7)",
    }
    copy_rows(cursor, "transfer_instructions", f"m.payment_id = {model.payment_id}", told)
    if facts:
        _copy_facts(cursor, model)


def copy_deposit(cursor: CursorWrapper, model: Model) -> range:
    """The notice, the deposit with its attestation, verdict and allocation, and the postings."""
    whose = f"m.deposit_id = {model.deposit_id}"
    ids = {"deposit_id": "c.deposit_id", "payment_id": "c.payment_id", "notice_id": "c.notice_id"}
    copy_rows(cursor, "raw_notice", f"m.id = {model.notice_id}", {"id": "c.notice_id"})
    copy_rows(cursor, "notice_reading", f"m.notice_id = {model.notice_id}", ids)
    marks = "'|' || m.sending_institution || '|' || m.tracking_key || '|' || to_char(m.operation_date, 'YYYYMMDD')"
    day = "(m.operation_date - c.ago)::date"
    own = f"'|' || c.institution || '|' || c.tracking_key || '|' || to_char({day}, 'YYYYMMDD')"
    deposit = {
        "id": "c.deposit_id",
        "identity": f"replace(m.identity, {marks}, {own})",
        "sending_institution": "c.institution",
        "tracking_key": "c.tracking_key",
        "operation_date": day,
        "amount_centavos": "m.amount_centavos + c.more",
        "clabe": "c.clabe",
        "payer_name": "upper(c.buyer)",
        "concept": "replace(c.number, '-', '')",
        "reference": "substr(c.clabe, 11, 7)",
    }
    copy_rows(cursor, "deposit", f"m.id = {model.deposit_id}", deposit)
    cursor.execute("SELECT to_regclass('public.deposit_arrival')")
    if cursor.fetchone()[0]:
        copy_rows(cursor, "deposit_arrival", whose, ids)
    copy_rows(cursor, "deposit_attestation", whose, ids)
    copy_rows(cursor, "verdict", whose, ids)
    copy_rows(cursor, "allocation", whose, {**ids, "centavos": "m.centavos + c.more"})
    journal = f"replace(m.journal, 'deposit:{model.deposit_id}:', 'deposit:' || c.deposit_id || ':')"
    posting = {
        "journal": f"regexp_replace({journal}, ':payment:{model.payment_id}$', ':payment:' || c.payment_id)",
        "subject": f"CASE m.subject WHEN 'deposit:{model.deposit_id}' THEN 'deposit:' || c.deposit_id "
        "ELSE 'order:' || c.order_id END",
        "centavos": "m.centavos + sign(m.centavos) * c.more",
    }
    copy_rows(cursor, "posting", f"m.journal LIKE 'deposit:{model.deposit_id}:%%'", posting)
    cursor.execute("SELECT min(deposit_id), max(deposit_id) + 1 FROM crowd_member")
    return range(*cursor.fetchone())


def copy_rows(cursor: CursorWrapper, table: str, where: str, values: Mapping[str, str]) -> None:
    """Insert the rows of `table` that match once for every member; a column that `values` leaves out stays as it is,
    except that ids are drawn and moments lie as long ago as the member."""
    cursor.execute(
        """
        SELECT attname, format_type(atttypid, NULL), attidentity <> '' FROM pg_attribute
        WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum
        """,
        [table],
    )
    chosen: dict[str, str] = {}
    for name, kind, is_drawn in cursor.fetchall():
        if name in values:
            chosen[name] = values[name]
        elif not is_drawn:
            chosen[name] = f"m.{name} - c.ago" if kind == "timestamp with time zone" else f"m.{name}"
    # Without parameters "%%" would stay as it is written.
    cursor.execute(
        f"INSERT INTO {table} ({', '.join(chosen)}) SELECT {', '.join(chosen.values())} "
        f"FROM {table} m CROSS JOIN crowd_member c WHERE {where}",
        [],
    )


def _copy_facts(cursor: CursorWrapper, model: Model) -> None:
    """The facts of the order, each with its number."""
    cursor.execute(
        """
        WITH told AS (
            INSERT INTO fact (kind, store_id, subject, body, at)
            SELECT m.kind, m.store_id, 'order:' || c.order_id,
                   m.body || jsonb_build_object('order_id', c.order_id), m.at - c.ago
            FROM crowd_member c CROSS JOIN fact m WHERE m.subject = %s ORDER BY c.n, m.id
            RETURNING id, kind, store_id
        )
        INSERT INTO fact_order (fact_id, kind, store_id) SELECT id, kind, store_id FROM told ORDER BY id
        """,
        [f"order:{model.order_id}"],
    )


def forget_facts(cursor: CursorWrapper) -> None:
    """Move every listener behind the newest fact."""
    cursor.execute(
        """
        INSERT INTO fact_cursor (listener, seq) SELECT name, (SELECT coalesce(max(seq), 0) FROM fact_order)
        FROM unnest(%s::text[]) name ON CONFLICT (listener) DO UPDATE SET seq = excluded.seq
        """,
        [[listener.name for listener in wiring.listeners()]],
    )


def block(cursor: CursorWrapper, table: str, count: int) -> range:
    """`count` ids that the table's sequence will not give to anybody else."""
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence(%s, 'id'), nextval(pg_get_serial_sequence(%s, 'id')) + %s)",
        [table, table, count],
    )
    last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)


def _accounts(cursor: CursorWrapper, store_id: int, count: int) -> tuple[str, int]:
    """Give out `count` accounts of the store: their prefix and the first number."""
    cursor.execute("SELECT id, prefix, next_number FROM account_prefix WHERE store_id = %s AND is_active", [store_id])
    for pk, prefix, number in cursor.fetchall():
        if number + count <= clabes.capacity(prefix):
            cursor.execute("UPDATE account_prefix SET next_number = next_number + %s WHERE id = %s", [count, pk])
            return str(prefix), int(number)
    raise ValueError(f"no prefix of store {store_id} has {count} accounts left")


def _one_of(words: Sequence[str], step: int) -> str:
    """One of the words, another for every `step` members."""
    return f"('{{{','.join(words)}}}'::text[])[1 + n / {step} % {len(words)}]"


def _number_sql(counter: str) -> str:
    """The order number that belongs to a counter: seven characters and a check that is below 32."""
    alphabet, value = order_number.ALPHABET, f"({counter} / 32 * 37 + {counter} % 32)"
    drawn = [f"substr('{alphabet}', 1 + ({value} >> {5 * place} & 31)::int, 1)" for place in range(6, -1, -1)]
    drawn.append(f"substr('{alphabet}', 1 + ({counter} % 32)::int, 1)")
    return f"'CM-' || {' || '.join(drawn[:4])} || '-' || {' || '.join(drawn[4:])}"


def _clabe_sql(prefix: str, number: str) -> str:
    """The CLABE of an account's number: the sum of digits by 3, 7, 1, each without its tens, filled up to ten."""
    weights = [(3, 7, 1)[place % 3] for place in range(17)]
    fixed = sum(int(digit) * weight % 10 for digit, weight in zip(prefix, weights, strict=False))
    length = 17 - len(prefix)
    digits = [
        f"{number} / {10 ** (length - 1 - place)} % 10 * {weights[len(prefix) + place]} % 10" for place in range(length)
    ]
    control = f"((10 - ({fixed} + {' + '.join(digits)}) % 10) % 10)"
    return f"'{prefix}' || lpad(({number})::text, {length}, '0') || {control}"


@contextmanager
def bare(cursor: CursorWrapper, tables: Sequence[str]) -> Iterator[None]:
    """Without the tables' foreign keys, triggers and plain indexes inside; made again, and checked, at the end."""
    again: list[str] = []
    referred: list[str] = []
    if tables:
        cursor.execute(
            "SELECT DISTINCT confrelid::regclass::text FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
            [list(tables)],
        )
        referred = [name for (name,) in cursor.fetchall()]
        # What earlier statements left to be checked at commit would forbid the changes.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            """
            SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname),
                   'ALTER TABLE ' || conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(conname) || ' '
                   || pg_get_constraintdef(oid)
            FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)
            UNION ALL
            SELECT 'DROP INDEX ' || i.indexrelid::regclass, pg_get_indexdef(i.indexrelid) FROM pg_index i
            WHERE i.indrelid::regclass::text = ANY(%s) AND NOT i.indisunique
            UNION ALL
            SELECT 'ALTER TABLE ' || t.tgrelid::regclass || ' DISABLE TRIGGER ' || quote_ident(tgname),
                   'ALTER TABLE ' || t.tgrelid::regclass || ' ENABLE TRIGGER ' || quote_ident(tgname)
            FROM pg_trigger t WHERE NOT tgisinternal AND t.tgrelid::regclass::text = ANY(%s)
            """,
            [list(tables)] * 3,
        )
        for drop, make in cursor.fetchall():
            cursor.execute(drop)
            again.append(make)
    yield
    if referred:
        # Statistics from when these tables were empty would have each key looked for by reading a whole table.
        cursor.execute("ANALYZE " + ", ".join(referred))
    for make in again:
        cursor.execute(make)
    if tables:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
