"""Run something on many real connections at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


def at_once[T](count: int, do: Callable[[int], T], *, seconds: float = 30) -> list[T | Exception]:
    """Call `do(0)` … `do(count - 1)` in threads that start together; gives results and errors in order."""
    start = threading.Barrier(count)
    results: list[T | Exception] = [RuntimeError("never ran")] * count

    def one(position: int) -> None:
        try:
            start.wait(10)
            results[position] = do(position)
        except Exception as error:  # noqa: BLE001 - the test looks at every error
            results[position] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(position,)) for position in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
    return results


def until_somebody_waits() -> None:
    """Come back once some connection of this database waits for a lock; fails when none does within seconds."""
    for _ in range(400):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0]:
                return
        threading.Event().wait(0.02)
    raise AssertionError("nobody waited for a lock")
