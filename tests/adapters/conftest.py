"""Stripe on loopback, for the two files that speak with it."""

from collections.abc import Iterator

import pytest

from seguripago.ports.card_gateways import GatewayAccount
from tests.adapters.provider import Provider, provider
from tests.adapters.stripe_side import Stripe, account


@pytest.fixture
def stripe() -> Stripe:
    return Stripe()


@pytest.fixture
def there(stripe: Stripe) -> Iterator[Provider]:
    with provider(stripe) as found:
        yield found


@pytest.fixture
def ours(there: Provider) -> GatewayAccount:
    return account(there.url)
