"""Wake-ups: PostgreSQL NOTIFY that carries no data and may be lost. Whoever is woken reads the database.

Never sent inside a writing transaction, because NOTIFY takes one global lock at commit. One thread per process sends
from an autocommit connection of its own and gathers what comes within a few milliseconds.
"""

from __future__ import annotations

import atexit
import logging
import os
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

import psycopg
from django.db import connection, transaction

CHANNEL: Final = "seguripago_wake"
WORKER: Final = "worker"
"""Facts wait for their numbers."""
NOTICES: Final = "notices"
"""A bank's notice waits to be read."""
GATHER_S: Final = 0.003
APART_S: Final = 0.02
"""Between two sendings of one process: a lone wake-up leaves at once, a stream of them costs fifty a second."""
DJANGO_OPTIONS: Final = ("pool", "isolation_level", "server_side_binding", "assume_role")
PAYLOAD_LIMIT: Final = 7000  # PostgreSQL refuses 8,000 bytes and more.

log = logging.getLogger(__name__)


def wake(*topics: str) -> None:
    """Wake whoever waits for the topics, after the commit when a transaction is open."""
    if not topics:
        return
    if connection.in_atomic_block:
        transaction.on_commit(lambda: _bell().ring(topics))
    else:
        _bell().ring(topics)


def connection_parameters() -> dict[str, Any]:
    """psycopg's parameters of the default database, for connections outside Django's pool."""
    settings = connection.settings_dict
    parameters = {
        "dbname": settings["NAME"],
        "user": settings["USER"],
        "password": settings["PASSWORD"],
        "host": settings["HOST"],
        "port": settings["PORT"],
    }
    # What only Django understands stays here; sslmode and the like go with the connection.
    options = {name: value for name, value in settings["OPTIONS"].items() if name not in DJANGO_OPTIONS}
    return {**options, **{name: value for name, value in parameters.items() if value}}


class Bell:
    """The one sender of a process."""

    def __init__(self) -> None:
        self._topics: set[str] = set()
        self._rung = threading.Event()
        self._lock = threading.Lock()
        self._closing = False
        self._parameters = connection_parameters()
        self._thread = threading.Thread(target=self._run, name="wakeups", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def ring(self, topics: tuple[str, ...]) -> None:
        with self._lock:
            self._topics.update(topics)
        self._rung.set()

    def close(self) -> None:
        self._closing = True
        self._rung.set()
        self._thread.join(timeout=1)

    def _run(self) -> None:
        sender: psycopg.Connection[Any] | None = None
        sent_at = 0.0
        while True:
            self._rung.wait()
            if not self._closing:
                time.sleep(max(GATHER_S, sent_at + APART_S - time.monotonic()))
            sent_at = time.monotonic()
            self._rung.clear()
            with self._lock:
                topics, self._topics = self._topics, set()
            if topics:
                # Twice: a connection that slept through a restart of the database says so only when it is used.
                sender = self._sent(sender, topics) or self._sent(None, topics)
            if self._closing:
                if sender is not None:
                    sender.close()
                return

    def _sent(self, sender: psycopg.Connection[Any] | None, topics: set[str]) -> psycopg.Connection[Any] | None:
        """Send, and give back the connection; None when it failed."""
        try:
            if sender is None or sender.closed:
                sender = psycopg.connect(**self._parameters, autocommit=True)
                sender.execute("SET synchronous_commit = off")
            for payload in payloads(topics):
                sender.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
        except psycopg.Error as error:
            # A lost wake-up costs a second: everybody also looks by himself.
            log.warning("wake-up not sent: %s", error)
            if sender is not None:
                sender.close()
            return None
        return sender


def hang_up() -> None:
    """Close this process's senders, so that nobody holds the database any more."""
    with _bells_lock:
        for bell in _bells.values():
            bell.close()
        _bells.clear()


def payloads(topics: set[str]) -> Iterator[str]:
    """The topics joined by spaces, in as few payloads as the limit allows."""
    gathered = ""
    for topic in sorted(topics):
        if gathered and len(gathered) + 1 + len(topic) > PAYLOAD_LIMIT:
            yield gathered
            gathered = ""
        gathered = f"{gathered} {topic}" if gathered else topic
    if gathered:
        yield gathered


_bells: dict[tuple[int, str], Bell] = {}
_bells_lock = threading.Lock()


def _bell() -> Bell:
    key = (os.getpid(), str(connection.settings_dict["NAME"]))
    bell = _bells.get(key)
    if bell is None:
        with _bells_lock:
            bell = _bells.get(key) or Bell()
            _bells[key] = bell
    return bell
