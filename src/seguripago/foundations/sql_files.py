"""Migrations that run a named .sql file: triggers and views are read, reviewed and tested as SQL."""

from __future__ import annotations

from pathlib import Path

from django.db.migrations import RunSQL


def run_file(migration: str, name: str, *, reverse: str | None) -> RunSQL:
    """The operation that runs `sql/<name>` beside the migration file (pass `__file__`).

    `reverse` undoes it; None says that nothing can.
    """
    return RunSQL(text_of(migration, name), reverse_sql=reverse)


def text_of(migration: str, name: str) -> str:
    """What `sql/<name>` beside the migration file says: also to undo another one."""
    return (Path(migration).parent / "sql" / name).read_text()
