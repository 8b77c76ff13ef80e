"""What every bank feed promises, run on whatever the folder holds."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from seguripago.adapters import bank_feeds
from seguripago.ports.bank_feeds import (
    MAX_NOTICE_BYTES,
    Asked,
    Asks,
    Authenticity,
    BankFeed,
    Credentials,
    DailyList,
    FeedRefused,
    FeedSecrets,
    HookFeed,
    RawNoticeIn,
    Refetches,
    Road,
    Unreadable,
    road_of,
)
from seguripago.ports.registry import discover

SECRET = "whsec_" + "c2VndXJpcGFnbyBkZSBwcnVlYmFzIDMyIGJ5dGVzISE="
FEEDS = discover(bank_feeds)
HOOKS = sorted(slug for slug, feed in FEEDS.items() if isinstance(feed, HookFeed))
ASKED = sorted(slug for slug, feed in FEEDS.items() if isinstance(feed, Refetches | DailyList))


@pytest.fixture(params=sorted(FEEDS))
def feed(request: pytest.FixtureRequest) -> BankFeed:
    found: BankFeed = FEEDS[request.param]
    return found


@pytest.fixture(params=HOOKS)
def hook(request: pytest.FixtureRequest) -> HookFeed:
    found: HookFeed = FEEDS[request.param]
    return found


@pytest.fixture(params=ASKED)
def asked(request: pytest.FixtureRequest) -> Asks:
    found: Asks = FEEDS[request.param]
    return found


def raw(body: bytes = b"{}", headers: dict[str, str] | None = None, **more: Any) -> RawNoticeIn:
    return RawNoticeIn(body, headers or {}, "10.1.2.3", **more)


def test_the_folder_holds_the_bank_of_the_demo_and_stp() -> None:
    assert {"sandbox", "stp"} <= set(FEEDS)


def test_a_feed_has_a_slug_for_its_address_and_a_title_for_people(feed: BankFeed) -> None:
    assert feed.slug.replace("_", "").isalnum()
    assert feed.title
    assert isinstance(feed, HookFeed) or not hasattr(feed, "authentic"), "half a hook is no hook"


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
def test_a_stranger_is_refused_and_nothing_breaks(hook: HookFeed, headers: dict[str, str]) -> None:
    for body in (b"{}", b"\xff\xfe", b""):
        assert hook.authentic(raw(body, headers), FeedSecrets((SECRET,))) is Authenticity.REFUSED


def test_without_a_secret_nobody_is_known(hook: HookFeed) -> None:
    assert hook.authentic(raw(address_secret=""), FeedSecrets(())) is Authenticity.REFUSED
    assert hook.authentic(raw(address_secret=""), FeedSecrets(("",))) is Authenticity.REFUSED


def test_what_is_too_long_is_refused(hook: HookFeed) -> None:
    notice = raw(b" " * (MAX_NOTICE_BYTES + 1), address_secret=SECRET)
    assert hook.authentic(notice, FeedSecrets((SECRET,))) is Authenticity.REFUSED


@pytest.mark.parametrize("body", [b"", b"nonsense", b"\xff\xfe\x00", b'{"monto": "10,00"}'])
def test_what_cannot_be_read_is_a_permanent_trouble(feed: BankFeed, body: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        feed.read(body, {})
    assert refused.value.permanent
    assert refused.value.reason


def test_no_answer_of_ours_orders_the_money_back(hook: HookFeed) -> None:
    (accepted, said), (refused, why), (fault, again) = hook.accepted(), hook.refused(), hook.unavailable()
    assert accepted == 200
    assert refused == 401
    assert fault >= 500
    assert "devolver" not in str((said, why, again)).lower()


def test_a_body_without_a_road_is_a_notice() -> None:
    assert road_of({}) is Road.NOTICE
    assert road_of({"Seguripago-Road": "list"}) is Road.LIST


def test_what_can_be_asked_says_what_it_needs(asked: Asks) -> None:
    names = [need.name for need in asked.needs]
    assert names
    assert len(names) == len(set(names))
    assert all(need.label and need.shape in {"line", "long", "address"} for need in asked.needs)
    assert any(need.is_secret for need in asked.needs), "who asks must be known"


def test_without_credentials_nobody_is_called(asked: Asks) -> None:
    for call in _calls(asked):
        with pytest.raises(FeedRefused):
            call({})


def _calls(asked: Asks) -> list[Callable[[Credentials], object]]:
    found: list[Callable[[Credentials], object]] = []
    if isinstance(asked, Refetches):
        found.append(lambda credentials: asked.refetch(Asked("1", "X1", date(2026, 11, 20)), credentials))
    if isinstance(asked, DailyList):
        found.append(lambda credentials: asked.received_list(date(2026, 11, 20), credentials))
    return found
