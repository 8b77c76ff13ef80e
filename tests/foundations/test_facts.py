"""Facts: announced with the change, numbered after the commit, digested by every listener in order, none skipped."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import ClassVar

import pytest
from django.db import connection, transaction

from seguripago.foundations.facts import commands as facts
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener, OutsideTransaction, listen_once, number_facts, publish
from seguripago.foundations.facts.models import Cursor, FactRow, ParkedFact
from seguripago.foundations.facts.queries import order_version, parked, store_version
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.models import Posting
from seguripago.foundations.ledger.rules import Account
from seguripago.values.money import Money
from tests.foundations.elsewhere import elsewhere
from tests.races.together import at_once

db = pytest.mark.django_db
real_commits = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BellRang(Fact):
    """A fact that only these tests announce."""

    subject: ClassVar[str] = "order:{order_id}"
    wakes: ClassVar[tuple[str, ...]] = ("order:{order_id}", "desk:{store_id}")
    order_id: int
    turn: int = 0
    day: date | None = None
    parts: tuple[int, ...] = ()


@dataclass
class Diary:
    """A listener that remembers what it digested and refuses what it is told to refuse."""

    refuses: set[int] = field(default_factory=set)
    read: list[int] = field(default_factory=list)

    def digest(self, batch: Sequence[Fact], at: datetime) -> None:
        turns = [fact.turn for fact in batch if isinstance(fact, BellRang)]
        if self.refuses & set(turns):
            raise ValueError("indigestible")
        self.read.extend(turns)

    @property
    def listener(self) -> Listener:
        return Listener("diary", (BellRang,), self.digest)


def ring(at: datetime, *turns: int, order_id: int = 1, store_id: int = 1) -> None:
    with transaction.atomic():
        publish(*(BellRang(store_id=store_id, at=at, order_id=order_id, turn=turn) for turn in turns))


@real_commits
def test_a_fact_outside_a_transaction_is_refused(at: datetime) -> None:
    with pytest.raises(OutsideTransaction):
        publish(BellRang(store_id=1, at=at, order_id=1))
    assert not FactRow.objects.exists()


@db
def test_a_fact_of_an_undone_change_never_happened(at: datetime) -> None:
    with transaction.atomic():
        ring(at, 1)
        transaction.set_rollback(True)
    assert number_facts() == frozenset()


@db
def test_facts_keep_the_order_in_which_they_are_given(
    at: datetime, django_assert_num_queries: Callable[..., object]
) -> None:
    given = [BellRang(store_id=1, at=at, order_id=turn % 7, turn=turn) for turn in range(200)]
    with transaction.atomic(), django_assert_num_queries(1):  # type: ignore[attr-defined]
        publish(*given)
    assert [row.body["turn"] for row in FactRow.objects.order_by("pk")] == list(range(200))
    assert number_facts() == {"BellRang"}
    diary = Diary()
    assert listen_once(diary.listener, at=at) == 200
    assert diary.read == list(range(200))
    assert listen_once(diary.listener, at=at) == 0


@db
def test_a_listener_hears_only_its_kinds_and_versions_grow(at: datetime) -> None:
    before = store_version([91])[91]
    ring(at, 1, 2, order_id=5, store_id=91)
    number_facts()
    assert order_version([5, 6]) == {5: 2, 6: 0}
    assert store_version([91])[91] > before
    deaf = Listener("deaf", (), Diary().digest)
    assert listen_once(deaf, at=at) == 0


@real_commits
def test_a_fact_that_commits_late_with_a_lower_id_is_not_skipped(at: datetime) -> None:
    """And the control: who reads by "id greater than the last seen" does skip it."""
    diary = Diary()
    naive: list[int] = []

    def look() -> None:
        number_facts()
        listen_once(diary.listener, at=at)
        last_seen = max(naive, default=0)
        naive.extend(FactRow.objects.filter(pk__gt=last_seen).order_by("pk").values_list("pk", flat=True))

    with transaction.atomic():
        publish(BellRang(store_id=1, at=at, order_id=1, turn=1))
        elsewhere(lambda: ring(at, 2))
        elsewhere(look)
        assert diary.read == [2]
    elsewhere(look)

    assert diary.read == [2, 1], "nobody is skipped"
    low, high = FactRow.objects.order_by("pk").values_list("pk", flat=True)
    assert (FactRow.objects.get(pk=low).body["turn"], naive) == (1, [high]), "the naive reader lost the first"


@db
def test_one_poisonous_fact_is_parked_and_only_its_subject_waits(at: datetime) -> None:
    diary = Diary(refuses={10})
    ring(at, 1, order_id=1)
    ring(at, 10, 11, order_id=2)
    ring(at, 2, order_id=1)
    ring(at, 3, order_id=3)
    number_facts()

    assert listen_once(diary.listener, at=at) == 5
    assert diary.read == [1, 2, 3]
    assert [(name, error) for name, _, error in parked()] == [("diary", "ValueError('indigestible')")]

    ring(at, 12, order_id=2)
    ring(at, 4, order_id=1)
    number_facts()
    listen_once(diary.listener, at=at)
    assert diary.read == [1, 2, 3, 4], "a later fact of the subject waits behind the parked one"

    later = at + timedelta(seconds=facts.FIRST_PAUSE_S + 1)
    diary.refuses.clear()
    assert facts.retry_parked(diary.listener, at=at) == 0, "its pause is not over"
    assert facts.retry_parked(diary.listener, at=later) == 3
    assert diary.read == [1, 2, 3, 4, 10, 11, 12], "and then they go on in order"
    assert not ParkedFact.objects.exists()


@db
def test_a_fact_that_fails_again_waits_longer_and_can_be_forced(at: datetime) -> None:
    diary = Diary(refuses={10})
    ring(at, 10, 11)
    number_facts()
    listen_once(diary.listener, at=at)
    pauses = []
    for _ in range(3):
        assert facts.retry_parked(diary.listener, at=at, force=True) == 0
        row = ParkedFact.objects.exclude(error="").get()
        assert row.next_try_at is not None
        pauses.append((row.next_try_at - at).total_seconds())
    assert pauses == sorted(set(pauses)), "each pause is longer"
    assert diary.read == [], "the second fact of the subject did not pass the first"
    diary.refuses.clear()
    assert facts.retry_parked(diary.listener, at=at, force=True) == 2
    assert diary.read == [10, 11]


@real_commits
def test_what_only_the_commit_refuses_is_parked_with_its_own_fact(at: datetime) -> None:
    """A deferred constraint fails at the end of the transaction: it must not stop the facts around it."""

    def book(batch: Sequence[Fact], at: datetime) -> None:
        for fact in batch:
            assert isinstance(fact, BellRang)
            Posting.objects.create(
                journal=f"ring:{fact.turn}",
                leg=0,
                store_id=1,
                account="bank",
                centavos=5,
                currency="MXN",
                subject="-",
                at=at,
                value_date=at.date(),
            )
            if fact.turn != 2:
                Posting.objects.create(
                    journal=f"ring:{fact.turn}",
                    leg=1,
                    store_id=1,
                    account="fees",
                    centavos=-5,
                    currency="MXN",
                    subject="-",
                    at=at,
                    value_date=at.date(),
                )

    for turn in (1, 2, 3):
        ring(at, turn, order_id=turn)
    number_facts()
    assert listen_once(Listener("booker", (BellRang,), book), at=at) == 3
    assert set(Posting.objects.values_list("journal", flat=True)) == {"ring:1", "ring:3"}
    [(_, _, error)] = parked()
    assert "does not sum to zero" in error


@real_commits
def test_effects_and_cursor_are_undone_together_so_that_a_repetition_is_harmless(at: datetime) -> None:
    class PowerCut(BaseException):
        """The process dies: nothing of ours may catch it."""

    dies = [True]

    def book(batch: Sequence[Fact], at: datetime) -> None:
        for fact in batch:
            assert isinstance(fact, BellRang)
            legs = ((Account.BANK, Money(100)), (Account.SUSPENSE, Money(-100)))
            post(Journal(f"ring:{fact.turn}", 1, "order:1", at, legs))
        if dies.pop() if dies else False:
            raise PowerCut

    listener = Listener("booker", (BellRang,), book)
    ring(at, 1, 2)
    number_facts()
    with pytest.raises(PowerCut):
        listen_once(listener, at=at)
    assert not Posting.objects.exists()
    assert not Cursor.objects.filter(listener="booker", seq__gt=0).exists()
    assert listen_once(listener, at=at) == 2
    assert Posting.objects.count() == 4


@real_commits
def test_two_workers_with_the_same_listener_never_digest_a_fact_twice(at: datetime) -> None:
    diary = Diary()

    def slowly(batch: Sequence[Fact], at: datetime) -> None:
        time.sleep(0.05)
        diary.digest(batch, at)

    listener = Listener("diary", (BellRang,), slowly)
    for turn in range(20):
        ring(at, turn, order_id=turn)
    assert at_once(4, lambda _: number_facts()).count(frozenset({"BellRang"})) == 1, "one writer numbers"
    assert sorted(at_once(4, lambda _: listen_once(listener, at=at)), key=str) == [0, 0, 0, 20]
    assert diary.read == list(range(20))


@real_commits
def test_while_one_worker_numbers_another_does_not_wait_for_it(at: datetime) -> None:
    ring(at, 1)
    with transaction.atomic():
        assert number_facts() == {"BellRang"}
        assert elsewhere(number_facts) == frozenset()


def test_a_fact_survives_json_and_the_years(at: datetime) -> None:
    fact = BellRang(store_id=1, at=at, order_id=7, turn=3, day=date(2026, 3, 11), parts=(1, 2))
    body = fact.to_json()
    assert BellRang.from_json(body) == fact
    assert (fact.subject_key(), fact.topics()) == ("order:7", ("order:7", "desk:1"))
    older = {name: value for name, value in body.items() if name not in {"turn", "day", "parts"}}
    assert BellRang.from_json(older) == BellRang(store_id=1, at=at, order_id=7), "fields that were added take defaults"
    assert BellRang.from_json({**body, "colour": "red"}) == fact, "fields that were dropped are ignored"


@db
def test_a_fact_is_never_changed_nor_removed(at: datetime) -> None:
    from django.db.utils import IntegrityError

    ring(at, 1)
    for change in ("UPDATE fact SET kind = 'Other'", "DELETE FROM fact"):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)
