"""Stripe as its stand-in plays it: it forgets every idempotency key and refunds more than it took. Ours hold alone."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from seguripago.adapters.card_gateways.stripe import ADAPTER
from seguripago.journey.cards import commands as cards
from seguripago.journey.cards.commands import open_refund, send_refund
from seguripago.journey.cards.queries import charges_of_order
from seguripago.journey.cards.refusals import RefundTooLarge
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Question, Reply, provider
from tests.adapters.stripe_side import INTENTS, account, asked, charge, form, intent, refund
from tests.cards.conftest import order_for, wish_for
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
HANDS = 24
DIEGO = Actor.staff(4, "Diego Cano")


class Forgetful:
    """Makes what it is asked, as often as it is asked."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.refunded = 0
        self._one = threading.Lock()

    def __call__(self, question: Question) -> Reply:
        said = form(question)
        with self._one:
            if question.method == "POST" and question.path == INTENTS:
                self.made.append(said["metadata[seguripago_key]"])
                amount = int(said["amount"])
                paid = charge(amount=amount)
                return _reply(
                    intent(id=f"pi_{len(self.made)}", amount=amount, amount_received=amount, latest_charge=paid)
                )
            if question.method == "POST" and question.path == "/v1/refunds":
                self.refunded += int(said["amount"])
                key = said["metadata[seguripago_key]"]
                return _reply(refund(id=f"re_{key}", amount=int(said["amount"]), metadata={"seguripago_key": key}))
        return Reply(b"{}", 500)


@pytest.fixture
def forgetful() -> Forgetful:
    return Forgetful()


@pytest.fixture
def there(forgetful: Forgetful) -> Iterator[Provider]:
    with provider(forgetful) as found:
        yield found


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def store_with(there: Provider, at: datetime) -> tuple[int, int]:
    store_id, order_id = order_for(at)
    values = {"public_key": "pk_test_1", "secret_key": "sk_test_1", "webhook_secret": "whsec_1", "api_url": there.url}
    cards.set_gateway_values(store_id, "stripe", values, by=DIEGO, at=at)
    cards.use_gateway(store_id, "stripe", by=DIEGO, at=at)
    return store_id, order_id


def test_asked_twice_it_charges_twice(forgetful: Forgetful, there: Provider) -> None:
    """The control: nothing at the other side stops a second charge, nor a refund of more than it took."""
    first, second = (ADAPTER.charge(asked(), account(there.url)) for _ in range(2))
    assert first.ref != second.ref
    ADAPTER.refund(first.ref, first.amount + Money(1), account(there.url), idempotency_key="r1")
    assert forgetful.refunded > first.amount.centavos


def test_one_form_is_one_charge_and_no_refund_passes_it(forgetful: Forgetful, there: Provider, now: datetime) -> None:
    _, order_id = store_with(there, now)
    wish = wish_for(order_id, "pm_1Contract")

    answers = at_once(HANDS, lambda _: cards.start_card_charge(order_id, wish, at=now))

    assert not [each for each in answers if isinstance(each, Exception)]
    assert forgetful.made == [wish.key]
    [paid] = charges_of_order(order_id)
    assert paid.is_paid

    part = Money(paid.captured.centavos // 3 + 1)

    def give_back(hand: int) -> int:
        with transaction.atomic():
            opened = open_refund(paid.id, part, key=f"r-{hand}", proposal_id=None, reason="Prueba", by=DIEGO, at=now)
        send_refund(opened, at=now)
        send_refund(opened, at=now)
        return opened

    given = at_once(HANDS, give_back)

    assert [type(each) for each in given if isinstance(each, Exception)] == [RefundTooLarge] * (HANDS - 2)
    assert forgetful.refunded == 2 * part.centavos
    assert forgetful.refunded <= paid.captured.centavos


def _reply(said: object) -> Reply:
    return Reply(json.dumps(said).encode())
