"""Two at once about one claim: with the locks one of them wins and all is well; without them the database refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from seguripago.foundations.facts import wakeups
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import keeping as of_claims
from seguripago.journey.claims.models import ClaimEvent
from seguripago.journey.guarantee.commands import accept_delivery, claiming, follow_refunds, holding, release_due
from seguripago.journey.guarantee.models import GuaranteeEvent
from seguripago.journey.orders.commands import locking
from seguripago.journey.payments.commands import refund_payment
from seguripago.journey.payments.queries import payment_of
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from tests.cases.world import broken_truths
from tests.claims.world import DAY, HUNDRED, LUCIA, Bought, claimed, decided, delivered, verdict, view, waiting
from tests.evidence.files import picture
from tests.races.together import at_once, both_before_either
from tests.refunds.world import hear

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def quiet_bell() -> Iterator[None]:
    """Hang up the connection of the wake-ups, so that the test database can be dropped."""
    yield
    for bell in wakeups._bells.values():
        bell.close()
    wakeups._bells.clear()


@contextmanager
def unlocked(*rooms: Any) -> Iterator[None]:
    """Nothing is locked, and both have read before either writes: what the locks are there to prevent."""
    with both_before_either() as has_read, pytest.MonkeyPatch.context() as patched:
        patched.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)
        patched.setattr(locking, "LOCK", locking.LOCK.replace("FOR NO KEY UPDATE", ""))
        for room in rooms:
            read = room.locked

            def meeting(key: int, *, read: Callable[[int], Any] = read) -> Any:
                found = read(key)
                has_read()
                return found

            patched.setattr(room, "locked", meeting)
        yield


def both(one: Callable[[], object], other: Callable[[], object]) -> list[object]:
    return list(at_once(2, lambda place: (one, other)[place]()))


def refused(answers: list[object]) -> int:
    return sum(isinstance(answer, DatabaseError) for answer in answers)


def one_end(there: Bought) -> None:
    """Whoever won: nothing is broken, nothing ended twice."""
    hear_all(there)
    assert broken_truths() == {}
    assert GuaranteeEvent.objects.filter(guarantee=there.guarantee, is_terminal=True).count() <= 1


def hear_all(there: Bought) -> None:
    hear(there.guarantee.held_at + 30 * DAY)


def went_wrong(answers: list[object], log: str = "") -> bool:
    """The database had to step in, or a truth is broken."""
    return refused(answers) > 0 or "failed" in log or broken_truths() != {}


def test_the_clock_that_releases_against_a_claim(at: datetime) -> None:
    there, loose = delivered(at), delivered(at)
    late = at + WEEK

    def race(shop: Bought) -> list[object]:
        return both(lambda: release_due(late), lambda: claimed(shop, late - DAY / 24))

    with unlocked(holding, claiming):
        # Only this one is due.
        holding.Guarantee.objects.filter(order_id=there.order_id).update(inspection_ends_at=late + DAY)
        assert went_wrong(race(loose))
    holding.Guarantee.objects.filter(order_id=there.order_id).update(inspection_ends_at=late)
    first = race(there)
    assert refused(first) == 0
    # Either it was released and the claim came too late, or the claim stopped the clock.
    assert there.guarantee.state == ("released" if isinstance(first[1], Refusal) else "claimed")
    assert GuaranteeEvent.objects.filter(guarantee=there.guarantee, is_terminal=True).count() <= 1


def test_accepting_against_a_claim(at: datetime) -> None:
    there, loose = delivered(at), delivered(at)

    def race(shop: Bought) -> list[object]:
        return both(lambda: accept_delivery(shop.order_id, by=LUCIA, at=at), lambda: claimed(shop, at))

    first = race(there)
    assert refused(first) == 0
    assert sum(isinstance(answer, Refusal) for answer in first) == 1
    one_end(there)
    with unlocked(holding, claiming):
        assert went_wrong(race(loose))


def test_two_people_approve_one_decision(at: datetime) -> None:
    there, loose = delivered(at), delivered(at)

    def prepared(shop: Bought) -> int:
        claim_id = claimed(shop, at)
        claims.escalate(claim_id, by=LUCIA, at=at)
        claims.propose_decision(claim_id, verdict(shop, HUNDRED), by=shop.ana, at=at)
        return claim_id

    def race(shop: Bought, claim_id: int) -> list[object]:
        found = waiting(shop, claim_id)

        def approve(by: Actor) -> None:
            claims.approve_decision(found.id, seen=found.hash, by=by, at=at)

        return both(lambda: approve(shop.diego), lambda: approve(shop.olga))

    claim_id, other = prepared(there), prepared(loose)
    first = race(there, claim_id)
    assert refused(first) == 0
    assert sum(isinstance(answer, Refusal) for answer in first) == 1
    assert len(view(claim_id).decisions) == 1
    one_end(there)
    with unlocked(of_claims):
        assert went_wrong(race(loose, other))


def test_an_appeal_against_the_clock_that_closes(at: datetime, caplog: pytest.LogCaptureFixture) -> None:
    there, loose = delivered(at), delivered(at)
    late = at + 3 * DAY

    def prepared(shop: Bought, due: datetime) -> int:
        claim_id = claimed(shop, due)
        claims.escalate(claim_id, by=LUCIA, at=due)
        decided(shop, claim_id, HUNDRED, due)
        return claim_id

    def race(claim_id: int, due: datetime) -> list[object]:
        return both(
            lambda: claims.appeal(claim_id, words="No estoy de acuerdo", by=LUCIA, at=due - DAY / 24),
            lambda: claims.run_claims(due),
        )

    claim_id, other = prepared(there, at), prepared(loose, at + DAY)
    first = race(claim_id, late)
    assert refused(first) == 0
    assert "failed" not in caplog.text
    assert view(claim_id).state == ("closed" if isinstance(first[0], Refusal) else "appealed")
    one_end(there)
    with unlocked(of_claims):
        assert went_wrong(race(other, late + DAY), caplog.text)


def test_all_goes_back_while_a_claim_opens(at: datetime) -> None:
    there, loose = delivered(at), delivered(at)
    for shop in (there, loose):
        payment = payment_of(shop.order_id)
        assert payment is not None
        source = f"refund:{payment.id}"
        with transaction.atomic():
            refund_payment(payment.id, shop.total, source=source, comes_from=Account.BANK, by=shop.olga, at=at)

    def follow(shop: Bought) -> None:
        follow_refunds(shop.order_id, by=shop.olga, at=at)

    first = both(lambda: follow(there), lambda: claimed(there, at))
    assert refused(first) == 0

    read = claiming.locked

    def overtaken(order_id: int) -> Any:
        """Read the guarantee of who claims; before he writes, all is given back."""
        found = read(order_id)
        patched.setattr(claiming, "locked", read)
        at_once(1, lambda _: follow(loose))
        return found

    with unlocked(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(claiming, "locked", overtaken)
        with pytest.raises(DatabaseError, match="has ended"):
            claimed(loose, at)
    hear_all(there)
    assert there.guarantee.state == "resolved"
    if not isinstance(first[1], Refusal):
        assert view(int(str(first[1]))).outcome == "given_back"
    assert there.money(Account.DUE_TO_BUYER) == there.money(Account.REFUNDS)
    assert broken_truths() == {}


def shown_twice(claim_id: int, at: datetime) -> list[int | Exception]:
    body = picture(size=(30, 9))
    return at_once(2, lambda turn: claims.keep_claim_file(claim_id, filename=f"{turn}.png", body=body, by=LUCIA, at=at))


def test_the_same_file_at_the_same_moment_is_kept_once_and_both_are_told_which(at: datetime) -> None:
    claim_id = claimed(delivered(at), at)
    first, second = shown_twice(claim_id, at)
    assert first == second == view(claim_id).files[0].id
    assert len(view(claim_id).files) == 1


def test_without_the_locks_the_database_refuses_the_second_copy(at: datetime) -> None:
    claim_id = claimed(delivered(at), at)
    with unlocked(of_claims):
        answers = shown_twice(claim_id, at)
    assert sum(isinstance(answer, DatabaseError) for answer in answers) == 1
    assert len(view(claim_id).files) == 1


def test_the_same_words_at_the_same_moment_are_said_once(at: datetime) -> None:
    claim_id = claimed(delivered(at), at)
    at_once(3, lambda _: claims.add_words(claim_id, words="¿Ya?", by=LUCIA, at=at))
    assert ClaimEvent.objects.filter(claim_id=claim_id, kind="said").count() == 1


def test_without_the_locks_they_are_said_twice(at: datetime) -> None:
    claim_id = claimed(delivered(at), at)
    with unlocked(of_claims):
        at_once(2, lambda _: claims.add_words(claim_id, words="¿Ya?", by=LUCIA, at=at))
    assert ClaimEvent.objects.filter(claim_id=claim_id, kind="said").count() == 2
