"""Watch what PostgreSQL does for the real commands: each statement is explained again, its rows without index counted.

with watching() as seen: read_notices(at=at)
assert seen.faults == []

A plan is at fault when it reads a big table from end to end. The counters of the transaction see what no plan shows:
triggers, foreign keys, and plans that changed their mind.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

BIG = 5_000
"""Rows from which on a table must not be read from end to end."""
EXPLAINABLE = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", re.IGNORECASE)


@dataclass(slots=True)
class Seen:
    """The plans at fault, and how often each statement was said."""

    faults: list[str] = field(default_factory=list)
    said: Counter[str] = field(default_factory=Counter)

    @property
    def explained(self) -> int:
        return self.said.total()


class Explainer:
    """A wrapper of every statement of this connection."""

    def __init__(self, seen: Seen, big: Mapping[str, int]) -> None:
        self._seen, self._big, self._is_looking = seen, big, False

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        text = sql if isinstance(sql, str) else sql.as_string(None)
        if not self._is_looking and EXPLAINABLE.match(text):
            self._is_looking = True
            try:
                self._explain(text, params[0] if many and params else params)
            finally:
                self._is_looking = False
        return execute(sql, params, many, context)

    def _explain(self, text: str, params: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (FORMAT JSON) {text}", params)
            said = cursor.fetchone()[0]
        self._seen.said[text] += 1
        plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
        for node in nodes(plan):
            if fault := self._fault(node):
                self._seen.faults.append(f"{fault} in: {' '.join(text.split())[:400]}")

    def _fault(self, node: Mapping[str, Any]) -> str:
        table, kind = node.get("Relation Name", ""), node["Node Type"]
        if table not in self._big:
            return ""
        if kind == "Seq Scan":
            return f"{table} is read from end to end ({self._big[table]} rows)"
        walks = kind in {"Index Scan", "Index Only Scan"} and "Index Cond" not in node
        if walks and node["Plan Rows"] > BIG and not node.get("below a limit"):
            return f"{table}'s index {node['Index Name']} is walked from end to end"
        return ""


def nodes(plan: dict[str, Any], *, limited: bool = False) -> Iterator[dict[str, Any]]:
    """The plan's nodes; those whose rows a limit cuts off before they are all read know it."""
    yield {**plan, "below a limit": limited}
    # A sort or an aggregate reads all of its rows, whatever limit stands above it.
    passes = plan["Node Type"] in {
        "Limit",
        "LockRows",
        "Nested Loop",
        "Subquery Scan",
        "Append",
        "Merge Append",
        "Result",
    }
    for child in plan.get("Plans", []):
        yield from nodes(child, limited=passes and (limited or plan["Node Type"] == "Limit"))


def big_tables() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, reltuples::bigint FROM pg_class WHERE relkind = 'r' AND reltuples >= %s "
            "AND relnamespace = 'public'::regnamespace",
            [BIG],
        )
        return dict(cursor.fetchall())


@contextmanager
def watching(*, rows: int = 0) -> Iterator[Seen]:
    """Watch the block; at most `rows` rows of a big table may be read without an index."""
    seen, big = Seen(), big_tables()
    before = read_without_index()
    with connection.execute_wrapper(Explainer(seen, big)):
        yield seen
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for table, count in read_without_index().items():
        extra = count - before.get(table, 0)
        if table in big and extra > rows:
            seen.faults.append(f"{extra} rows of {table} were read without an index")


def read_without_index() -> dict[str, int]:
    """Rows of each table that this transaction has read in sequence so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE schemaname = 'public'")
        return dict(cursor.fetchall())
