"""`seguripago deposit`: through the site's real hook on a real socket, to the judgement."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from seguripago.jobs.bank_play import DepositUnplayable, SiteAway, deposit
from seguripago.journey.orders.queries import order
from tests.money.bank import Sale, sale, turn

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_the_very_same_notice_many_times_is_one_deposit_of_one_order(sold: Sale, site: str) -> None:
    said = deposit(clabe=sold.clabe, amount=sold.total.plain, times=5, url=site)
    number = order(sold.order_id).number
    assert {name: said[name] for name in ("sent", "deposits", "state", "order")} == {
        "sent": 5,
        "deposits": 1,
        "state": "applied",
        "order": number,
    }
    again = deposit(clabe=sold.clabe, amount=sold.total.plain, tracking_key=said["tracking_key"], url=site)
    assert again["deposits"] == 1


def test_money_for_no_order_is_a_case(sold: Sale, site: str) -> None:
    stranger = sold.clabe[:10] + "0000999" + "0"
    said = deposit(clabe=stranger, amount="1", sender_bank="40002", url=site)
    assert (said["state"], said["order"]) == ("in_case", None)


@pytest.mark.parametrize(
    "asked",
    [
        {"amount": "10,00"},
        {"amount": "0"},
        {"amount": "-1"},
        {"clabe": "646"},
        {"sender_bank": "99999"},
        {"tracking_key": "X" * 31},
        {"times": 0},
    ],
)
def test_what_cannot_be_played_is_not_sent(sold: Sale, asked: dict[str, Any]) -> None:
    with pytest.raises(DepositUnplayable):
        deposit(**{"clabe": sold.clabe, "amount": "1.00", "url": "http://127.0.0.1:9", **asked})


def test_a_site_that_sleeps_is_said(sold: Sale) -> None:
    with pytest.raises(SiteAway):
        deposit(clabe=sold.clabe, amount="1.00", url="http://127.0.0.1:9")
