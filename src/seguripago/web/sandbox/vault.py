"""The sandbox's memory: one SQLite file, so that a restart forgets neither a transfer nor a charge."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

_TABLES: Final = """
create table if not exists transfer (
    id integer primary key autoincrement, played_at text not null, store_key text not null, clabe text not null,
    amount text not null, institution text not null, payer_name text not null, tracking_key text not null,
    operation_date text not null, concept text not null, behaviour text not null, body blob not null);
create table if not exists delivery (
    id integer primary key autoincrement, transfer_id integer references transfer (id), url text not null,
    body blob not null, secret text not null, message_id text not null, due_at real not null,
    attempts integer not null default 0, state text not null default 'waiting', last_status integer not null default 0,
    answer text not null default '');
create index if not exists delivery_waiting on delivery (due_at) where state = 'waiting';
create table if not exists charge (
    id text primary key, store_key text not null, idempotency_key text not null, request_digest text not null,
    order_ref text not null, centavos integer not null, currency text not null, payer_name text not null,
    description text not null, return_url text not null, notify_url text not null, status text not null,
    decline text not null default '', card_label text not null default '', authorization text not null default '',
    created_at real not null, changed_at real not null, refunded integer not null default 0,
    unique (store_key, idempotency_key), check (refunded between 0 and centavos));
create table if not exists refund (
    id text primary key, charge_id text not null references charge (id), idempotency_key text not null,
    centavos integer not null check (centavos > 0), created_at real not null, unique (charge_id, idempotency_key));
create table if not exists dispute (
    id text primary key, charge_id text not null unique references charge (id), centavos integer not null,
    status text not null default 'open', reason text not null, evidence_by real not null, created_at real not null);
create table if not exists token (
    id text primary key, public_key text not null, card_label text not null, made_at real not null,
    spent_at real not null default 0);
create table if not exists switch (name text primary key, value text not null);
"""
# A file that an older version made has none of these.
_LATER_COLUMNS: Final = (
    ("delivery", "kind", "text not null default 'notice'"),
    ("delivery", "amount", "text not null default ''"),
    ("delivery", "road", "text not null default 'signed'"),
    ("charge", "installments", "integer not null default 1"),
    ("charge", "capture", "integer not null default 1"),
    ("charge", "bank", "text not null default ''"),
    ("charge", "last_event", "text not null default ''"),
)


@dataclass(frozen=True, slots=True)
class Due:
    """A notice that must go out."""

    id: int
    url: str
    body: bytes
    secret: str
    message_id: str
    attempts: int
    road: str


class Vault:
    """Reads and writes the file. One event loop uses it, so every method is a step that nobody interrupts."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.executescript("pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on;")
        self._db.executescript(_TABLES)
        for table, name, column in _LATER_COLUMNS:
            if name not in {row["name"] for row in self.rows(f"pragma table_info({table})")}:
                self._db.execute(f"alter table {table} add column {name} {column}")

    def close(self) -> None:
        self._db.close()

    def add(self, table: str, **columns: Any) -> int:
        """Insert a row and give its number; raises sqlite3.IntegrityError where the table refuses."""
        names, marks = ", ".join(columns), ", ".join("?" * len(columns))
        cursor = self._db.execute(f"insert into {table} ({names}) values ({marks})", tuple(columns.values()))  # noqa: S608 - our own names
        return cursor.lastrowid or 0

    def one(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Row | None:
        row: sqlite3.Row | None = self._db.execute(sql, values).fetchone()
        return row

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[sqlite3.Row]:
        return self._db.execute(sql, values).fetchall()

    def change(self, sql: str, values: Sequence[Any] = ()) -> int:
        """Run one statement; gives how many rows it changed."""
        return self._db.execute(sql, values).rowcount

    def switch(self, name: str, known: Sequence[str]) -> str:
        """How a switch of the panel stands: one of `known`, the first until somebody moves it."""
        row = self.one("select value from switch where name = ?", (name,))
        return row["value"] if row is not None and row["value"] in known else known[0]

    def turn(self, name: str, value: str) -> None:
        """Move a switch of the panel."""
        self.change("insert into switch values (?, ?) on conflict (name) do update set value = ?2", (name, value))

    def due(self, now: float, limit: int = 64) -> list[Due]:
        """Give the notices whose time has come, in the order in which they fell due."""
        sql = "select * from delivery where state = 'waiting' and due_at <= ? order by due_at, id limit ?"
        rows = self.rows(sql, (now, limit))
        return [Due(r["id"], r["url"], r["body"], r["secret"], r["message_id"], r["attempts"], r["road"]) for r in rows]

    def next_due_at(self) -> float | None:
        row = self.one("select min(due_at) as at from delivery where state = 'waiting'")
        found: float | None = row["at"] if row else None
        return found

    def waiting_of(self, transfer_ids: Iterable[int]) -> int:
        """Count what has not been answered yet of these transfers."""
        ids = tuple(transfer_ids)
        marks = ", ".join("?" * len(ids))
        sql = f"select count(*) as n from delivery where state = 'waiting' and transfer_id in ({marks})"  # noqa: S608 - question marks only
        row = self.one(sql, ids)
        return int(row["n"]) if row else 0
