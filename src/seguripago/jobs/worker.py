"""The worker: reads notices, numbers facts, lets every listener digest them, runs clocks and outward jobs.

One lane carries the money (read → number → judge → number) in one thread, because every hop between threads costs the
buyer time; each other listener has a thread and a cursor of its own, so a slow one delays nobody.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Final

import psycopg
from django.db import connection
from django.utils import timezone

from seguripago.foundations.facts.commands import BATCH, Listener, listen_once, number_facts, retry_parked
from seguripago.foundations.facts.wakeups import CHANNEL, NOTICES, WORKER, connection_parameters
from seguripago.jobs import clocks, outward
from seguripago.journey.bank.commands import read_notices

LOOK_S: Final = 1.0
GATHER_S: Final = 0.1
RETRY_S: Final = 2.0
LEAVE_S: Final = 3.5
NOTICES_AT_ONCE: Final = 500
MONEY_LANE: Final = ("reconciliation", "reconciliation_alarms")

log = logging.getLogger("seguripago.worker")


def run(listeners: Sequence[Listener]) -> None:
    """Work until SIGTERM or SIGINT; what is being done is finished first, for a few seconds."""
    stop = threading.Event()
    lanes = Lanes(listeners, stop)

    def leave(number: int, frame: FrameType | None) -> None:
        stop.set()
        lanes.wake_all()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    # Daemons: what is not finished in time is rolled back by the database and done again after the next start.
    threads = [threading.Thread(target=target, name=name, daemon=True) for name, target in lanes.targets()]
    for thread in threads:
        thread.start()
    log.info("worker ready: %s listeners", len(listeners))
    hear_wakeups(lanes, stop)
    lanes.wake_all()
    patience = time.monotonic() + LEAVE_S
    for thread in threads:
        thread.join(timeout=max(0.0, patience - time.monotonic()))


class Lanes:
    """Every thread of the worker and the bell that wakes it."""

    def __init__(self, listeners: Sequence[Listener], stop: threading.Event) -> None:
        self.stop = stop
        self.money_bell = threading.Event()
        self.notices = threading.Event()
        self.money = [listener for listener in listeners if listener.name in MONEY_LANE]
        self.others = [listener for listener in listeners if listener.name not in MONEY_LANE]
        self.bells = {listener.name: threading.Event() for listener in self.others}

    def targets(self) -> list[tuple[str, Callable[[], None]]]:
        named: list[tuple[str, Callable[[], None]]] = [("money", self._carry_money)]
        for listener in self.others:
            named.append((listener.name, lambda listener=listener: self._listen(listener)))  # type: ignore[misc]
        named.append(("clocks", lambda: clocks.run(self.stop)))
        named.append(("outward", lambda: outward.run(self.stop)))
        return named

    def hear(self, topics: Sequence[str]) -> None:
        """Be woken: by a notice that waits to be read, by facts that wait for their numbers."""
        if NOTICES in topics:
            self.notices.set()
        if NOTICES in topics or WORKER in topics:
            self.money_bell.set()

    def wake_all(self) -> None:
        self.notices.set()
        for bell in (self.money_bell, *self.bells.values()):
            bell.set()

    def _carry_money(self) -> None:
        looked_at = 0.0
        while not self.stop.is_set():
            self.money_bell.wait(LOOK_S)
            self.money_bell.clear()
            # By itself once a second, also when facts ring all the time: a lost wake-up must not wait for a quiet hour.
            reads = self.notices.is_set() or time.monotonic() - looked_at >= LOOK_S
            self.notices.clear()
            looked_at = time.monotonic() if reads else looked_at
            try:
                self._carry_once(reads=reads)
            except Exception:
                log.exception("money: failed, again in %s s", RETRY_S)
                self.notices.set()
                self._recover()

    def _carry_once(self, *, reads: bool) -> None:
        """Read, number, judge and number until nothing is left. Without notices, facts only get their numbers."""
        looks = reads
        while not self.stop.is_set():
            read = read_notices(NOTICES_AT_ONCE, at=timezone.now()) if reads else 0
            kinds = self._number()
            lanes = [lane for lane in self.money if looks or read or kinds & _kinds(lane)]
            judged = sum(listen_once(lane, at=timezone.now()) for lane in lanes)
            if judged:
                self._number()
            if not read and not judged:
                return
            reads, looks = bool(read), False

    def _number(self) -> frozenset[str]:
        kinds = number_facts()
        for listener in self.others:
            if kinds & _kinds(listener):
                self.bells[listener.name].set()
        return kinds

    def _listen(self, listener: Listener) -> None:
        bell = self.bells[listener.name]
        parked_at = 0.0
        while not self.stop.is_set():
            bell.wait(LOOK_S)
            bell.clear()
            try:
                while listen_once(listener, at=timezone.now()) == BATCH and not self.stop.is_set():
                    pass
                if time.monotonic() - parked_at >= LOOK_S:
                    parked_at = time.monotonic()
                    retry_parked(listener, at=timezone.now())
                # A lone fact was digested at once; in a stream of them the next ones come as one batch.
                self.stop.wait(GATHER_S)
            except Exception:
                log.exception("%s: failed, again in %s s", listener.name, RETRY_S)
                self._recover()

    def _recover(self) -> None:
        connection.close()
        self.stop.wait(RETRY_S)


def _kinds(listener: Listener) -> frozenset[str]:
    return frozenset(cls.__name__ for cls in listener.facts)


def hear_wakeups(lanes: Lanes, stop: threading.Event) -> None:
    """Ring the money lane's bells whenever somebody wakes the worker. A lost wake-up costs one look."""
    parameters = connection_parameters()
    while not stop.is_set():
        try:
            with psycopg.connect(**parameters, autocommit=True) as ear:
                ear.execute(f"LISTEN {CHANNEL}")
                lanes.hear((NOTICES, WORKER))
                while not stop.is_set():
                    for notice in ear.notifies(timeout=LOOK_S, stop_after=1):
                        lanes.hear(notice.payload.split())
        except psycopg.Error:
            log.exception("not listening, again in %s s", RETRY_S)
            stop.wait(RETRY_S)
