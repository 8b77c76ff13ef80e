"""Run something on many real connections at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType

import pytest
from django.db import connection, transaction

type Trace = TracebackType | None


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
        if _somebody_waits():
            return
        threading.Event().wait(0.02)
    raise AssertionError("nobody waited for a lock")


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        # Inside a transaction the view would go on saying what it said first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def both_before_either() -> Iterator[Callable[[], None]]:
    """For two threads without locks: each calls what this gives once it has read, and waits for the other there; who
    has written then does not commit until the other has too, or failed, or waits for what the first one wrote.
    """
    together, have_read, have_written = threading.Barrier(2), set[int](), set[int]()
    leave = transaction.Atomic.__exit__

    def read() -> None:
        together.wait(timeout=20)
        have_read.add(threading.get_ident())

    def slowly(
        self: transaction.Atomic,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        me = threading.get_ident()
        if me in have_read - have_written and not connection.savepoint_ids:
            have_written.add(me)
            for _ in range(1000 if kind is None else 0):
                if len(have_written) == 2 or _somebody_waits():
                    break
                threading.Event().wait(0.02)
        leave(self, kind, error, at)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(transaction.Atomic, "__exit__", slowly)
        yield read
