"""Stripe: signed notices are hints; what Stripe answers when it is asked is what is read."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from seguripago.adapters.bank_feeds.stripe_mx import ADAPTER
from seguripago.ports.bank_feeds import (
    INSTITUTION_UNSAID,
    ROAD,
    TEST_COUNTS,
    Arrived,
    Asked,
    Authenticity,
    FeedAway,
    FeedRefused,
    FeedSecrets,
    FeedTrouble,
    Hint,
    NotADeposit,
    NotFoundThere,
    RawNoticeIn,
    Road,
    Unreadable,
    UnreadLine,
)
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Question, Reply, provider

SECRET, OLDER = "whsec_current", "whsec_older"
NOW = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
ANSWERED = {ROAD: Road.REFETCH.value}
MOVEMENT: dict[str, Any] = {
    "id": "ccsbtxn_1Na16B2eZvKYlo2CUhyw3dsF",
    "object": "customer_cash_balance_transaction",
    "created": int(NOW.timestamp()),
    "currency": "mxn",
    "customer": "cus_9s6XKzkNRiz8i3",
    "ending_balance": 913550,
    "funded": {"bank_transfer": {"reference": "Pedido CM-7K3F-92QX", "type": "mx_bank_transfer"}},
    "livemode": True,
    "net_amount": 913550,
    "type": "funded",
}
FUNDING: dict[str, Any] = {
    "object": "funding_instructions",
    "bank_transfer": {
        "country": "MX",
        "financial_addresses": [{"type": "spei", "spei": {"clabe": "646180115700294217", "bank_name": "STP"}}],
        "type": "mx_bank_transfer",
    },
}


def event(kind: str = "customer_cash_balance_transaction.created", thing: dict[str, Any] | None = None) -> bytes:
    return json.dumps({"id": "evt_1", "object": "event", "type": kind, "data": {"object": thing or MOVEMENT}}).encode()


def stamped(body: bytes, *, secret: str = SECRET, at: datetime = NOW, scheme: str = "v1", more: str = "") -> str:
    stamp = str(int(at.timestamp()))
    code = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return f"t={stamp},{scheme}={code}{more}"


def judged(
    header: str, *, body: bytes = b"{}", secrets: tuple[str, ...] = (SECRET, OLDER), **more: Any
) -> Authenticity:
    notice = RawNoticeIn(body, {"Stripe-Signature": header}, "10.1.1.1", received_at=more.get("received_at", NOW))
    return ADAPTER.authentic(notice, FeedSecrets(secrets))


def test_a_signature_over_the_body_is_taken_also_with_the_secret_before_this_one() -> None:
    assert judged(stamped(b"{}")) is Authenticity.SIGNED
    assert judged(stamped(b"{}", secret=OLDER)) is Authenticity.SIGNED
    assert (
        judged(stamped(b"{}", secret="whsec_otro", more=f",v1={stamped(b'{}').split('v1=')[1]}")) is Authenticity.SIGNED
    )


@pytest.mark.parametrize(
    "header",
    [
        "",
        "t=,v1=",
        stamped(b"{ }"),
        stamped(b"{}", secret="whsec_otro"),
        stamped(b"{}", secret=""),
        stamped(b"{}", scheme="v0"),
        stamped(b"{}", at=NOW - timedelta(seconds=301)),
        stamped(b"{}", at=NOW + timedelta(seconds=301)),
        stamped(b"{}") + f",t={int(NOW.timestamp()) - 1}",
        stamped(b"{}").replace("t=", "t=-"),
    ],
)
def test_any_other_signature_is_refused(header: str) -> None:
    assert judged(header) is Authenticity.REFUSED


def test_a_signature_at_the_edge_of_five_minutes_holds() -> None:
    assert judged(stamped(b"{}", at=NOW - timedelta(seconds=300))) is Authenticity.SIGNED


def test_without_secrets_or_without_a_moment_nothing_is_believed() -> None:
    assert judged(stamped(b"{}", secret=""), secrets=("",)) is Authenticity.REFUSED
    assert judged(stamped(b"{}"), received_at=None) is Authenticity.REFUSED


def test_a_notice_of_money_is_a_hint_where_to_look() -> None:
    (hint,) = ADAPTER.read(event(), {})
    assert hint == Hint(Asked("cus_9s6XKzkNRiz8i3/ccsbtxn_1Na16B2eZvKYlo2CUhyw3dsF"))
    intent = {"id": "pi_1", "customer": "cus_9s6XKzkNRiz8i3", "payment_method_types": ["customer_balance"]}
    assert ADAPTER.read(event("payment_intent.succeeded", intent), {}) == (Hint(Asked("cus_9s6XKzkNRiz8i3/")),)


@pytest.mark.parametrize(
    "body",
    [
        event(thing={**MOVEMENT, "type": "applied_to_payment"}),
        event("payment_intent.succeeded", {"id": "pi_1", "customer": "cus_1", "payment_method_types": ["card"]}),
        event("customer.created", {"id": "cus_1"}),
    ],
)
def test_what_brings_no_money_is_no_hint(body: bytes) -> None:
    (movement,) = ADAPTER.read(body, {})
    assert isinstance(movement, NotADeposit)


@pytest.mark.parametrize("thing", [{**MOVEMENT, "customer": "cus_1/../../x"}, {**MOVEMENT, "id": ""}])
def test_an_id_that_could_lead_elsewhere_is_refused(thing: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        ADAPTER.read(event(thing=thing), {})


@pytest.fixture
def stripe() -> Iterator[Provider]:
    def answer(question: Question) -> Reply:
        if question.path.endswith("/funding_instructions"):
            return Reply(json.dumps(FUNDING).encode())
        if "?limit=" in question.path:
            return Reply(
                json.dumps({"object": "list", "data": [MOVEMENT, {**MOVEMENT, "type": "funding_reversed"}]}).encode()
            )
        return Reply(json.dumps(MOVEMENT).encode())

    with provider(answer) as there:
        yield there


def fetched(there: Provider, what: str = "cus_9s6XKzkNRiz8i3/ccsbtxn_1Na16B2eZvKYlo2CUhyw3dsF") -> bytes:
    return ADAPTER.refetch(Asked(what), {"secret_key": "rk_live_1", "address": there.url})


def test_stripe_is_asked_for_the_movement_and_for_the_clabe(stripe: Provider) -> None:
    (arrived,) = ADAPTER.read(fetched(stripe), ANSWERED)
    assert isinstance(arrived, Arrived)
    deposit = arrived.deposit
    assert deposit.amount == Money(913550)
    assert deposit.beneficiary_clabe == "646180115700294217"
    assert deposit.concept == "Pedido CM-7K3F-92QX"
    assert deposit.operation_date == date(2026, 11, 19), "the day is Mexico's, not UTC's"
    assert [question.method for question in stripe.asked] == ["GET", "POST"]
    assert all(question.headers["authorization"] == "Bearer rk_live_1" for question in stripe.asked)


def test_identity_is_stripes_own_id_within_its_own_account(stripe: Provider) -> None:
    (arrived,) = ADAPTER.read(fetched(stripe), ANSWERED)
    assert isinstance(arrived, Arrived)
    assert arrived.deposit.held_by == "stripe_mx"
    assert arrived.deposit.sending_institution == INSTITUTION_UNSAID
    assert arrived.deposit.tracking_key == MOVEMENT["id"]


def test_one_that_is_asked_for_alone_or_in_the_list_is_the_same(stripe: Provider) -> None:
    alone = ADAPTER.read(fetched(stripe), ANSWERED)[0]
    listed, reversed_ = ADAPTER.read(fetched(stripe, "cus_9s6XKzkNRiz8i3/"), ANSWERED)
    assert listed == alone
    assert isinstance(reversed_, UnreadLine), "a reversal that names no movement is for a person"


@pytest.mark.parametrize(
    "changes",
    [
        {"net_amount": 9135.5},
        {"net_amount": "913550"},
        {"net_amount": -5},
        {"net_amount": 0},
        {"net_amount": True},
        {"currency": "jpy"},
        {"created": "ayer"},
        {"type": "algo_nuevo"},
        {"object": "charge"},
    ],
)
def test_a_movement_that_is_not_certain_is_an_unread_line(changes: dict[str, Any]) -> None:
    body = json.dumps({"found": {**MOVEMENT, **changes}, "funding": FUNDING}).encode()
    (line,) = ADAPTER.read(body, ANSWERED)
    assert isinstance(line, UnreadLine)


def test_test_money_never_counts_unless_we_said_so_ourselves() -> None:
    body = json.dumps({"found": {**MOVEMENT, "livemode": False}, "funding": FUNDING}).encode()
    assert ADAPTER.read(body, ANSWERED) == (NotADeposit("test_environment", MOVEMENT["id"]),)
    (arrived,) = ADAPTER.read(body, {**ANSWERED, TEST_COUNTS: "yes"})
    assert isinstance(arrived, Arrived)
    assert ADAPTER.is_test({"secret_key": "sk_test_1"})
    assert not ADAPTER.is_test({"secret_key": "sk_live_1"})


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(b"{}", 404), NotFoundThere),
        (Reply(b"{}", 401), FeedRefused),
        (Reply(b"{}", 429), FeedAway),
        (Reply(b"<html>", 200), Unreadable),
    ],
)
def test_troubles_of_stripe_say_whether_to_try_again(reply: Reply, trouble: type[FeedTrouble]) -> None:
    with provider(reply) as there, pytest.raises(trouble):
        fetched(there)
