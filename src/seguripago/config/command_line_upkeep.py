"""Keep the database right: its tables, and the invariants that must hold in it."""

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

MIGRATING = 0x5E60_0001
INVARIANT_VIEWS = r"SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'inv\_%' ORDER BY 1"


def migrate() -> dict[str, Any]:
    """Bring the tables up to date; a second run at the same time waits for the first."""
    with closing(connection.copy()) as guard, guard.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        todo = list(pending_migrations())
        call_command("migrate", interactive=False, verbosity=0)
    return {"applied": todo}


def pending_migrations() -> tuple[str, ...]:
    """List the migrations that the database still lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{step.app_label}.{step.name}" for step, _ in plan)


def check_invariants() -> Mapping[str, Any]:
    """Count the rows of every view `inv_*`; each must be empty."""
    with connection.cursor() as cursor:
        cursor.execute(INVARIANT_VIEWS)
        views = [name for (name,) in cursor.fetchall()]
        rows: dict[str, int] = {}
        for view in views:
            cursor.execute(f"SELECT count(*) FROM public.{connection.ops.quote_name(view)}")  # noqa: S608
            rows[view] = cursor.fetchone()[0]
    return {"checked": len(views), "rows": rows}
