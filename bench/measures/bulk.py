"""A bank statement of many lines against very many open payments: from the command to the last posting.

The lines are a statement's as a bank gives it, with every mark; the import is the command that an operator uses, in a
process of its own, beside the running site. What follows a confirmed payment (receipts, mails, the chat) catches up
afterwards and has a figure of its own. The floor writes the very same rows with COPY and nothing else.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg

from bench import world
from bench.crowd import crowd
from bench.report import Figure
from bench.site import Site

LINES, OPEN_PAYMENTS = 100_000, 1_000_000
FAST_LINES, FAST_OPEN_PAYMENTS = 4_000, 20_000
PATIENCE_S = 900
BOOKED = ("deposit", "deposit_attestation", "posting", "verdict", "allocation", "fact", "audit_entry")
"""The tables whose new rows the floor writes again."""
HEADINGS = (
    "Fecha Operación,Clave de Rastreo,Institución Ordenante,Nombre Ordenante,Cuenta Ordenante,"
    "Cuenta Beneficiario,Concepto de Pago,Referencia Numérica,Monto"
)


@dataclass(frozen=True, slots=True)
class Run:
    """What one import took: seconds, the most memory of its process, and what it said."""

    seconds: float
    rss_mib: float
    said: dict[str, object]


def measure(site: Site, *, fast: bool) -> list[Figure]:
    """Import once, again in another shape, and again byte for byte."""
    count, wanted = (FAST_LINES, FAST_OPEN_PAYMENTS) if fast else (LINES, OPEN_PAYMENTS)
    store = world.demo_store(site.store_slug)
    with _connected() as database, tempfile.TemporaryDirectory() as folder:
        there = _open_payments(database)
        if there < wanted:
            crowd(store.id, open_payments=wanted - there)
        chosen = _chosen(database, count)
        first, other = Path(folder, "estado.csv"), Path(folder, "estado.psv")
        _write(first, chosen, ",")
        _write(other, chosen, "|")
        _settled(database)
        marks = {table: _last_id(database, table) for table in BOOKED if table not in {"verdict"}}
        new = _imported(first)
        after = time.perf_counter()
        behind = _settled(database)
        caught_up_s = time.perf_counter() - after
        floor = _floor(database, marks, count)
        reshaped, again = _imported(other), _imported(first)
    assert (new.said["new"], new.said["confirmed"], new.said["refused"]) == (count, count, []), new.said
    assert (reshaped.said["new"], reshaped.said["known"]) == (0, count), reshaped.said
    assert (again.said["new"], again.said["known"]) == (0, count), again.said
    against = f"{count} lines against {max(there, wanted)} open payments"
    return [
        Figure("reconcile_bulk_per_s", count / new.seconds, "lines/s", "higher", count, floor,
               f"{against}; to confirmed and posted, process start included; floor is COPY of the same rows"),
        Figure("reconcile_bulk_rss_mib", new.rss_mib, "MiB", "lower", 1, None, "largest resident size of the import"),
        Figure("reconcile_bulk_again_per_s", count / reshaped.seconds, "lines/s", "higher", count, None,
               "the same movements in another file, process start included"),
        Figure("reconcile_bulk_same_file_per_s", count / again.seconds, "lines/s", "higher", count, None,
               "the very same file, process start included"),
        Figure("listeners_catch_up_per_s", behind / max(caught_up_s, 0.001), "facts/s", "higher", behind, None,
               f"what followed the import, in {caught_up_s:.1f} s after it"),
    ]  # fmt: skip


def _imported(path: Path) -> Run:
    """Run the operator's command and watch its memory."""
    began = time.perf_counter()
    command = (sys.executable, "-m", "seguripago.config.command_line", "import-statement", str(path), "--json")
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ)
    most = [0.0]
    watching = threading.Thread(target=_watch, args=(process.pid, most), daemon=True)
    watching.start()
    said, _ = process.communicate(timeout=PATIENCE_S)
    seconds = time.perf_counter() - began
    if process.returncode:
        raise RuntimeError(f"import-statement ended with {process.returncode}: {said!r}")
    return Run(seconds, most[0] / 1024 / 1024, json.loads(said))


def _watch(pid: int, most: list[float]) -> None:
    try:
        process = psutil.Process(pid)
        while True:
            most[0] = max(most[0], float(process.memory_info().rss))
            time.sleep(0.1)
    except psutil.Error:
        return


def _connected() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def _number(database: psycopg.Connection[tuple[object, ...]], query: str) -> int:
    row = database.execute(query).fetchone()
    assert row is not None
    return int(str(row[0] or 0))


def _open_payments(database: psycopg.Connection[tuple[object, ...]]) -> int:
    return _number(database, "SELECT count(*) FROM payment WHERE state = 'monitored'")


def _chosen(database: psycopg.Connection[tuple[object, ...]], count: int) -> list[tuple[str, str]]:
    """CLABEs and amounts of open payments, from everywhere among them, in no order."""
    rows = database.execute(
        """
        SELECT i.clabe, p.amount_centavos FROM payment p JOIN transfer_instructions i ON i.payment_id = p.id
        WHERE p.state = 'monitored' AND p.expires_at > now() ORDER BY hashint8(p.id) LIMIT %s
        """,
        [count],
    ).fetchall()
    assert len(rows) == count
    chosen = [(str(clabe), f"{int(str(centavos)) // 100}.{int(str(centavos)) % 100:02d}") for clabe, centavos in rows]
    random.Random(7).shuffle(chosen)
    return chosen


def _write(path: Path, chosen: list[tuple[str, str]], separator: str) -> None:
    mark = datetime.now(UTC).strftime("%H%M%S")
    day = datetime.now(UTC).strftime("%Y-%m-%d")
    with path.open("w") as file:
        file.write(HEADINGS.replace(",", separator) + "\n")
        for place, (clabe, amount) in enumerate(chosen):
            fields = (day, f"BULK{mark}{place:08d}", "40012", "LUCIA HERNANDEZ ROBLES", "012180015012884670", clabe,
                      f"Pago {place}", str(place % 10_000_000), amount)  # fmt: skip
            file.write(separator.join(fields) + "\n")
    if separator == "|":
        # The same movements under the same keys: only the file differs.
        path.write_text(path.with_suffix(".csv").read_text().replace(",", "|"))


def _settled(database: psycopg.Connection[tuple[object, ...]]) -> int:
    """Wait until every listener has read what there is; gives how many facts the slowest one was behind."""
    behind = -1
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        left = _number(
            database,
            """
            SELECT coalesce(max((SELECT count(*) FROM fact_order o WHERE o.seq > c.seq)), 0)
                   + (SELECT count(*) FROM fact_unnumbered)
            FROM fact_cursor c
            """,
        )
        behind = left if behind < 0 else behind
        if _read_all(database):
            return max(behind, 0)
        time.sleep(0.25)
    raise RuntimeError("the listeners do not catch up")


def _read_all(database: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Whether no listener has a fact of its own left; kinds are what each has ever been given."""
    from seguripago.config.wiring import listeners

    if _number(database, "SELECT count(*) FROM fact_unnumbered"):
        return False
    for listener in listeners():
        row = database.execute(
            """
            SELECT EXISTS (
                SELECT 1 FROM fact_order o WHERE o.kind = ANY(%s)
                AND o.seq > coalesce((SELECT seq FROM fact_cursor WHERE listener = %s), 0)
            )
            """,
            [[kind.__name__ for kind in listener.facts], listener.name],
        ).fetchone()
        if row is None or row[0]:
            return False
    return True


def _last_id(database: psycopg.Connection[tuple[object, ...]], table: str) -> int:
    return _number(database, f"SELECT max(id) FROM {table}")


def _floor(database: psycopg.Connection[tuple[object, ...]], marks: dict[str, int], count: int) -> float:
    """Lines a second when the same rows are only copied into tables of the same shape and indexes."""
    copied: list[tuple[str, list[bytes]]] = []
    for table in BOOKED:
        column, mark = ("deposit_id", marks["deposit"]) if table == "verdict" else ("id", marks[table])
        database.execute(f"DROP TABLE IF EXISTS floor_{table}")
        database.execute(f"CREATE TABLE floor_{table} (LIKE {table} INCLUDING DEFAULTS INCLUDING INDEXES)")
        with database.cursor().copy(f"COPY (SELECT * FROM {table} WHERE {column} > {mark}) TO STDOUT") as out:
            copied.append((table, [bytes(block) for block in out]))
    began = time.perf_counter()
    for table, blocks in copied:
        with database.cursor().copy(f"COPY floor_{table} FROM STDIN") as into:
            for block in blocks:
                into.write(block)
    taken = time.perf_counter() - began
    for table, _ in copied:
        database.execute(f"DROP TABLE floor_{table}")
    return count / taken
