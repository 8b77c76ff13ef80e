from collections.abc import Iterator

import pytest

from tests.refunds.world import Loopback, loopback


@pytest.fixture
def gateway() -> Iterator[Loopback]:
    with loopback() as found:
        yield found
