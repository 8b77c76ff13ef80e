"""The audit: written with the change, chained after the commit, and any change to it is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction

from seguripago.foundations.audit import rules
from seguripago.foundations.audit.commands import Change, OutsideTransaction, record, record_all, seal_entries
from seguripago.foundations.audit.models import AuditEntry, AuditSeal, UnsealedEntry
from seguripago.foundations.audit.queries import history, prove_chain
from seguripago.values.actor import Actor
from tests.foundations.elsewhere import elsewhere
from tests.races.together import at_once

db = pytest.mark.django_db
real_commits = pytest.mark.django_db(transaction=True)
BETO = Actor.staff(7, "Beto Nava")


def write(at: datetime, *actions: str) -> None:
    with transaction.atomic():
        record_all(
            [Change(1, BETO, action, "order:12", {"monto": "9135.00", "ñ": [1, None]}, at) for action in actions]
        )


def tamper(sql: str) -> None:
    """Do what the triggers forbid, as the owner of the tables could."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("audit_entry", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("audit_entry", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@real_commits
def test_a_change_is_not_written_down_outside_its_transaction(at: datetime) -> None:
    with pytest.raises(OutsideTransaction):
        record(1, BETO, "order.paid", "order:12", {}, at=at)
    assert not AuditEntry.objects.exists()


@db
def test_changes_keep_their_order_and_take_one_statement(
    at: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    with transaction.atomic(), django_assert_num_queries(1):  # type: ignore[attr-defined]
        record_all(
            [Change(1, Actor.buyer("Lucía"), f"step.{step}", "order:12", {"step": step}, at) for step in range(50)]
        )
    told = history(1, "order:12")
    assert [(entry.action, entry.said) for entry in told] == [(f"step.{step}", {"step": step}) for step in range(50)]
    assert {(entry.actor_kind, entry.actor_name, entry.at) for entry in told} == {("buyer", "Lucía", at)}
    assert history(2, "order:12") == (), "another store reads nothing of it"


@db
def test_the_chain_proves_and_tells_its_unsealed_tail(at: datetime) -> None:
    write(at, "order.placed", "order.verified")
    assert prove_chain().unsealed == 2
    assert seal_entries() == 2
    write(at, "order.paid")
    proof = prove_chain()
    assert (proof.sealed, proof.unsealed, proof.missing, proof.broken_at) == (2, 1, 0, None)
    assert seal_entries() == 1
    assert seal_entries() == 0
    proof = prove_chain()
    assert (proof.sealed, proof.unsealed, proof.missing, proof.broken_at) == (3, 0, 0, None)
    assert proof.head == AuditSeal.objects.order_by("-seq").values_list("hash", flat=True)[0]


def test_the_hash_covers_the_link_before_and_every_word() -> None:
    entry = {"action": "order.paid", "said": {"a": 1, "b": 2}}
    head = rules.link(rules.FIRST, entry)
    assert head == rules.link(rules.FIRST, json.loads('{"said": {"b": 2, "a": 1}, "action": "order.paid"}'))
    assert head != rules.link("1" * 64, entry)
    assert head != rules.link(rules.FIRST, {**entry, "said": {"a": 1, "b": 3}})


@db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET said = jsonb_set(said, '{monto}', '\"1.00\"') WHERE action = 'two'",
        "UPDATE audit_entry SET actor_name = 'Carla' WHERE action = 'two'",
        "UPDATE audit_entry SET at = at - interval '1 second' WHERE action = 'two'",
        "UPDATE audit_seal SET hash = repeat('0', 64) FROM audit_entry e WHERE e.id = entry_id AND e.action = 'two'",
    ],
)
def test_a_tampered_entry_is_found_by_its_number(at: datetime, change: str) -> None:
    write(at, "one", "two", "three")
    seal_entries()
    tamper(change)
    assert prove_chain().broken_at == AuditSeal.objects.get(entry__action="two").seq


@db
def test_an_entry_taken_out_of_the_chain_is_found(at: datetime) -> None:
    write(at, "one", "two", "three")
    seal_entries()
    tamper("DELETE FROM audit_seal WHERE entry_id = (SELECT id FROM audit_entry WHERE action = 'two')")
    proof = prove_chain()
    assert (proof.missing, proof.broken_at) == (1, AuditSeal.objects.get(entry__action="three").seq)


@db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_entry SET action = 'other'",
        "DELETE FROM audit_entry",
        "UPDATE audit_seal SET hash = ''",
        "DELETE FROM audit_seal",
    ],
)
def test_no_entry_and_no_seal_is_ever_changed(at: datetime, change: str) -> None:
    write(at, "one")
    seal_entries()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


@real_commits
def test_many_sealers_make_one_chain_and_a_late_commit_is_sealed_after(at: datetime) -> None:
    with transaction.atomic():
        record(1, BETO, "late", "order:1", {}, at=at)
        elsewhere(lambda: write(at, "early", "early too"))
        assert sorted(at_once(4, lambda _: seal_entries()), key=str) == [0, 0, 0, 2]
    assert seal_entries() == 1
    assert list(AuditSeal.objects.order_by("seq").values_list("entry__action", flat=True)) == [
        "early",
        "early too",
        "late",
    ]
    proof = prove_chain()
    assert (proof.sealed, proof.missing, proof.broken_at) == (3, 0, None)
    assert not UnsealedEntry.objects.exists()
