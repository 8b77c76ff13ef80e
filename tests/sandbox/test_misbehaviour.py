"""The demo's bank misbehaves, and the house stays right: through the real hook, to the judgement."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from seguripago.adapters.bank_feeds.sandbox import (
    ADAPTER,
    Behaviour,
    Kind,
    SandboxTransfer,
    misdirected,
    notices_of,
)
from seguripago.config.command_line_upkeep import check_invariants
from seguripago.jobs.bank_play import SiteAway, deposit
from seguripago.journey.bank.models import Announcement, Deposit
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation.models import Case
from seguripago.ports.bank_feeds import Arrived, Returned, Unreadable
from seguripago.values import clabe as clabes
from seguripago.values.money import Money
from tests.money.bank import Sale, paid_view, sale, turn

CLABE = "646180115700294217"


def transfer(**more: Any) -> SandboxTransfer:
    at = datetime(2026, 3, 11, 17, 0, tzinfo=UTC)
    usual = {
        "bank_id": 1,
        "clabe": CLABE,
        "amount_text": "9135.00",
        "tracking_key": "CLAVE1",
        "operation_date": at.date(),
        "settled_at": at,
    }
    return SandboxTransfer(**{**usual, **more})


class TestWhatTheBankWrites:
    def test_a_contradiction_is_a_second_notice_of_the_same_movement(self) -> None:
        first, other = notices_of(transfer(), Behaviour.CONTRADICTION)
        (said,), (denied,) = ADAPTER.read(first.body, {}), ADAPTER.read(other.body, {})
        assert isinstance(said, Arrived)
        assert isinstance(denied, Arrived)
        assert said.deposit.tracking_key == denied.deposit.tracking_key
        assert (said.deposit.amount, denied.deposit.amount) == (Money(913_500), Money(913_600))
        assert other.kind is Kind.CONTRADICTION

    def test_a_return_names_the_movement_that_went_back(self) -> None:
        first, back = notices_of(transfer(), Behaviour.RETURNED)
        (arrived,), (returned,) = ADAPTER.read(first.body, {}), ADAPTER.read(back.body, {})
        assert isinstance(returned, Returned)
        assert returned.deposit == arrived.deposit  # type: ignore[union-attr]
        assert returned.reason == "Cuenta inexistente"

    def test_dollars_are_dollars(self) -> None:
        (movement,) = ADAPTER.read(notices_of(transfer(), Behaviour.DOLLARS)[0].body, {})
        assert isinstance(movement, Arrived)
        assert movement.deposit.amount == Money(913_500, "USD")

    @pytest.mark.parametrize("currency", ["usd", "US", "DÓL", "USDX"])
    def test_a_currency_that_is_none_is_not_read(self, currency: str) -> None:
        body = json.loads(notices_of(transfer(), Behaviour.DOLLARS)[0].body)
        with pytest.raises(Unreadable, match="currency"):
            ADAPTER.read(json.dumps({**body, "moneda": currency}).encode(), {})

    def test_the_unknown_clabe_is_a_good_one_and_the_mistyped_one_is_not(self) -> None:
        unknown = misdirected(transfer(), Behaviour.UNKNOWN_CLABE).clabe
        assert clabes.is_valid(unknown)
        assert (unknown[:13], unknown == CLABE) == (CLABE[:13], False)
        mistyped = misdirected(transfer(), Behaviour.ONE_DIGIT_OFF).clabe
        assert not clabes.is_valid(mistyped)
        assert sum(a != b for a, b in zip(mistyped, CLABE, strict=True)) == 1

    def test_a_bank_that_behaves_sends_one_notice_and_nothing_of_ours(self) -> None:
        (notice,) = notices_of(transfer(), Behaviour.NORMAL)
        assert not {"moneda", "estado", "causaDevolucion"} & set(json.loads(notice.body))


@pytest.fixture
def site(live_server: Any) -> Iterator[str]:
    """The site on a socket, and a worker that turns the money's lane beside it."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            turn(datetime.now(UTC))
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    yield live_server.url
    stop.set()
    worker.join()


@pytest.fixture
def sold(request: pytest.FixtureRequest) -> Sale:
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
    found = sale(datetime.now(UTC))
    request.getfixturevalue("site")
    return found


def cases() -> set[str]:
    """The kinds of the cases, once the worker has opened the first."""
    deadline = time.monotonic() + 10
    while not Case.objects.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return set(Case.objects.values_list("kind", flat=True))


@pytest.mark.django_db(transaction=True)
class TestWhatTheHouseMakesOfIt:
    @pytest.fixture(autouse=True)
    def every_invariant_holds(self, site: str) -> Iterator[None]:
        yield
        assert {name: count for name, count in check_invariants()["rows"].items() if count} == {}

    def played(self, sold: Sale, site: str, **more: Any) -> dict[str, Any]:
        said = deposit(**{"clabe": sold.clabe, "amount": sold.total.plain, "url": site, **more})
        assert set(said) == {"sent", "deposits", "state", "order", "tracking_key"}
        return said

    def test_a_contradiction_is_an_alarm_and_the_first_word_stays(self, sold: Sale, site: str) -> None:
        said = self.played(sold, site, behaviour="contradiction")
        assert (said["sent"], said["deposits"]) == (2, 1)
        assert cases() == {"contradiction"}
        assert Deposit.objects.get().amount_centavos == sold.total.centavos

    def test_money_that_comes_back_opens_its_case(self, sold: Sale, site: str) -> None:
        self.played(sold, site, behaviour="returned")
        assert "reversed" in cases()

    def test_an_unsigned_notice_announces_and_a_signed_one_of_the_same_wins(self, sold: Sale, site: str) -> None:
        said = self.played(sold, site, behaviour="unsigned", tracking_key="MISMO001")
        assert (said["state"], said["order"]) == ("announced", None)
        assert (Announcement.objects.count(), Deposit.objects.count()) == (1, 0)
        assert order(sold.order_id).state == "verified"
        assert self.played(sold, site, tracking_key="MISMO001")["state"] == "applied"
        assert order(sold.order_id).state == "paid"

    def test_a_forged_notice_leaves_no_trace(self, sold: Sale, site: str) -> None:
        with pytest.raises(SiteAway, match="401"):
            self.played(sold, site, behaviour="bad_signature")
        assert not Deposit.objects.exists()

    @pytest.mark.parametrize("behaviour", ["unknown_clabe", "one_digit_off", "dollars"])
    def test_money_that_fits_no_order_is_a_case_and_pays_nothing(self, sold: Sale, site: str, behaviour: str) -> None:
        said = self.played(sold, site, behaviour=behaviour)
        assert (said["deposits"], said["state"]) == (1, "in_case")
        assert order(sold.order_id).state == "verified"

    def test_an_amount_that_cannot_be_read_is_kept_and_asked_about(self, sold: Sale, site: str) -> None:
        said = self.played(sold, site, behaviour="unreadable_amount")
        assert said["deposits"] == 0
        assert cases() == {"unreadable"}

    def test_a_burst_out_of_order_adds_up(self, sold: Sale, site: str) -> None:
        said = self.played(sold, site, amount="1.00", burst=12, times=3)
        assert (said["sent"], said["deposits"], said["state"]) == (36, 12, "applied")
        assert paid_view(sold.order_id).received == Money(1_200)
