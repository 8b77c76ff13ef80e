"""Two workers send at once: with the claim's lock each letter leaves once; without it some leave twice."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet

from seguripago.foundations.facts import wakeups
from seguripago.journey.notices.commands import send, send_due_mails
from seguripago.journey.notices.listeners import LISTENERS
from seguripago.journey.notices.models import Mail
from seguripago.ports import registry
from seguripago.ports.messengers import Letter
from tests.delivery.builders import listen, open_shop, place

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
LETTERS = 6


class Postman:
    """Counts what it carries."""

    slug = "outbox"
    title = "Cartero"

    def __init__(self) -> None:
        self.carried: Counter[str] = Counter()

    def carry(self, letter: Letter) -> None:
        self.carried[letter.message_id] += 1


@pytest.fixture
def postman(at: datetime) -> Iterator[Postman]:
    """A postman before whom six letters wait."""
    store_id = open_shop()
    for turn in range(1, LETTERS + 1):
        place(store_id, at=at, turn=turn)
    listen(*LISTENERS, at=at)
    before, postman = dict(registry.adapters("messengers")), Postman()
    registry.fill("messengers", {**before, "outbox": postman})
    yield postman
    registry.fill("messengers", before)
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


def send_at_once(workers: int, at: datetime) -> None:
    def run(_: int) -> None:
        try:
            send_due_mails(LETTERS, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(run, range(workers)))


def test_with_the_lock_every_letter_leaves_once(postman: Postman, at: datetime) -> None:
    send_at_once(4, at)
    assert len(postman.carried) == LETTERS
    assert set(postman.carried.values()) == {1}


def test_without_the_lock_letters_leave_twice(postman: Postman, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    together = threading.Barrier(2)

    def unlocked(waiting: QuerySet[Mail], limit: int, *, lease: timedelta, at: datetime) -> list[Mail]:
        rows = list(waiting.order_by("pk")[:limit])
        together.wait(timeout=20)
        return rows

    monkeypatch.setattr(send, "take_due", unlocked)
    send_at_once(2, at)
    assert max(postman.carried.values()) == 2
