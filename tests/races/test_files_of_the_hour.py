"""Files that come at the same moment are counted together: with the conversation's lock on, and once with it off."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from PIL import Image

from seguripago.foundations.facts import wakeups
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.commands import filing
from seguripago.journey.assistance.models import Attachment, Conversation
from tests.assistance.builders import open_shop, someone_is_there, start
from tests.races.together import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _quiet_bell() -> Iterator[None]:
    """Close this process's sender of wake-ups: its connection would keep the test database from being dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


def picture(number: int) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), f"#0000{number:02}").save(drawn, "PNG")
    return drawn.getvalue()


def two_more_of_five(monkeypatch: pytest.MonkeyPatch, at: datetime, *, lock: bool) -> tuple[list[object], int]:
    """The buyer has given four files of five, and gives two more at once: the answers, and how many are kept."""
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    for number in range(filing.A_BUYER_AN_HOUR - 1):
        chat.drop_document(talk, picture(number), "a.png", at=at)
    count_together(monkeypatch, lock=lock)

    def give(each: int) -> str:
        try:
            return chat.drop_document(talk, picture(50 + each), "b.png", at=at)
        except chat.FilesOfTheHour:
            return "refused"

    return list(at_once(2, give)), Attachment.objects.count()


def count_together(monkeypatch: pytest.MonkeyPatch, *, lock: bool) -> None:
    """Both have counted before one is written, unless the lock keeps the second from counting."""
    gate, real = threading.Barrier(2), filing._refuse_too_many
    turns: dict[int, int] = {}

    def count(conversation: Conversation, by_kind: str, *, at: datetime) -> None:
        real(conversation, by_kind, at=at)
        me = threading.get_ident()
        turns[me] = turns.get(me, 0) + 1
        # The first look is before a file is cleaned; the second one is under the lock.
        if turns[me] == 1 or not lock:
            gate.wait(10)

    monkeypatch.setattr(filing, "_refuse_too_many", count)
    if not lock:
        monkeypatch.setattr(filing, "lock", lambda pk: Conversation.objects.get(pk=pk))


def test_of_two_files_at_once_the_hour_takes_only_the_fifth(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    answers, kept = two_more_of_five(monkeypatch, at, lock=True)
    assert sorted(map(str, answers)) == ["file", "refused"]
    assert kept == filing.A_BUYER_AN_HOUR


def test_with_the_lock_off_the_hour_takes_six(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    """The control."""
    answers, kept = two_more_of_five(monkeypatch, at, lock=False)
    assert answers == ["file", "file"]
    assert kept == filing.A_BUYER_AN_HOUR + 1
