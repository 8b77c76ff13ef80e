"""What every bank feed promises, run on whatever the folder holds."""

from typing import Any

import pytest

from seguripago.adapters import bank_feeds
from seguripago.ports.bank_feeds import MAX_NOTICE_BYTES, Authenticity, BankFeed, FeedSecrets, RawNoticeIn, Unreadable
from seguripago.ports.registry import discover

SECRET = "whsec_" + "c2VndXJpcGFnbyBkZSBwcnVlYmFzIDMyIGJ5dGVzISE="
FEEDS = discover(bank_feeds)


@pytest.fixture(params=sorted(FEEDS))
def feed(request: pytest.FixtureRequest) -> BankFeed:
    found: BankFeed = FEEDS[request.param]
    return found


def raw(body: bytes = b"{}", headers: dict[str, str] | None = None, **more: Any) -> RawNoticeIn:
    return RawNoticeIn(body, headers or {}, "10.1.2.3", **more)


def test_the_folder_holds_the_bank_of_the_demo_and_stp() -> None:
    assert {"sandbox", "stp"} <= set(FEEDS)


def test_a_feed_has_a_slug_for_its_address_and_a_title_for_people(feed: BankFeed) -> None:
    assert feed.slug.replace("_", "").isalnum()
    assert feed.title


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic //79"},
        {"Authorization": "Bearer x"},
        {"webhook-id": "a", "webhook-timestamp": "nan", "webhook-signature": "v1,x"},
        {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "no comma"},
    ],
)
def test_a_stranger_is_refused_and_nothing_breaks(feed: BankFeed, headers: dict[str, str]) -> None:
    for body in (b"{}", b"\xff\xfe", b""):
        assert feed.authentic(raw(body, headers), FeedSecrets((SECRET,))) is Authenticity.REFUSED


def test_without_a_secret_nobody_is_known(feed: BankFeed) -> None:
    assert feed.authentic(raw(address_secret=""), FeedSecrets(())) is Authenticity.REFUSED
    assert feed.authentic(raw(address_secret=""), FeedSecrets(("",))) is Authenticity.REFUSED


def test_what_is_too_long_is_refused(feed: BankFeed) -> None:
    notice = raw(b" " * (MAX_NOTICE_BYTES + 1), address_secret=SECRET)
    assert feed.authentic(notice, FeedSecrets((SECRET,))) is Authenticity.REFUSED


@pytest.mark.parametrize("body", [b"", b"{}", b"nonsense", b'{"monto": "10,00"}'])
def test_what_cannot_be_read_is_a_permanent_trouble(feed: BankFeed, body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        feed.read(body, {})
    assert refused.value.permanent
    assert refused.value.reason


def test_no_answer_of_ours_orders_the_money_back(feed: BankFeed) -> None:
    (accepted, said), (refused, why), (fault, again) = feed.accepted(), feed.refused(), feed.unavailable()
    assert accepted == 200
    assert refused == 401
    assert fault >= 500
    assert "devolver" not in str((said, why, again)).lower()
