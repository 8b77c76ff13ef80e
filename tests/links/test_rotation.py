"""The key of links changes twenty times while links are made and checked: nobody is refused."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from seguripago.journey.payments.link_token import BadToken, make, read

ENDS = datetime(2026, 12, 1, tzinfo=UTC)
TURNS = 20
THREADS = 4
CHECKS_A_TURN = 150


def key(number: int) -> bytes:
    return hashlib.sha256(b"main key %d" % number).digest()


class Ring:
    """The ring of the operations manual: one key makes, the two before it and the next one only open."""

    def __init__(self, settings: Any) -> None:
        self.settings = settings
        self.number = 2
        self.turn_to(2)

    def turn_to(self, number: int) -> None:
        self.number = number  # Before the keys themselves: whoever reads it never believes a key younger than it is.
        self.settings.SEGURIPAGO = replace(
            self.settings.SEGURIPAGO,
            main_key=key(number),
            previous_main_keys=(key(number + 1), key(number - 1), key(number - 2)),
        )


class Load:
    """Threads that make links without end and check their own and each other's, as long as their key must open."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self.stop = threading.Event()
        self.recent: deque[tuple[int, str, str]] = deque(maxlen=64)
        self.checked = self.of_other_turns = 0
        self.failures: list[str] = []

    def run(self, number: int) -> None:
        count = 0
        while not self.stop.is_set():
            count += 1
            handle, turn = f"{number}-{count}", self.ring.number
            self.recent.append((turn, handle, make(handle, store_id=number, expires_at=ENDS)))
            for each in list(self.recent)[:: 1 + count % 7]:
                self.check(*each)

    def check(self, turn: int, handle: str, token: str) -> None:
        try:
            found = read(token).handle
        except BadToken:
            found = ""
        now = self.ring.number
        if now >= turn + 2:
            return  # Its key may have been forgotten, which is no failure.
        self.checked += 1
        self.of_other_turns += now > turn
        if found != handle:
            self.failures.append(f"{handle} of turn {turn} in turn {now}: {found or 'refused'}")


def test_twenty_rotations_under_load_refuse_nobody(settings: Any) -> None:
    ring = Ring(settings)
    load = Load(ring)
    threads = [threading.Thread(target=load.run, args=(number,)) for number in range(1, THREADS + 1)]
    for thread in threads:
        thread.start()
    try:
        for turn in range(TURNS):
            enough = load.checked + CHECKS_A_TURN
            while load.checked < enough and not load.failures:
                load.stop.wait(0.001)
            ring.turn_to(3 + turn)
    finally:
        load.stop.set()
        for thread in threads:
            thread.join(20)
    assert load.failures == []
    assert ring.number == 2 + TURNS
    assert load.checked >= TURNS * CHECKS_A_TURN
    assert load.of_other_turns > TURNS, "links lived through a rotation"


def test_a_process_that_restarts_later_opens_what_the_others_make(settings: Any) -> None:
    """The next key opens everywhere before it makes anywhere: two rings that are a step apart read each other."""
    early, late = Ring(settings), Ring(settings)
    for number in range(3, 3 + TURNS):
        early.turn_to(number)
        ahead = make("ahead", store_id=1, expires_at=ENDS)
        late.turn_to(number - 1)
        assert read(ahead).handle == "ahead"
        behind = make("behind", store_id=1, expires_at=ENDS)
        early.turn_to(number)
        assert read(behind).handle == "behind"


def test_a_key_that_left_the_ring_opens_nothing(settings: Any) -> None:
    ring = Ring(settings)
    token = make("h", store_id=1, expires_at=ENDS)
    ring.turn_to(4)
    assert read(token).handle == "h"
    ring.turn_to(5)
    with pytest.raises(BadToken):
        read(token)
