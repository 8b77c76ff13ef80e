"""Two checkers at once, and a maker who hurries: with the locks on and, each time, once with them off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import decide
from seguripago.foundations.approvals.models import Proposal
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.audit.queries import history
from tests.approvals.people import checker, maker
from tests.orders.builders import make_store
from tests.races.together import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]

EFFECTS = {"return": 10_00}
CHECKERS = 6


def rush(at: datetime) -> list[Exception | None]:
    """Six supervisors press «Aprobar» at the same moment."""
    store = make_store()
    asked = approvals.Asked(store, "case.return", "case:1", EFFECTS, ("Devuelve $10.00.",))
    made = approvals.propose(asked, by=maker(store), at=at)
    view = proposal(store, made)
    assert view is not None
    people = [checker(store) for _ in range(CHECKERS)]

    def press(position: int) -> None:
        with approvals.deciding(made, at=at):
            approvals.grant(made, seen=view.hash, effects_now=EFFECTS, by=people[position], at=at)

    told = at_once(CHECKERS, press)
    rush.granted = [e.action for e in history(store, "case:1")].count("proposal.granted")  # type: ignore[attr-defined]
    return told


def test_of_many_checkers_at_once_one_grants(at: datetime) -> None:
    told = rush(at)
    assert told.count(None) == 1
    assert all(isinstance(each, approvals.ProposalNotOpen) for each in told if each is not None)
    assert rush.granted == 1  # type: ignore[attr-defined]


def test_without_the_lock_and_the_trigger_several_grant_the_same(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    with without_trigger():
        for _ in range(5):
            rush(at)
            if rush.granted > 1:  # type: ignore[attr-defined]
                break
    assert rush.granted > 1  # type: ignore[attr-defined]


def test_with_only_the_lock_off_the_database_still_lets_one_grant(
    at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
    for _ in range(3):
        rush(at)
        assert rush.granted == 1  # type: ignore[attr-defined]


def test_with_the_check_off_the_database_still_refuses_the_maker(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "_way", lambda row, by, *, at: decide.Way.SECOND_PERSON)
    store = make_store()
    diego = checker(store)
    asked = approvals.Asked(store, "case.return", "case:1", EFFECTS, ())
    made = approvals.propose(asked, by=diego, at=at)
    seen = Proposal.objects.get(pk=made).hash
    with pytest.raises(Exception, match="proposal_maker_is_not_checker"), approvals.deciding(made, at=at):
        approvals.grant(made, seen=seen, effects_now=EFFECTS, by=diego, at=at)


def test_with_check_and_constraint_off_a_maker_approves_his_own(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "_way", lambda row, by, *, at: decide.Way.SECOND_PERSON)
    store = make_store()
    diego = checker(store)
    asked = approvals.Asked(store, "case.return", "case:1", EFFECTS, ())
    with without_constraint():
        made = approvals.propose(asked, by=diego, at=at)
        seen = Proposal.objects.get(pk=made).hash
        with approvals.deciding(made, at=at):
            approvals.grant(made, seen=seen, effects_now=EFFECTS, by=diego, at=at)
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM inv_proposal_granted_alone")
            assert cursor.fetchall() == [(made,)]


def test_granting_outside_a_transaction_is_a_mistake(at: datetime) -> None:
    with pytest.raises(decide.OutsideTransaction):
        approvals.grant(1, seen="", effects_now={}, by=checker(make_store()), at=at)
    assert not transaction.get_connection().in_atomic_block


@contextmanager
def without_trigger() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE approval_proposal DISABLE TRIGGER proposal_is_kept")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE approval_proposal ENABLE TRIGGER proposal_is_kept")


@contextmanager
def without_constraint() -> Iterator[None]:
    name = "proposal_maker_is_not_checker"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"ALTER TABLE approval_proposal DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE approval_proposal CASCADE")
            cursor.execute(f"ALTER TABLE approval_proposal ADD CONSTRAINT {name} {definition}")
