"""The worker: leaves when it is told, survives the loss of its database, and no listener stops another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection, transaction

from seguripago.config import wiring
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import BATCH, Listener, publish
from seguripago.foundations.facts.queries import parked
from seguripago.jobs import clocks
from seguripago.jobs.worker import Followers, MoneyLane
from seguripago.journey.bank.statement_queries import is_importing
from seguripago.journey.bank.statement_rules import IMPORT_LOCK
from seguripago.journey.orders.facts import OrderPaid
from tests.money import bank

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "worker-under-test"


def until(seen: Callable[[], bool], *, within_s: float) -> bool:
    """Look again and again; whether it was seen in time."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        if seen():
            return True
        time.sleep(0.05)
    return False


def database_address() -> str:
    said = connection.settings_dict
    password = f":{quote(said['PASSWORD'])}" if said["PASSWORD"] else ""
    port = f":{said['PORT']}" if said["PORT"] else ""
    socket = said["HOST"].startswith("/")
    place = f"{quote(said['USER'])}{password}@{'' if socket else said['HOST']}{port}"
    return f"postgres://{place}/{said['NAME']}?application_name={NAME}" + (f"&host={said['HOST']}" if socket else "")


@contextmanager
def working(log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The real worker in a process of its own, ready."""
    code = "from seguripago.config.command_line import main; raise SystemExit(main(['worker']))"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, "DATABASE_URL": database_address()},
            stdout=told,
            stderr=told,
        )
        try:
            assert until(lambda: "worker ready" in log.read_text(), within_s=60), log.read_text()
            yield process
        finally:
            process.kill()
            process.wait()


def pay(sold: bank.Sale) -> None:
    """The whole amount arrives by the real door."""
    at = datetime.now(UTC)
    assert (
        bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at), at=at)
        == 200
    )


def confirmed(sold: bank.Sale) -> Callable[[], bool]:
    return lambda: bank.paid_view(sold.order_id).is_confirmed


def test_the_worker_confirms_a_deposit_and_leaves_within_five_seconds_when_told(tmp_path: Path) -> None:
    sold = bank.sale(datetime.now(UTC))
    with working(tmp_path / "log") as process:
        pay(sold)
        assert until(confirmed(sold), within_s=20), (tmp_path / "log").read_text()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0, (tmp_path / "log").read_text()


def test_the_worker_survives_when_every_connection_is_cut(tmp_path: Path) -> None:
    first, second = bank.sale(datetime.now(UTC)), bank.sale(datetime.now(UTC))
    with working(tmp_path / "log") as process:
        pay(first)
        assert until(confirmed(first), within_s=20), (tmp_path / "log").read_text()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s", [NAME]
            )
            assert cursor.fetchone()[0] > 2
        pay(second)
        assert until(confirmed(second), within_s=30), (tmp_path / "log").read_text()
        assert process.poll() is None
        outward = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '3 seconds'"

        def carries_jobs() -> bool:
            with connection.cursor() as cursor:
                cursor.execute(outward)
                return bool(cursor.fetchone()[0])

        time.sleep(3)
        assert until(carries_jobs, within_s=20), "outward jobs go on too"


@contextmanager
def lanes(*listeners: Listener) -> Iterator[None]:
    """The lanes of money and of these listeners in this process; nobody hears wake-ups."""
    stop = threading.Event()
    parts = (MoneyLane(listeners, stop), Followers(listeners, stop))

    def run(target: Callable[[], None]) -> None:
        try:
            target()
        finally:
            connection.close()

    wanted = {"money", *(listener.name for listener in listeners)}
    threads = [
        threading.Thread(target=run, args=(target,))
        for part in parts
        for name, target in part.targets()
        if name in wanted
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for part in parts:
            part.wake_all()
        for thread in threads:
            thread.join(10)
    assert not any(thread.is_alive() for thread in threads)


def test_a_listener_that_fails_stops_nobody_and_a_lost_wake_up_heals_by_itself() -> None:
    read: list[int] = []

    def break_down(batch: Sequence[Fact], at: datetime) -> None:
        raise RuntimeError("broken listener")

    def digest(batch: Sequence[Fact], at: datetime) -> None:
        read.extend(fact.order_id for fact in batch if isinstance(fact, OrderPaid))

    with lanes(Listener("broken", (OrderPaid,), break_down), Listener("sound", (OrderPaid,), digest)):
        for order_id in range(5):
            with transaction.atomic():
                publish(OrderPaid(store_id=1, at=datetime.now(UTC), order_id=order_id, number="CM-7K3F-92QX"))
        assert until(lambda: len(read) == 5, within_s=10)
        assert until(lambda: len(parked()) == 5, within_s=10), "the broken one parked its facts, with the error"
    assert read == list(range(5))


def test_the_lane_of_money_goes_on_while_a_listener_sleeps() -> None:
    awake = threading.Event()
    sold = bank.sale(datetime.now(UTC))

    def sleep(batch: Sequence[Fact], at: datetime) -> None:
        awake.wait(20)

    judges = [listener for listener in wiring.listeners() if listener.name.startswith("reconciliation")]
    with lanes(*judges, Listener("slow", (OrderPaid,), sleep)):
        with transaction.atomic():
            publish(OrderPaid(store_id=1, at=datetime.now(UTC), order_id=1, number="CM-7K3F-92QX"))
        pay(sold)
        was_confirmed = until(confirmed(sold), within_s=10)
        awake.set()
    assert was_confirmed


def test_more_listeners_than_connections_all_hear_at_once() -> None:
    """A listener that rests lends its connection: else each new room brings the worker nearer to standing still."""
    heard: set[str] = set()
    most = connection.settings_dict["OPTIONS"]["pool"]["max_size"]

    def ear(name: str) -> Listener:
        return Listener(name, (OrderPaid,), lambda batch, at: heard.add(name))

    ears = [ear(f"ear-{number}") for number in range(most + 6)]
    with lanes(*ears):
        with transaction.atomic():
            publish(OrderPaid(store_id=1, at=datetime.now(UTC), order_id=1, number="CM-7K3F-92QX"))
        # Whoever finds no connection waits ten seconds for one before it says so.
        assert until(lambda: len(heard) == len(ears), within_s=9), len(heard)


def test_followers_let_an_import_pass_and_catch_up_when_it_is_over() -> None:
    read: list[int] = []

    def digest(batch: Sequence[Fact], at: datetime) -> None:
        read.extend(fact.order_id for fact in batch if isinstance(fact, OrderPaid))

    count = 2 * BATCH + 1
    with transaction.atomic():
        publish(
            *(
                OrderPaid(store_id=1, at=datetime.now(UTC), order_id=each, number="CM-7K3F-92QX")
                for each in range(count)
            )
        )
    with psycopg.connect(database_address(), autocommit=True) as importer:
        importer.execute("SELECT pg_advisory_lock(%s, 1)", [IMPORT_LOCK])
        assert is_importing()
        assert clocks.pause(1, clocks.seal) == clocks.BESIDE_IMPORT_S
        with lanes(Listener("patient", (OrderPaid,), digest)):
            assert until(lambda: len(read) == BATCH, within_s=10)
            assert not until(lambda: len(read) > BATCH, within_s=2), "it does not take the importer's processor"
            importer.execute("SELECT pg_advisory_unlock(%s, 1)", [IMPORT_LOCK])
            assert until(lambda: len(read) == count, within_s=10)
    assert not is_importing()
    assert clocks.pause(1, clocks.seal) == 1
