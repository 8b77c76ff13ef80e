"""`judge` alone, over anything that can be: Certain only when every condition holds, and every verdict says why."""

from __future__ import annotations

import timeit
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from seguripago.journey.payments.rules import OPEN, State
from seguripago.journey.reconciliation.queries.cases import LABELS
from seguripago.journey.reconciliation.rules import (
    DEFAULTS,
    CaseKind,
    Certain,
    DefaultAction,
    DepositFacts,
    Doubtful,
    PaymentFacts,
    Suggestion,
    Unknown,
    judge,
)
from seguripago.values.money import Money

AT = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)
ORDER_STATES = ("placed", "verified", "paid", "preparing", "shipped", "delivered", "closed", "cancelled", "expired")
HOT_PATH_US = 20

centavos = st.one_of(st.integers(1, 5), st.integers(1, 10**14))
moments = st.integers(-(10**6), 10**6).map(lambda seconds: AT + timedelta(seconds=seconds))


@st.composite
def cases(draw: st.DrawFn) -> tuple[DepositFacts, PaymentFacts | None]:
    """Any deposit with any payment, or none."""
    total = draw(centavos)
    received = draw(st.one_of(st.just(0), st.just(total), st.integers(0, total)))
    currency = draw(st.sampled_from(["MXN", "MXN", "MXN", "USD"]))
    arriving = draw(st.one_of(centavos, st.just(total), st.just(max(total - received, 1))))
    deposit = DepositFacts(
        id=draw(st.integers(1, 9)),
        amount=Money(arriving, currency),
        clabe="646180115700294217",
        is_own_account=draw(st.booleans()),
        concept=draw(st.text(max_size=12)),
        settled_at=draw(moments),
        is_returned=draw(st.booleans()),
    )
    expires_at = draw(moments)
    owner = PaymentFacts(
        payment_id=3,
        order_id=4,
        store_id=5,
        order_number="CM-7K3F-92QX",
        order_state=draw(st.sampled_from(ORDER_STATES)),
        state=draw(st.sampled_from(list(State))),
        amount=Money(total),
        received=Money(received),
        expires_at=expires_at,
        watch_until=expires_at + timedelta(days=draw(st.integers(0, 15))),
        can_be_honoured=draw(st.booleans()),
        shipping_hold=draw(st.booleans()),
    )
    return deposit, draw(st.sampled_from([owner, owner, owner, None]))


@settings(max_examples=1500, deadline=None)
@given(cases())
def test_certain_means_that_every_condition_holds(drawn: tuple[DepositFacts, PaymentFacts | None]) -> None:
    deposit, owner = drawn
    if owner is not None and owner.received == owner.amount and owner.state in {*OPEN, State.EXPIRED, State.REVERSED}:
        return  # No such row: what is whole is confirmed.
    verdict = judge(deposit, owner)

    assert verdict.reasons
    assert verdict.deposit_id == deposit.id
    if not isinstance(verdict, Certain):
        return
    assert owner is not None
    assert not deposit.is_returned
    assert deposit.amount.currency == owner.amount.currency
    assert deposit.settled_at <= owner.watch_until
    assert owner.state in {*OPEN, State.EXPIRED, State.REVERSED}
    assert owner.order_state != "cancelled"
    assert verdict.applied + verdict.excess == deposit.amount
    assert Money.zero() < verdict.applied <= owner.missing
    assert verdict.completes == (verdict.applied == owner.missing)
    assert not verdict.excess or verdict.completes
    assert verdict.late == (deposit.settled_at > owner.expires_at)
    if verdict.revives:
        assert verdict.completes
        assert owner.can_be_honoured
    assert verdict.candidates[0].order_number == owner.order_number


@given(cases())
def test_without_an_owner_nothing_is_certain_whatever_looks_alike(
    drawn: tuple[DepositFacts, PaymentFacts | None],
) -> None:
    deposit, _ = drawn
    alike = (Suggestion("CM-7K3F-92QX", 99, ("El monto es exactamente lo que falta.",)),)
    verdict = judge(deposit, None, alike)

    assert isinstance(verdict, Unknown)
    assert verdict.candidates in {alike, ()}


def test_a_doubt_says_which_order_and_how_much() -> None:
    deposit = DepositFacts(1, Money(100_000), "6" * 18, True, "", AT)
    owner = PaymentFacts(
        3, 4, 5, "CM-7K3F-92QX", "expired", State.EXPIRED, Money(101_000), Money.zero(), AT - timedelta(hours=1),
        AT + timedelta(days=1), True,
    )  # fmt: skip
    verdict = judge(deposit, owner)

    assert isinstance(verdict, Doubtful)
    assert verdict.kind is CaseKind.PART_EXPIRED
    assert verdict.reasons == (
        "La CLABE es la del pedido CM-7K3F-92QX.",
        "El pedido venció y, aun con este depósito, le faltan $10.00.",
    )


def test_every_kind_of_case_has_words_an_owner_a_deadline_and_a_default() -> None:
    assert set(LABELS) == set(DEFAULTS) == set(CaseKind)
    for kind, default in DEFAULTS.items():
        assert default.owner in {"payments", "supervisor", "owner"}, kind
        assert timedelta(hours=1) <= default.within <= timedelta(days=3), kind
        assert default.happens(policy=False) is DefaultAction.ESCALATE, kind


def test_judging_what_is_certain_costs_next_to_nothing() -> None:
    deposit = DepositFacts(1, Money(100_000), "6" * 18, True, "Pago", AT)
    owner = PaymentFacts(
        3, 4, 5, "CM-7K3F-92QX", "verified", State.MONITORED, Money(100_000), Money.zero(), AT + timedelta(hours=1),
        AT + timedelta(days=1), True,
    )  # fmt: skip
    best_s = min(timeit.repeat(lambda: judge(deposit, owner), number=2_000, repeat=7)) / 2_000

    assert best_s * 1e6 < HOT_PATH_US
