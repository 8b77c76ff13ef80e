"""One file sent many times at one moment is one comprobante, and no copy of it is left lying about."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.conf import settings
from django.db import connection

from seguripago.foundations.facts.models import FactRow
from seguripago.journey.evidence.commands import TooManyFiles, TooManyThroughLinks, keep_evidence, keeping
from seguripago.journey.evidence.models import Evidence
from seguripago.journey.evidence.rules import MOST_FILES, Door
from tests.evidence.files import picture
from tests.orders.builders import LUCIA, placed
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def files_lying() -> int:
    folder = settings.SEGURIPAGO.data_dir / "files"
    return sum(path.is_file() for path in folder.rglob("*"))


def test_six_uploads_of_one_file_at_once_are_one(at: datetime) -> None:
    order_id, body, before = placed(at), picture(size=(300, 200)), files_lying()

    def upload(turn: int) -> int:
        try:
            return keep_evidence(order_id, filename=f"captura-{turn}.png", body=body, by=LUCIA, at=at)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(upload, range(6)))
    assert ids == set(Evidence.objects.filter(order_id=order_id).values_list("pk", flat=True))
    assert len(ids) == 1
    assert FactRow.objects.filter(kind="EvidenceKept").count() == 1
    assert files_lying() == before + 2


def _both_have_counted(monkeypatch: pytest.MonkeyPatch, *, is_locked: bool) -> None:
    """Both have counted before one is written, unless the lock keeps the second from counting."""
    gate, real, turns = threading.Barrier(2), keeping.refuse_too_many, dict[int, int]()

    def count(order_id: int, door: Door) -> None:
        real(order_id, door)
        me = threading.get_ident()
        turns[me] = turns.get(me, 0) + 1
        # The first look is before a file is opened; the second one is under the lock.
        if turns[me] == 1 or not is_locked:
            gate.wait(20)

    monkeypatch.setattr(keeping, "refuse_too_many", count)
    if not is_locked:
        monkeypatch.setattr(keeping, "lock_order", lambda order_id: None)


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("is_locked", [True, False])
def test_of_two_files_at_once_a_door_takes_only_the_last_that_it_has_room_for(
    at: datetime, door: Door, is_locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the order's lock there is one too many, which is what happens here when it is taken away."""
    order_id, most = placed(at), MOST_FILES[door]

    def give(place: int) -> Callable[[int], int]:
        def one(turn: int) -> int:
            body = picture(size=(9 + turn, 9 + place))
            return keep_evidence(order_id, filename="a.png", body=body, by=LUCIA, at=at, door=door)

        return one

    for place in range(most - 1):
        give(place)(0)
    before = files_lying()
    _both_have_counted(monkeypatch, is_locked=is_locked)
    answers = at_once(2, give(most))
    refused = [each for each in answers if isinstance(each, TooManyFiles | TooManyThroughLinks)]
    kept = Evidence.objects.filter(order_id=order_id, door=door).count()
    assert (len(refused), kept) == ((1, most) if is_locked else (0, most + 1)), answers
    assert files_lying() == before + 2 * (2 - len(refused))
