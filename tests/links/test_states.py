"""Whatever happens in whatever order, every link is worth what a simple model says, and the books agree."""

from __future__ import annotations

import itertools
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders.commands import cancel_order, expire_orders
from seguripago.journey.orders.models import Order
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import (
    Settlement,
    Undone,
    confirm_payments,
    expire_links,
    expire_payments,
    retire_payments,
    reverse_payments,
    revoke_link,
    send_payment_link,
    send_transfer_details,
    supersede_changed,
)
from seguripago.journey.payments.queries import links_of, payment_of
from seguripago.journey.payments.refusals import LinkEnded
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from tests.money import bank
from tests.orders import builders

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=24)
START = datetime(2026, 3, 11, 16, 30, tzinfo=UTC)
PARTS = st.sampled_from([1, 10_000, 50_000, 99_999])
HAPPENINGS = st.one_of(
    st.tuples(st.just("send"), st.just(0)),
    st.tuples(st.just("deposit"), PARTS),
    st.tuples(st.just("receive"), PARTS | st.just(0)),
    st.tuples(st.just("take_back"), st.just(0)),
    st.tuples(st.just("wait"), st.sampled_from([1, 23, 24, 30])),
    st.tuples(st.sampled_from(["clocks", "details", "revoke", "change", "hear", "cancel"]), st.just(0)),
)


@dataclass
class Ask:
    """A link as the model knows it."""

    amount: int
    target: int
    version: int
    until: datetime
    deposit: bool
    end: str = ""


@dataclass
class Model:
    """The rules in so many words: one payment, its money, its links, its clocks."""

    whole: int
    order_until: datetime
    now: datetime = START
    received: int = 0
    version: int = 1
    order: str = "verified"
    payment: str = "monitored"
    until: datetime = START + HOURS
    gains: list[int] = field(default_factory=list)
    links: list[Ask] = field(default_factory=list)

    @property
    def live(self) -> Ask | None:
        return next((link for link in self.links if not link.end), None)

    def worth(self, link: Ask) -> str:
        if link.end == "revoked":
            return "revoked"
        if self.order == "paid":
            return "paid"
        if link.end:
            return link.end
        if self.order == "cancelled":
            return "revoked"
        if self.version != link.version:
            return "superseded"
        return "expired" if link.until <= self.now or "expired" in {self.order, self.payment} else "valid"

    def end(self, how: str) -> None:
        if self.live is not None:
            self.live.end = how

    def ask(self, amount: int) -> bool:
        missing = self.whole - self.received
        if self.order != "verified" or (amount and amount >= missing):
            return False
        self.woken()
        self.end("superseded")
        asked = amount or missing
        until = max(self.until, self.now + HOURS)
        self.links.append(Ask(asked, self.received + asked, self.version, until, bool(amount)))
        return True

    def details(self) -> None:
        if self.order == "verified":
            self.woken()
            self.end("superseded")

    def woken(self) -> None:
        if self.payment in {"expired", "reversed"}:
            self.payment, self.until = "monitored", self.now + HOURS
        self.order_until = max(self.order_until, self.until)

    def receive(self, amount: int) -> int:
        if self.order != "verified":
            return 0
        applied = min(amount or self.whole, self.whole - self.received)
        self.received += applied
        self.gains.append(applied)
        self.payment = "confirmed" if self.received == self.whole else "partly_paid"
        link = self.live
        if link is not None and self.received >= link.target:
            link.end = "paid"
            if link.deposit and self.payment == "partly_paid":
                self.until = max(self.until, self.now + HOURS)
                self.order_until = max(self.order_until, self.until)
                self.links.append(Ask(self.whole - self.received, self.whole, self.version, self.until, deposit=False))
        if self.payment == "confirmed":
            self.order = "paid"
        return applied

    def take_back(self) -> int:
        if not self.gains or self.order not in {"verified", "paid"}:
            return 0
        lost = self.gains.pop()
        self.received -= lost
        self.payment = "partly_paid" if self.received else "reversed"
        self.order = "verified"
        if self.now + HOURS > self.until:
            self.until = self.now + HOURS
            if self.live is not None:
                self.live.until = self.until
        self.order_until = max(self.order_until, self.until)
        for link in self.links:
            if link.end == "paid" and self.received < link.target:
                link.end = "revoked"
            elif not link.end and self.received < link.target - link.amount:
                link.end = "superseded"
        return lost

    def clocks(self) -> None:
        if self.payment == "monitored" and self.until <= self.now:
            self.payment = "expired"
            self.end("expired")
        if self.order == "verified" and self.order_until <= self.now:
            self.order = "expired"
        if self.live is not None and self.live.until <= self.now:
            self.end("expired")

    def hear(self) -> None:
        if self.order == "cancelled" and self.payment in {"monitored", "partly_paid"}:
            self.payment = "cancelled"
            self.end("revoked")
        elif self.live is not None and self.live.version != self.version:
            self.end("superseded")


class Shop:
    """The real thing, moved beside the model."""

    def __init__(self) -> None:
        self.order_id = builders.verified(START, store_id=bank.bank_store())
        send_transfer_details(self.order_id, by=bank.ANALYST, at=START)
        seen = order(self.order_id)
        self.model = Model(seen.total.centavos, seen.expires_at)
        payment = payment_of(self.order_id)
        assert payment is not None
        self.payment_id = payment.id
        self.sources: list[str] = []
        self.count = itertools.count(1)

    def happen(self, what: str, how: int) -> None:
        model, at = self.model, self.model.now
        match what:
            case "send" | "deposit":
                if what == "send" or how:
                    assert model.ask(how) == self._ask(what, how, at)
            case "receive":
                self._receive(model.receive(how), at)
            case "take_back":
                self._take_back(model.take_back(), at)
            case "wait":
                model.now += timedelta(hours=how)
            case "clocks":
                model.clocks()
                expire_payments(at=at), expire_orders(at), expire_links(at=at)
            case "details":
                model.details()
                with suppress(Refusal):
                    send_transfer_details(self.order_id, by=bank.ANALYST, at=at)
            case "revoke":
                model.end("revoked")
                for link in links_of(self.order_id, at=at)[:1]:
                    with suppress(LinkEnded):
                        revoke_link(link.id, why="", by=bank.ANALYST, at=at)
            case "change":
                # After the acceptance an order is not corrected today; its links would notice.
                model.version += 1
                Order.objects.filter(pk=self.order_id).update(pre_invoice_version=model.version)
            case "cancel":
                if model.order == "verified":
                    model.order = "cancelled"
                    cancel_order(self.order_id, by=bank.ANALYST, reason="", at=at)
            case "hear":
                model.hear()
                retire_payments([self.order_id], at=at)
                supersede_changed([self.order_id], at=at)

    def _ask(self, what: str, how: int, at: datetime) -> bool:
        purpose, amount = ("deposit", Money(how)) if what == "deposit" else ("whole", None)
        token = secrets.token_urlsafe(24)
        try:
            send_payment_link(self.order_id, token=token, purpose=purpose, amount=amount, by=bank.ANALYST, at=at)
        except Refusal:
            return False
        return True

    def _receive(self, centavos: int, at: datetime) -> None:
        if not centavos:
            return
        self.sources.append(f"deposit:{next(self.count)}")
        came = Settlement(self.payment_id, self.sources[-1], Money(centavos), at, Account.SUSPENSE)
        with transaction.atomic():
            confirm_payments([came], by=bank.ANALYST, at=at)

    def _take_back(self, centavos: int, at: datetime) -> None:
        if not centavos:
            return
        gone = Undone(self.payment_id, self.sources.pop(), Money(centavos), Money(centavos))
        with transaction.atomic():
            reverse_payments([gone], by=bank.ANALYST, at=at)

    def compare(self) -> None:
        model = self.model
        seen = [(link.state.value, link.amount.centavos) for link in links_of(self.order_id, at=model.now)]
        assert seen == [(model.worth(link), link.amount) for link in reversed(model.links)]
        payment = payment_of(self.order_id)
        assert payment is not None
        assert (payment.received.centavos, payment.state.value) == (model.received, model.payment)
        assert order(self.order_id).state == model.order


@given(st.lists(HAPPENINGS, min_size=3, max_size=14))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_links_are_worth_what_the_model_says(happenings: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        shop = Shop()
        for what, how in happenings:
            shop.happen(what, how)
            shop.compare()
        with connection.cursor() as cursor:
            for view in ("paid_not_received", "live_reached", "paid_twice", "asks_otherwise"):
                cursor.execute(f"SELECT count(*) FROM inv_link_{view}")
                assert cursor.fetchone() == (0,), view
        transaction.set_rollback(True)
