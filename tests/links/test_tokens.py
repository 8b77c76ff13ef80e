"""The token of a link: what is in it, what is refused, and that all of it is refused alike."""

from __future__ import annotations

import base64
import json
import statistics
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pyseto
import pytest
from pyseto.versions.v4 import V4Local

from seguripago.journey.payments import link_token
from seguripago.journey.payments.link_token import BadToken, make, read
from seguripago.journey.payments.queries import link
from tests.links.asking import asked, token_of
from tests.links.forging import wrong_tokens

ENDS = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
STORE = 77


def genuine(handle: str = "h" * 32, store_id: int = STORE) -> str:
    """A token whose two parts end in letters that have bits to spare."""
    token = make(handle, store_id=store_id, expires_at=ENDS)
    assert all(len(part) % 4 in {2, 3} for part in token.split(".")), [len(part) % 4 for part in token.split(".")]
    return token


GENUINE = genuine()
WRONG = wrong_tokens(GENUINE, store_id=STORE, at=ENDS)


def test_it_carries_an_id_an_expiry_and_an_audience_and_nothing_else() -> None:
    token = genuine()
    key, kid = link_token._derived(link_token.keyring.ring()[0])
    opened = pyseto.decode(key, f"v4.local.{token}", implicit_assertion=b"seguripago\x1fpayment link\x1f77")
    assert json.loads(opened.payload) == {"jti": "h" * 32, "exp": "2026-12-01T18:30:00+00:00", "aud": "pago"}
    assert json.loads(opened.footer) == {"kid": kid, "s": STORE}
    assert read(token) == link_token.Claims("h" * 32, ENDS, STORE)


def test_expired_is_told_apart_from_forged_by_our_own_clock() -> None:
    """Without a deserializer pyseto opens an expired token in silence; with one, its error is any error's."""
    past = make("h" * 32, store_id=STORE, expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    key, _ = link_token._derived(link_token.keyring.ring()[0])
    said = b"seguripago\x1fpayment link\x1f77"
    assert pyseto.decode(key, f"v4.local.{past}", implicit_assertion=said).payload
    with pytest.raises(pyseto.VerifyError):
        pyseto.decode(key, f"v4.local.{past}", implicit_assertion=said, deserializer=json)
    claims = read(past)
    assert claims.is_over(datetime(2020, 1, 1, tzinfo=UTC))
    assert not claims.is_over(datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC))
    assert claims.is_over(datetime(2020, 1, 1, 0, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize("what", WRONG)
def test_whatever_is_wrong_is_refused(what: str) -> None:
    with pytest.raises(BadToken) as refused:
        read(WRONG[what])
    assert str(refused.value) == ""


def test_no_single_letter_can_be_another() -> None:
    token = genuine()
    for place, letter in enumerate(token):
        for other in ("A", "z", "-", "=", "."):
            if other != letter:
                with pytest.raises(BadToken):
                    read(token[:place] + other + token[place + 1 :])


@pytest.mark.django_db
def test_every_refusal_does_the_same_work(
    at: datetime, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    """One token opened, one seal that does not fit, one row looked for: for each wrong, unknown and good one."""
    done: Counter[str] = Counter()
    real = V4Local.decrypt

    def counted(self: V4Local, *parts: bytes) -> bytes:
        try:
            opened = real(self, *parts)
        except pyseto.DecryptError:
            done["did not fit"] += 1
            raise
        done["opened"] += 1
        return opened

    monkeypatch.setattr(V4Local, "decrypt", counted)
    for what, token in {**WRONG, "unknown": genuine()}.items():
        done.clear()
        with django_assert_num_queries(1):
            assert link(token) is None, what
        assert done == {"did not fit": 1, "opened": 1}, what
    good = token_of(asked(at).page(at))
    done.clear()
    with django_assert_num_queries(1):
        assert link(good) is not None
    assert done == {"did not fit": 1, "opened": 1}


@pytest.mark.django_db
def test_every_refusal_takes_the_same_time() -> None:
    """Processor time, each kind in turn: no kind's median leaves the others'."""
    kinds = {**WRONG, "unknown": genuine()}
    taken: dict[str, list[int]] = {what: [] for what in kinds}
    for _ in range(24):
        for what, token in kinds.items():
            began = time.thread_time_ns()
            link(token)
            taken[what].append(time.thread_time_ns() - began)
    medians = {what: statistics.median(times[4:]) for what, times in taken.items()}
    usual = statistics.median(medians.values())
    assert {what: round(mid / usual, 2) for what, mid in medians.items() if not 0.75 < mid / usual < 1.33} == {}


def test_a_base64_of_the_same_bytes_is_another_token() -> None:
    """The trap itself: Python reads both spellings as the same bytes."""
    body, other = GENUINE.partition(".")[0], WRONG["with other trailing bits"].partition(".")[0]
    assert body != other
    pad = "=" * (-len(body) % 4)
    assert base64.urlsafe_b64decode(body + pad) == base64.urlsafe_b64decode(other + pad)


def test_time_zones_make_no_difference() -> None:
    west = make("h", store_id=1, expires_at=ENDS.astimezone(tz=None))
    assert read(west).expires_at == ENDS
    assert read(make("h", store_id=1, expires_at=ENDS + timedelta(microseconds=999))).expires_at == ENDS
