"""After every test of judging, every inv_* view is empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.judging import movements


@pytest.fixture(autouse=True)
def nothing_is_broken(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("django_db"):
        assert movements.broken_invariants() == {}
