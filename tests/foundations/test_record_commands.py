"""`audit verify` and `replay`, as an operator uses them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction

from seguripago.config.command_line import build_parser
from seguripago.config.command_line_home import NotReady
from seguripago.config.command_line_record import replay, verify_audit
from seguripago.config.command_line_table import Command
from seguripago.foundations.audit.commands import record, seal_entries
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.facts.models import ParkedFact
from seguripago.journey.reconciliation.listeners import LISTENERS
from seguripago.values.actor import Actor
from tests.money import bank

pytestmark = pytest.mark.django_db

RECEIPTS = {"receipts", "anchors", "receipts_broken"}


def row(*typed: str) -> tuple[Command, dict[str, Any]]:
    """The row of the table that the words choose, and the options told to it."""
    told = vars(build_parser().parse_args(typed))
    command = told.pop("command")
    assert isinstance(command, Command)
    return command, told


def test_audit_verify_says_where_the_chain_stands_and_fails_when_it_is_broken(at: datetime) -> None:
    with transaction.atomic():
        for number in range(3):
            record(1, Actor.system(), "order.paid", f"order:{number}", {"n": number}, at=at)
    command, _ = row("audit", "verify")
    said = verify_audit()
    assert (said["sealed"], said["unsealed"], said["ok"]) == (0, 3, True)
    seal_entries()
    said = verify_audit()
    assert (
        set(said) == {"sealed", "unsealed", "missing", "broken_at", "head", "closes", "closes_broken", "ok"} | RECEIPTS
    )
    assert (said["sealed"], said["unsealed"], said["missing"], said["broken_at"]) == (3, 0, 0, None)
    assert not command.fails(said)

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_entry SET said = '{\"n\": 9}' WHERE subject = 'order:1'")
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")
    said = verify_audit()
    assert said["broken_at"] is not None
    assert command.fails(said)


def test_replay_gives_a_parked_fact_another_chance_at_once(at: datetime) -> None:
    sold = bank.sale(at)
    bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount=sold.total.plain, at=at), at=at)
    bank.turn(at, only=())
    with connection.cursor() as cursor:
        # What a listener cannot digest until somebody repairs it.
        cursor.execute("ALTER TABLE verdict ADD CONSTRAINT nothing_fits CHECK (false) NOT VALID")
    (judge,) = [listener for listener in LISTENERS if listener.name == "reconciliation"]
    number_facts()
    assert listen_once(judge, at=at) == 1
    assert ParkedFact.objects.get().listener == "reconciliation"

    command, told = row("replay", "--listener", "reconciliation", "--parked")
    told = {name: value for name, value in told.items() if name in {"listener", "parked"}}
    said = replay(**told)
    assert command.fails(said), "it failed again"
    assert said["replayed"] == {"reconciliation": 0}

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE verdict DROP CONSTRAINT nothing_fits")
    said = replay(**told)
    assert (said["replayed"], said["parked"]) == ({"reconciliation": 1}, [])
    assert not command.fails(said)
    assert bank.paid_view(sold.order_id).is_confirmed


def test_replay_reads_what_nobody_read_and_repeating_it_changes_nothing(at: datetime) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, sold.total.plain, at=at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fact_cursor SET seq = 0")
    before = bank.paid_view(sold.order_id)
    assert replay()["replayed"]["reconciliation"] >= 1
    assert replay(listener="reconciliation")["replayed"] == {"reconciliation": 0}
    assert bank.paid_view(sold.order_id) == before


def test_a_name_that_nobody_has_is_told() -> None:
    with pytest.raises(NotReady, match="nadie"):
        replay(listener="nadie")
