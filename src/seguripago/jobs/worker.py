"""The worker: reads notices, numbers facts, lets every listener digest them, runs clocks and outward jobs.

Two processes, so that what follows a payment never takes the processor from it. The first carries the money (read →
number → judge → number) in one thread, because every hop between threads costs the buyer time. The second, which the
machine lets pass last, has a thread and a cursor for each other listener, so a slow one delays nobody, and runs clocks
and jobs.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection, Sequence
from types import FrameType
from typing import Final, Protocol

import psycopg
from django.db import connection
from django.utils import timezone

from seguripago.foundations.facts.commands import BATCH, Listener, listen_once, number_facts, retry_parked
from seguripago.foundations.facts.wakeups import CHANNEL, NOTICES, WORKER, connection_parameters, wake
from seguripago.jobs import clocks, outward, statement_files
from seguripago.journey.bank.commands import read_notices
from seguripago.journey.bank.statement_queries import is_importing

LOOK_S: Final = 1.0
GATHER_S: Final = 0.1
RUSH: Final = 3
RUSH_S: Final = 0.5
"""A follower whose round found so many facts lets the next ones gather longer: rounds cost more than facts."""
HOLD_S: Final = 10.0
"""So long a follower whose round was full lets a statement's import pass: it needs both processors, they can wait."""
REST_S: Final = 0.06
RETRY_S: Final = 2.0
LEAVE_S: Final = 3.5
NOTICES_AT_ONCE: Final = 500
NICENESS: Final = 10
MONEY: Final = ("reconciliation", "reconciliation_alarms")
NUMBERED: Final = "numbered:"
"""The topic by which the first process tells the second which kinds of facts got their numbers."""

log = logging.getLogger("seguripago.worker")


class Part(Protocol):
    """One of the worker's two processes."""

    def targets(self) -> list[tuple[str, Callable[[], None]]]: ...

    def hear(self, topics: Collection[str]) -> None: ...

    def wake_all(self) -> None: ...


def carry_money(listeners: Sequence[Listener]) -> None:
    """Be the first process until SIGTERM or SIGINT."""
    stop = threading.Event()
    _run(MoneyLane(listeners, stop), stop, "money")


def follow(listeners: Sequence[Listener]) -> None:
    """Be the second process until SIGTERM or SIGINT, or until the first one is gone."""
    os.nice(NICENESS)
    stop = threading.Event()
    _run(Followers(listeners, stop), stop, "followers")


class MoneyLane:
    """The one thread from the bank's notice to the confirmed payment."""

    def __init__(self, listeners: Sequence[Listener], stop: threading.Event) -> None:
        self.stop = stop
        self.bell = threading.Event()
        self.notices = threading.Event()
        self.judges = [listener for listener in listeners if listener.name in MONEY]
        self.heard_elsewhere = frozenset().union(*(_kinds(each) for each in listeners if each.name not in MONEY))

    def targets(self) -> list[tuple[str, Callable[[], None]]]:
        return [("money", self._carry)]

    def hear(self, topics: Collection[str]) -> None:
        """Be woken: by a notice that waits to be read, by facts that wait for their numbers."""
        if NOTICES in topics:
            self.notices.set()
        if NOTICES in topics or WORKER in topics:
            self.bell.set()

    def wake_all(self) -> None:
        self.notices.set()
        self.bell.set()

    def _carry(self) -> None:
        looked_at = 0.0
        while not self.stop.is_set():
            self.bell.wait(LOOK_S)
            self.bell.clear()
            # By itself once a second, also when facts ring all the time: a lost wake-up must not wait for a quiet hour.
            reads = self.notices.is_set() or time.monotonic() - looked_at >= LOOK_S
            self.notices.clear()
            began = time.monotonic()
            looked_at = began if reads else looked_at
            try:
                self._carry_once(reads=reads)
            except Exception:
                log.exception("money: failed, again in %s s", RETRY_S)
                self.notices.set()
                connection.close()
                self.stop.wait(RETRY_S)
            # Rest as long as the work took: under load the next round finds more notices, and a notice in a round of
            # fifty costs a fifth of one that comes alone.
            self.stop.wait(min(time.monotonic() - began, REST_S))

    def _carry_once(self, *, reads: bool) -> None:
        """Read, number, judge and number until nothing is left. Without notices, facts only get their numbers."""
        looks = reads
        while not self.stop.is_set():
            read = read_notices(NOTICES_AT_ONCE, at=timezone.now()) if reads else 0
            kinds = self._number()
            judges = [judge for judge in self.judges if looks or read or kinds & _kinds(judge)]
            judged = sum(listen_once(judge, at=timezone.now()) for judge in judges)
            if judged:
                self._number()
            if read < NOTICES_AT_ONCE and judged < BATCH:
                return
            reads, looks = bool(read), True

    def _number(self) -> frozenset[str]:
        kinds = number_facts()
        wake(*(f"{NUMBERED}{kind}" for kind in kinds & self.heard_elsewhere))
        return kinds


class Followers:
    """Every other listener with its thread and bell, the clocks and the outward jobs."""

    def __init__(self, listeners: Sequence[Listener], stop: threading.Event) -> None:
        self.stop = stop
        self.listeners = [listener for listener in listeners if listener.name not in MONEY]
        self.bells = {listener.name: threading.Event() for listener in self.listeners}

    def targets(self) -> list[tuple[str, Callable[[], None]]]:
        named: list[tuple[str, Callable[[], None]]] = [
            (listener.name, lambda listener=listener: self._listen(listener))  # type: ignore[misc]
            for listener in self.listeners
        ]
        named.append(("clocks", lambda: clocks.run(self.stop)))
        named.append(("outward", lambda: outward.run(self.stop)))
        named.append(("statements", lambda: statement_files.run(self.stop)))
        return named

    def hear(self, topics: Collection[str]) -> None:
        """Be woken by the kinds of facts that have just got their numbers."""
        kinds = {topic.removeprefix(NUMBERED) for topic in topics if topic.startswith(NUMBERED)}
        for listener in self.listeners:
            if kinds & _kinds(listener):
                self.bells[listener.name].set()

    def wake_all(self) -> None:
        for bell in self.bells.values():
            bell.set()

    def _listen(self, listener: Listener) -> None:
        bell = self.bells[listener.name]
        parked_at = 0.0
        while not self.stop.is_set():
            bell.wait(LOOK_S)
            bell.clear()
            try:
                read = listen_once(listener, at=timezone.now())
                # A lone fact was digested at once; in a stream of them the next ones come as one batch.
                rest_s = RUSH_S if read >= RUSH else GATHER_S
                while read == BATCH and not self.stop.is_set():
                    self._let_imports_pass()
                    read = listen_once(listener, at=timezone.now())
                if time.monotonic() - parked_at >= LOOK_S:
                    parked_at = time.monotonic()
                    retry_parked(listener, at=timezone.now())
            except Exception:
                log.exception("%s: failed, again in %s s", listener.name, RETRY_S)
                rest_s = RETRY_S
            # There are more listeners than connections: whoever rests lends his to whoever works.
            connection.close()
            self.stop.wait(rest_s)

    def _let_imports_pass(self) -> None:
        until = time.monotonic() + HOLD_S
        while time.monotonic() < until and not self.stop.is_set() and is_importing():
            self.stop.wait(LOOK_S)


def _kinds(listener: Listener) -> frozenset[str]:
    return frozenset(cls.__name__ for cls in listener.facts)


def _run(part: Part, stop: threading.Event, name: str) -> None:
    """Work until told to leave; what is being done is finished first, for a few seconds."""

    def leave(number: int, frame: FrameType | None) -> None:
        stop.set()
        part.wake_all()

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGINT, leave)
    # Daemons: what is not finished in time is rolled back by the database and done again after the next start.
    threads = [threading.Thread(target=target, name=thread, daemon=True) for thread, target in part.targets()]
    for thread in threads:
        thread.start()
    # What is loaded now stays for ever: the collector need not walk over it again.
    gc.collect()
    gc.freeze()
    log.info("worker ready: %s", name)
    _hear_wakeups(part, stop)
    part.wake_all()
    patience = time.monotonic() + LEAVE_S
    for thread in threads:
        thread.join(timeout=max(0.0, patience - time.monotonic()))


def _hear_wakeups(part: Part, stop: threading.Event) -> None:
    """Ring the part's bells whenever somebody wakes it. A lost wake-up costs one look."""
    parameters = connection_parameters()
    while not stop.is_set():
        try:
            with psycopg.connect(**parameters, autocommit=True) as ear:
                ear.execute(f"LISTEN {CHANNEL}")
                part.wake_all()
                while not stop.is_set():
                    for notice in ear.notifies(timeout=LOOK_S, stop_after=1):
                        part.hear(notice.payload.split())
        except psycopg.Error:
            log.exception("not listening, again in %s s", RETRY_S)
            stop.wait(RETRY_S)
