"""A database that refuses to write, for real: as with a full disk, or with a row that never fits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def refusing(table: str, error: str = "disk_full", *, of_store: int | None = None) -> Iterator[None]:
    """The database refuses every row of a table, or of one store, with this condition."""
    when = "" if of_store is None else f"WHEN (NEW.store_id = {of_store})"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE {error}; END'")
        cursor.execute(f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW {when} EXECUTE FUNCTION refuse()")
        yield
        cursor.execute(f"DROP TRIGGER refuse ON {table}")
        cursor.execute("DROP FUNCTION refuse()")
