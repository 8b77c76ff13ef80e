"""Do something on another connection, while the test's own transaction stays open."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connection


def elsewhere[T](do: Callable[[], T]) -> T:
    """Run `do` in a thread with a connection of its own and give its result."""

    def run() -> T:
        try:
            return do()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result(timeout=30)
