"""Looking into the database of the running site: for counting, never for playing a person."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.e2e.conftest import RunningSite


def look(site: RunningSite, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """Read rows; the connection cannot write."""
    with psycopg.connect(site.database_url, options="-c default_transaction_read_only=on") as connection:
        return connection.execute(query, values).fetchall()
