"""One call to a provider: bounded in time and size, never redirected, never without TLS away from this machine."""

import time

import httpx
import pytest

from seguripago.ports.asking import ask
from seguripago.ports.bank_feeds import FeedAway, FeedRefused, FeedTrouble, NotFoundThere, Unreadable
from tests.adapters.provider import Reply, provider

QUICK = httpx.Timeout(0.2)


def asked(reply: Reply, *, limit: int = 1000, whole_call_s: float = 5.0) -> bytes:
    with provider(reply) as there:
        return ask("GET", there.url + "/x", limit=limit, timeout=QUICK, whole_call_s=whole_call_s)


def test_a_good_answer_is_given_byte_by_byte() -> None:
    assert asked(Reply(b'{"monto": 1.10}')) == b'{"monto": 1.10}'


@pytest.mark.parametrize(
    ("reply", "trouble", "permanent"),
    [
        (Reply(status=500), FeedAway, False),
        (Reply(status=503, headers={"retry-after": "120"}), FeedAway, False),
        (Reply(status=429), FeedAway, False),
        (Reply(status=404), NotFoundThere, False),
        (Reply(status=401), FeedRefused, True),
        (Reply(status=403), FeedRefused, True),
        (Reply(status=422), FeedRefused, True),
        (Reply(status=302, headers={"location": "http://127.0.0.1:9/"}), FeedRefused, True),
        (Reply(b"x" * 2000), Unreadable, True),
        (Reply(waits_s=1.0), FeedAway, False),
    ],
)
def test_every_bad_answer_says_whether_a_second_try_can_help(
    reply: Reply, trouble: type[FeedTrouble], permanent: bool
) -> None:
    with pytest.raises(trouble) as told:
        asked(reply)
    assert told.value.permanent is permanent


def test_the_provider_may_ask_for_patience_but_not_for_ever() -> None:
    with pytest.raises(FeedAway) as told:
        asked(Reply(status=503, headers={"retry-after": "120"}))
    assert told.value.retry_after_s == 120
    with pytest.raises(FeedAway) as told:
        asked(Reply(status=503, headers={"retry-after": "9" * 12}))
    assert told.value.retry_after_s == 24 * 3600


def test_who_drips_a_byte_now_and_then_is_away() -> None:
    started = time.monotonic()
    with pytest.raises(FeedAway):
        asked(Reply(b"x" * 100, drips_s=0.05), whole_call_s=0.5)
    assert time.monotonic() - started < 3


def test_nobody_listens_there() -> None:
    with provider(Reply()) as there:
        url = there.url
    with pytest.raises(FeedAway):
        ask("GET", url, limit=10, timeout=QUICK)


@pytest.mark.parametrize("url", ["http://prod.stpmex.com/x", "ftp://127.0.0.1/", "prod.stpmex.com", "https://", "//[x"])
def test_an_address_without_tls_is_never_called(url: str) -> None:
    with pytest.raises(FeedRefused):
        ask("GET", url, limit=10)


def test_a_password_in_a_basic_header_goes_out_as_the_provider_expects() -> None:
    with provider(Reply()) as there:
        ask("POST", there.url + "/v1/x", basic=("key_abc", ""), body=b"a=1", limit=10)
    assert there.asked[0].headers["authorization"] == "Basic a2V5X2FiYzo="
    assert there.asked[0].body == b"a=1"
