"""What every test stands on: real PostgreSQL, nobody outside this machine, warnings as errors.

The database is DATABASE_URL's server when it is set (Django makes `test_…` there), else a cluster of our own under
`.data/test-postgres-…`, made and stopped by this file; it runs without fsync, which only tests may do.

Fixtures for everyone:
    at             a fixed moment, aware, UTC: a Wednesday morning in Mexico
    database_url   the address of the test database, for a test that opens its own connections (needs `db`)
    running_site   the real program in a real browser: see tests/e2e/conftest.py

Files of tests live in `tests/<room>/test_<what>.py`; what is under `tests/e2e/` gets the mark `e2e` and runs last.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_django

ROOT = Path(__file__).resolve().parent.parent
FIRST_HALF, SECOND_HALF = "browser tests a to i", "browser tests j to z"
_standing = contextlib.ExitStack()


class OutsideWorld(PermissionError):
    """A test tried to speak with another machine."""


def _stay_inside() -> None:
    """Refuse every connection from Python that leaves this machine."""
    for name in ("connect", "connect_ex"):
        real = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, *, real: Any = real) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
                raise OutsideWorld(f"a test tried to reach {address}")
            return real(self, address)

        setattr(socket.socket, name, guarded)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _stand() -> None:
    """Start the database and Django before any test file is imported: their modules import tables."""
    from seguripago.config.cluster import borrowed
    from seguripago.config.cluster_binaries import all_binaries

    data = Path(tempfile.mkdtemp(prefix="seguripago-tests-"))
    (data / "static").mkdir()
    _standing.callback(shutil.rmtree, data, ignore_errors=True)
    if not os.environ.get("DATABASE_URL"):
        # The wheel's server first: the same version on every machine, and the one that has no extensions to lean on.
        wheel = next((found for found in all_binaries() if found.origin == "wheel"), None)
        name = f"test-postgres-{wheel.major}" if wheel else "test-postgres"
        url = _standing.enter_context(borrowed(ROOT / ".data", name, durable=False, binaries=wheel))
        os.environ["DATABASE_URL"] = url
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "seguripago.config.settings",
        "SEGURIPAGO_DEMO": "1",
        "SEGURIPAGO_SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests-0123456789",
        "SEGURIPAGO_DATA_DIR": str(data),
        "PORT": "8000",
    }
    import django

    django.setup()
    from seguripago.config import wiring

    wiring.connect()
    _hash_quickly()


def _hash_quickly() -> None:
    """Passwords of tests protect nothing: the product's algorithm, which its other processes read, at least cost."""
    from django.contrib.auth.hashers import Argon2PasswordHasher

    Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1


_stay_inside()
_stand()


def pytest_unconfigure() -> None:
    """Stop what `_stand` started."""
    _standing.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the browser tests. One process runs them last: a broken rule is heard of in seconds.

    Two processes share the files: one begins with half of the browser tests, and the other half comes in the middle,
    for whoever is free then. So only one whole program stands on the machine most of the time, and both end together.
    """
    for item in items:
        if "e2e" in item.path.relative_to(ROOT).parts:
            item.add_marker(pytest.mark.e2e)
    if hasattr(config, "workerinput"):
        shares = dict.fromkeys(_share(str(item.path)) for item in items)
        files = [share for share in shares if share not in {FIRST_HALF, SECOND_HALF}]
        middle = len(files) // 2
        order = [FIRST_HALF, *files[:middle], SECOND_HALF, *files[middle:]]
        items.sort(key=lambda item: order.index(_share(str(item.path))))
    else:
        items.sort(key=lambda item: item.get_closest_marker("e2e") is not None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Let each process stand up by itself: Django set up before `_stand` would share this one's folder of data."""
    del os.environ["DJANGO_SETTINGS_MODULE"]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the processes a share each."""
    from xdist.scheduler import LoadScopeScheduling

    class ByShare(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            return _share(nodeid.partition("::")[0])

    return ByShare(config, log)


def _share(file: str) -> str:
    """What one process runs in one go: a file, or half of the browser tests, which share one running site."""
    if "/e2e/" not in file:
        return file
    return FIRST_HALF if Path(file).name < "test_j" else SECOND_HALF


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """Let go of the test database before it is dropped: wake-ups are sent from a connection of their own.

    Tables that refuse TRUNCATE allow it here, because tests with real commits empty them so; those that try the
    refusal switch it on again in their own transaction.
    """
    _empty_tables_again_after_a_deadlock()
    with django_db_blocker.unblock():
        _let_tables_be_emptied()
    yield
    from seguripago.foundations.facts.wakeups import hang_up

    hang_up()


def _let_tables_be_emptied() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE '%%_is_never_truncated'")
        for table, trigger in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")


def _empty_tables_again_after_a_deadlock() -> None:
    """A page that a browser asked for as it was closed may still be read while the next test's tables are emptied.

    PostgreSQL then ends one of the two, and whom it ends is chance.
    """
    from django.db import OperationalError
    from django.db.backends.base.operations import BaseDatabaseOperations
    from psycopg.errors import DeadlockDetected

    once = BaseDatabaseOperations.execute_sql_flush

    def again(self: BaseDatabaseOperations, statements: list[str], *, times: int = 5) -> None:
        try:
            once(self, statements)
        except OperationalError as error:
            if times == 0 or not isinstance(error.__cause__, DeadlockDetected):
                raise
            again(self, statements, times=times - 1)

    BaseDatabaseOperations.execute_sql_flush = again  # type: ignore[method-assign]


@pytest.fixture
def at() -> datetime:
    """A fixed moment for commands that ask for one."""
    return datetime(2026, 3, 11, 16, 30, tzinfo=UTC)


@pytest.fixture
def database_url(db: None) -> str:
    """The address of the database that the test writes to."""
    from django.db import connection

    said = connection.get_connection_params()
    from psycopg.conninfo import make_conninfo

    known = ("host", "port", "user", "password", "dbname")
    return make_conninfo(**{name: said[name] for name in known if said.get(name)})
