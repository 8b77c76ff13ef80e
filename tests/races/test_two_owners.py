"""Two owners dismiss each other at the same moment: with the lock one is left, without it nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest

from seguripago.foundations.facts import wakeups
from seguripago.foundations.people import commands as people
from seguripago.foundations.people import queries
from seguripago.foundations.people.refusals import OnlyAnotherOwner
from seguripago.values.actor import Actor
from tests.assistance.builders import open_shop
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quiet_bell() -> Iterator[None]:
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@pytest.mark.parametrize("lock", [True, False])
def test_of_two_owners_who_dismiss_each_other_one_is_left(
    at: datetime, monkeypatch: pytest.MonkeyPatch, lock: bool
) -> None:
    store_id = open_shop().store_id
    pair = [
        people.hire(
            store_id, email=f"{name}@demo.test", name=name, role="owner", analyst_number=name, password="larga-y-segura"
        )
        for name in ("ana", "ines")
    ]
    if not lock:
        monkeypatch.setattr(people, "hold_people", lambda store_id: None)
        gate, real = threading.Barrier(2), queries.members

        def both_look(store_id: int) -> tuple[queries.Member, ...]:
            found = real(store_id)
            gate.wait(10)
            return found

        monkeypatch.setattr(queries, "members", both_look)

    def dismiss_the_other(place: int) -> None:
        by = Actor.staff(pair[place], "Dueña")
        people.dismiss(store_id, pair[1 - place], by=by, at=at)

    results = at_once(2, dismiss_the_other)
    monkeypatch.undo()
    left = [who for who in queries.members(store_id) if who.role == "owner"]
    assert len(left) == (1 if lock else 0)
    assert sum(isinstance(result, OnlyAnotherOwner) for result in results) == (1 if lock else 0)
