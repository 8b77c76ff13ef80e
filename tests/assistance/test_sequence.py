"""Every message once, in one order, whoever writes at the same time."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from tests.assistance.builders import open_shop, say, someone_is_there, start

pytestmark = pytest.mark.django_db(transaction=True)


def together(*errands: Callable[[], object]) -> list[object]:
    """Run errands at the same moment, each on a connection of its own."""
    gate = threading.Barrier(len(errands))
    results: list[object] = [None] * len(errands)

    def run(place: int, errand: Callable[[], object]) -> None:
        try:
            gate.wait()
            results[place] = errand()
        except Exception as error:  # noqa: BLE001 - a thread hands its error over
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(errands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_twenty_writers_leave_neither_gap_nor_double(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)

    def write(who: int) -> Callable[[], list[int]]:
        return lambda: [say(talk, f"mensaje {who}.{turn}", at=at) for turn in range(10)]

    numbers = together(*(write(who) for who in range(20)))
    seqs = sorted(seq for found in numbers for seq in found)  # type: ignore[attr-defined]
    assert seqs == list(range(2, 202))
    assert [entry.seq for entry in reading.entries(talk, limit=500)] == list(range(1, 202))


def test_a_message_sent_again_keeps_its_number(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    once = uuid.uuid4()
    answers = together(*(lambda: chat.say(talk, "Hola", client_id=once, at=at) for _ in range(8)))
    assert set(answers) == {2}
    assert len(reading.entries(talk)) == 2


def test_two_analysts_never_take_the_same_conversation(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    first = start(shop, at=at, token="a")
    second = start(shop, at=at + timedelta(seconds=1), token="b")
    taken = together(
        lambda: chat.take_next(shop.store_id, shop.beto, at=at + timedelta(seconds=2)),
        lambda: chat.take_next(shop.store_id, shop.sofia, at=at + timedelta(seconds=2)),
    )
    assert set(taken) == {first, second}
    assert chat.take_next(shop.store_id, shop.beto, at=at + timedelta(seconds=3)) is None


def test_who_waits_longest_is_taken_first(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talks = [start(shop, at=at + timedelta(seconds=turn), token=f"t{turn}") for turn in range(3)]
    taken = [chat.take_next(shop.store_id, shop.beto, at=at + timedelta(seconds=9)) for _ in range(3)]
    assert taken == talks


def test_many_cursors_are_read_in_one_query(at: datetime, django_assert_num_queries: Callable[..., object]) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talks = [start(shop, at=at, token=f"t{turn}") for turn in range(5)]
    for talk in talks:
        say(talk, "uno", at=at)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        found = reading.entries_after_many(dict.fromkeys(talks, 1))
    assert {talk: [entry.seq for entry in entries] for talk, entries in found.items()} == {talk: [2] for talk in talks}
