"""Physical limits of this machine, measured in the same run: raw psycopg against the same PostgreSQL, raw sockets."""

from __future__ import annotations

import os
import threading
import time

import psycopg

from bench.report import percentile


def _connect() -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)


def orders_per_s(*, clients: int, seconds: float) -> float:
    """One transaction = order + 3 lines + 3 guarded decrements, from `clients` connections in threads."""
    with _connect() as setup:
        setup.execute("DROP TABLE IF EXISTS floor_line, floor_order, floor_stock")
        setup.execute("CREATE TABLE floor_stock (id int PRIMARY KEY, left_over bigint CHECK (left_over >= 0))")
        setup.execute("INSERT INTO floor_stock SELECT g, 100000000 FROM generate_series(1, 300) g")
        setup.execute("CREATE TABLE floor_order (id bigserial PRIMARY KEY, number text UNIQUE, total bigint)")
        setup.execute("CREATE TABLE floor_line (order_id bigint REFERENCES floor_order, stock_id int, quantity int)")
    done = [0] * clients
    until = time.perf_counter() + seconds

    def one(client: int) -> None:
        with _connect() as connection:
            while time.perf_counter() < until:
                with connection.transaction():
                    row = connection.execute(
                        "INSERT INTO floor_order (number, total) VALUES (%s, 1) RETURNING id",
                        [f"{client}-{done[client]}"],
                    ).fetchone()
                    assert row is not None
                    first = 1 + (client * 37 + done[client]) % 297
                    for stock in (first, first + 1, first + 2):
                        connection.execute(
                            "UPDATE floor_stock SET left_over = left_over - 1 WHERE id = %s AND left_over >= 1", [stock]
                        )
                        connection.execute("INSERT INTO floor_line VALUES (%s, %s, 1)", [row[0], stock])
                done[client] += 1

    threads = [threading.Thread(target=one, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with _connect() as teardown:
        teardown.execute("DROP TABLE floor_line, floor_order, floor_stock")
    return sum(done) / seconds


def commit_and_notify_ms(*, count: int) -> tuple[float, float]:
    """(p50, p99) from before a durable insert to its NOTIFY read on another connection."""
    with _connect() as writer, _connect() as ear:
        writer.execute("DROP TABLE IF EXISTS floor_notice")
        writer.execute("CREATE TABLE floor_notice (id bigserial PRIMARY KEY, body text)")
        ear.execute("LISTEN floor")
        taken = []
        for _ in range(count):
            start = time.perf_counter()
            writer.execute("INSERT INTO floor_notice (body) VALUES (repeat('x', 600))")
            writer.execute("SELECT pg_notify('floor', '')")
            for _notice in ear.notifies(stop_after=1, timeout=5):
                taken.append((time.perf_counter() - start) * 1000)
        writer.execute("DROP TABLE floor_notice")
    return percentile(taken, 0.5), percentile(taken, 0.99)


def commits_per_s(*, connections: int = 16, seconds: float = 2.0) -> float:
    """Durable inserts of a notice's size a second, each its own commit, from `connections` connections in threads."""
    with _connect() as setup:
        setup.execute("DROP TABLE IF EXISTS floor_notice")
        setup.execute("CREATE TABLE floor_notice (id bigserial PRIMARY KEY, body text)")
    done = [0] * connections
    until = time.perf_counter() + seconds

    def one(place: int) -> None:
        with _connect() as connection:
            while time.perf_counter() < until:
                connection.execute("INSERT INTO floor_notice (body) VALUES (repeat('x', 600))")
                done[place] += 1

    threads = [threading.Thread(target=one, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with _connect() as teardown:
        teardown.execute("DROP TABLE floor_notice")
    return sum(done) / seconds
