"""How it ended: what the rows say once everything that was acknowledged has been carried to its end."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import psycopg

from seguripago.config import wiring
from tests.faults.bank_side import Movement
from tests.faults.house import House, Site, Stage

MONEY_LANES = ("reconciliation", "reconciliation_alarms")
UNFINISHED = {
    "notices unread": "SELECT count(*) FROM raw_notice_unread",
    "deposits unjudged": "SELECT count(*) FROM deposit WHERE id NOT IN (SELECT deposit_id FROM verdict)",
    "facts without a number": "SELECT count(*) FROM fact_unnumbered",
}
UNHEARD = """
    SELECT count(*) FROM fact_order o
    WHERE o.kind = ANY(%s) AND o.seq > coalesce((SELECT seq FROM fact_cursor WHERE listener = %s), 0)
"""
# The parcel is prepared by a listener that may not have come to every order yet.
STATE = """
    SELECT i.clabe, replace(o.state, 'preparing', 'paid'), o.stock_state, p.state, p.received_centavos
    FROM payment p JOIN shop_order o ON o.id = p.order_id JOIN transfer_instructions i ON i.payment_id = p.id
    ORDER BY i.clabe
"""
DEPOSITS = "SELECT clabe, identity, amount_centavos FROM deposit ORDER BY clabe, identity"
# Of two equal deposits either may be the surplus one: what counts is what came of the account's money.
PARTS = """
    SELECT d.clabe, coalesce(c.kind, 'applied'), a.centavos, count(*) FROM allocation a
    JOIN deposit d ON d.id = a.deposit_id LEFT JOIN reconciliation_case c ON c.id = a.case_id
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
BALANCES = "SELECT store_id, account, currency, sum(centavos)::bigint FROM posting GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
STOCK = "SELECT sku, stock, reserved, sold FROM product ORDER BY sku"


@dataclass(frozen=True, slots=True)
class Ending:
    """The end state, of which nothing depends on the order in which the notices came."""

    payments: tuple[tuple[Any, ...], ...]
    deposits: tuple[tuple[Any, ...], ...]
    parts: tuple[tuple[Any, ...], ...]
    balances: tuple[tuple[Any, ...], ...]
    stock: tuple[tuple[Any, ...], ...]


def ending(stage: Stage) -> Ending:
    with psycopg.connect(stage.url) as connection:
        return Ending(
            *(tuple(connection.execute(query).fetchall()) for query in (STATE, DEPOSITS, PARTS, BALANCES, STOCK))
        )


def differences(left: Ending, right: Ending) -> list[str]:
    """Every row that only one of two endings has."""
    found = []
    for name in Ending.__slots__:
        ours, theirs = set(getattr(left, name)), set(getattr(right, name))
        found += [f"{name}: {'here' if row in ours else 'there'} {row}" for row in sorted(ours ^ theirs, key=str)]
    return found


def settle(site: Site, *, within_s: float, followers: bool) -> float:
    """Wait until the worker has carried everything to its end; with `followers`, until every listener has read all."""
    began = time.monotonic()
    listeners = [each for each in wiring.listeners() if followers or each.name in MONEY_LANES]
    while True:
        try:
            left = unfinished(site.stage, listeners)
        except psycopg.OperationalError as error:
            left = {"the database": str(error)}
        if not left:
            return time.monotonic() - began
        assert time.monotonic() - began < within_s, f"after {within_s} s: {left}\n{site.log()}"
        time.sleep(0.2)


def unfinished(stage: Stage, listeners: Iterable[Any]) -> dict[str, Any]:
    with psycopg.connect(stage.url, connect_timeout=5) as connection:
        counted = {name: _one(connection, query) for name, query in UNFINISHED.items()}
        for listener in listeners:
            kinds = [cls.__name__ for cls in listener.facts]
            counted[listener.name] = _one(connection, UNHEARD, [kinds, listener.name])
    return {name: count for name, count in counted.items() if count}


def faults(
    house: House, stage: Stage, sent: Collection[Movement], acknowledged: Collection[str], *, followers: bool = True
) -> list[str]:
    """Everything that is wrong: lost, doubled, unbalanced, forgotten, broken; empty when nothing is."""
    with psycopg.connect(stage.url) as connection:
        found = _money_faults(connection, sent, acknowledged)
        if followers:
            found += _follower_faults(connection)
    said = house.ask(stage.url, "check-invariants")
    found += [f"{view}: {rows} rows" for view, rows in said["rows"].items() if rows]
    audit = house.ask(stage.url, "audit", "verify")
    if not audit["ok"]:
        found.append(f"the audit's chain is broken: {audit}")
    return found


def _money_faults(
    connection: psycopg.Connection[Any], sent: Collection[Movement], acknowledged: Collection[str]
) -> list[str]:
    kept = Counter(
        key for (key,) in connection.execute("SELECT tracking_key FROM deposit WHERE tracking_key LIKE 'CAOS%'")
    )
    found = [f"lost: {key} was acknowledged" for key in sorted(set(acknowledged) - set(kept))]
    found += [f"doubled: {key} is {count} deposits" for key, count in sorted(kept.items()) if count > 1]
    by_key = {movement.tracking_key: movement for movement in sent}
    found += [f"invented: {key}" for key in sorted(set(kept) - set(by_key))]
    arrived = sum(by_key[key].centavos for key in kept if key in by_key)
    booked = _one(
        connection,
        "SELECT coalesce(sum(centavos), 0)::bigint FROM posting WHERE account = 'bank' AND subject IN "
        "(SELECT 'deposit:' || id FROM deposit WHERE tracking_key LIKE 'CAOS%%')",
        [],
    )
    if arrived != booked:
        found.append(f"doubled or lost: {arrived} centavos came, {booked} are booked")
    due: Counter[str] = Counter()
    for key in kept:
        if key in by_key:
            due[by_key[key].clabe] += by_key[key].centavos
    for clabe, amount, received, state in connection.execute(
        "SELECT i.clabe, p.amount_centavos, p.received_centavos, p.state FROM payment p "
        "JOIN transfer_instructions i ON i.payment_id = p.id WHERE i.clabe = ANY(%s)",
        [list(due)],
    ):
        right = (min(amount, due[clabe]), "confirmed" if due[clabe] >= amount else "partly_paid")
        if (received, state) != right:
            found.append(f"{clabe}: {received} applied and {state}, not {right}")
    return found


def _follower_faults(connection: psycopg.Connection[Any]) -> list[str]:
    """Each confirmed payment has one receipt, one guarantee, one mail; nothing is parked."""
    found = []
    for what, query in {
        "receipts": "SELECT count(*) FROM receipt r WHERE r.payment_id = p.id",
        "guarantees": "SELECT count(*) FROM guarantee g WHERE g.order_id = p.order_id",
        "mails": "SELECT count(*) FROM mail m WHERE m.order_id = p.order_id AND m.template = 'payment_confirmed'",
    }.items():
        wrong = connection.execute(
            f"SELECT p.order_id, n FROM payment p, LATERAL ({query}) AS counted(n) "
            "WHERE p.state = 'confirmed' AND p.confirmed_at IS NOT NULL AND n <> 1 ORDER BY 1 LIMIT 5"
        ).fetchall()
        found += [f"order {order_id} has {count} {what}" for order_id, count in wrong]
    parked = connection.execute("SELECT listener, error FROM fact_parked WHERE error <> '' LIMIT 5").fetchall()
    return found + [f"parked by {listener}: {error}" for listener, error in parked]


def _one(connection: psycopg.Connection[Any], query: str, parameters: list[Any] | None = None) -> int:
    row = connection.execute(query, parameters).fetchone()
    assert row is not None
    return int(row[0])
