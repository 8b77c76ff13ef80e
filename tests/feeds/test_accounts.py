"""A store's accounts: another prefix by two people, and the end announced long before it comes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from seguripago.foundations.approvals.commands import (
    AlreadyProposed,
    ChangedMeanwhile,
    NotYourRole,
    SamePerson,
    approve_for_store,
    approve_prefix,
    propose_policy,
    propose_prefix,
)
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.facts.models import FactRow
from seguripago.foundations.people.commands import hire
from seguripago.foundations.stores.account_commands import add_prefix, check_prefix
from seguripago.foundations.stores.commands import assign_clabe
from seguripago.foundations.stores.models import AccountPrefix
from seguripago.foundations.stores.queries import prefix_room, prefixes, store_by_id
from seguripago.foundations.stores.refusals import PrefixNotPossible
from seguripago.foundations.stores.rules import level_of
from seguripago.journey.bank.commands import watch_accounts
from seguripago.values.actor import Actor
from tests.orders.builders import make_store

pytestmark = pytest.mark.django_db
SMALL = "6461809999999"


def hired(store_id: int, name: str, role: str) -> Actor:
    person = hire(
        store_id,
        email=f"{name}@demo.test",
        name=name.title(),
        role=role,
        analyst_number=f"N-{name}",
        password="larga-y-segura",
    )
    return Actor.staff(person, name.title())


def proposed(store_id: int, by: Actor, at: datetime, prefix: str = SMALL) -> int:
    return propose_prefix(store_id, institution="90646", bank_label="STP", prefix=prefix, by=by, at=at)


def test_another_prefix_needs_a_second_person(at: datetime) -> None:
    store_id = make_store()
    ana, beto = hired(store_id, "ana", "owner"), hired(store_id, "beto", "supervisor")
    number = proposed(store_id, ana, at)
    seen = proposal(store_id, number)
    assert seen is not None
    assert any("646 180" in line for line in seen.says)
    with pytest.raises(SamePerson):
        approve_prefix(number, seen=seen.hash, by=ana, at=at)
    assert len(prefixes(store_id)) == 1
    approve_prefix(number, seen=seen.hash, by=beto, at=at)
    assert [each.prefix for each in prefixes(store_id)][1] == SMALL


def test_whoever_dispatches_decisions_about_the_store_finds_the_right_one(at: datetime) -> None:
    store_id = make_store()
    ana, beto = hired(store_id, "ana", "owner"), hired(store_id, "beto", "supervisor")
    numbers = (
        proposed(store_id, ana, at),
        propose_policy(store_id, {"accepts_unsigned_notices": 1}, by=ana, at=at),
    )
    for number in numbers:
        seen = proposal(store_id, number)
        assert seen is not None
        approve_for_store(number, seen=seen.hash, by=beto, at=at)
    assert len(prefixes(store_id)) == 2
    assert store_by_id(store_id).accepts_unsigned_notices


def test_an_analyst_proposes_no_accounts_and_two_at_once_wait(at: datetime) -> None:
    store_id = make_store()
    ana, eva = hired(store_id, "ana", "owner"), hired(store_id, "eva", "analyst")
    with pytest.raises(NotYourRole):
        proposed(store_id, eva, at)
    proposed(store_id, ana, at)
    with pytest.raises(AlreadyProposed):
        proposed(store_id, ana, at, "6461809999998")


def test_a_prefix_that_was_taken_meanwhile_voids_the_approval(at: datetime) -> None:
    store_id, other = make_store(), make_store()
    ana, beto = hired(store_id, "ana", "owner"), hired(store_id, "beto", "supervisor")
    number = proposed(store_id, ana, at)
    seen = proposal(store_id, number)
    assert seen is not None
    add_prefix(other, institution="90646", bank_label="STP", prefix=SMALL)
    with pytest.raises(ChangedMeanwhile):
        approve_prefix(number, seen=seen.hash, by=beto, at=at)
    after = proposal(store_id, number)
    assert after is not None
    assert after.state == "void"


@pytest.mark.parametrize(
    ("institution", "prefix", "reason"),
    [
        ("90646", "64618", "digits"),
        ("90646", "64618099999999", "digits"),
        ("90646", "64618ABCDE", "digits"),
        ("99999", "6461809999999", "institution"),
        ("40012", "6461809999999", "other_bank"),
    ],
)
def test_a_prefix_that_would_send_money_elsewhere_is_refused(institution: str, prefix: str, reason: str) -> None:
    with pytest.raises(PrefixNotPossible) as refused:
        check_prefix(institution, prefix)
    assert refused.value.reason == reason


def test_no_two_prefixes_can_make_one_clabe() -> None:
    own = prefixes(make_store())[0].prefix
    for prefix in (own, own + "7", own + "123"):
        with pytest.raises(PrefixNotPossible) as refused:
            check_prefix("90646", prefix)
        assert refused.value.reason == "taken"


def test_clabes_come_from_the_next_prefix_once_the_first_is_used_up() -> None:
    store_id = make_store(prefixes=(("90646", "STP", SMALL),))
    add_prefix(store_id, institution="90646", bank_label="STP dos", prefix="6461809999998")
    AccountPrefix.objects.filter(prefix=SMALL).update(next_number=9_999)
    assert assign_clabe(store_id).clabe.startswith(SMALL)
    assert assign_clabe(store_id).bank_label == "STP dos"


@pytest.mark.parametrize(
    ("left", "total", "days", "level"),
    [
        (5_000, 10_000, None, "ok"),
        (5_000, 10_000, 200, "ok"),
        (999, 10_000, None, "low"),
        (5_000, 10_000, 59, "low"),
        (199, 10_000, None, "urgent"),
        (5_000, 10_000, 13, "urgent"),
        (0, 10_000, 0, "empty"),
    ],
)
def test_the_level_says_how_near_the_end_is(left: int, total: int, days: int | None, level: str) -> None:
    assert level_of(left, total, days) == level


def told() -> list[str]:
    return [row.body["level"] for row in FactRow.objects.filter(kind="AccountsRunLow").order_by("pk")]


def test_the_end_is_announced_once_a_level_and_again_only_when_it_comes_nearer(at: datetime) -> None:
    store_id = make_store(prefixes=(("90646", "STP", SMALL),))
    rows = AccountPrefix.objects.filter(store_id=store_id)
    assert watch_accounts(at=at) == 0
    rows.update(next_number=141)
    assert watch_accounts(at=at + timedelta(days=2)) == 0, "70 a day leave 140 days"
    rows.update(next_number=6_000)
    assert watch_accounts(at=at + timedelta(days=14)) == 1
    room = prefix_room(store_id)
    assert (room.left, room.total, room.per_day, room.days_left) == (4_000, 10_000, 429, 9)
    assert watch_accounts(at=at + timedelta(days=14)) == 0, "once"
    rows.update(next_number=10_000)
    assert watch_accounts(at=at + timedelta(days=15)) == 1
    assert told() == ["urgent", "empty"]
    add_prefix(store_id, institution="90646", bank_label="STP", prefix="646180888888")
    assert watch_accounts(at=at + timedelta(days=15)) == 0
