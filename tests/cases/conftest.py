"""After every test of this folder every invariant holds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.world import House, broken_truths, house


@pytest.fixture
def there(db: None) -> Iterator[House]:
    """A store with two people; afterwards the books are right."""
    yield house()
    assert broken_truths() == {}
