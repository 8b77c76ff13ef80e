from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.captures.house import House, house, pin_the_bank, unpin_the_bank


@pytest.fixture
def shop(db: None) -> House:
    return house()


@pytest.fixture
def pinned() -> Iterator[None]:
    pin_the_bank()
    yield
    unpin_the_bank()


@pytest.fixture(autouse=True)
def nothing_broken(request: pytest.FixtureRequest) -> Iterator[None]:
    """No invariant has a row after a test that touched the database."""
    yield
    if "db" not in request.fixturenames and "transactional_db" not in request.fixturenames:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname LIKE 'inv\\_%'")
        for (view,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {view}")
            assert cursor.fetchone()[0] == 0, view
