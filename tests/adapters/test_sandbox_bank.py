"""The demo's bank: what it signs is believed, whatever else is not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from seguripago.adapters.bank_feeds.sandbox import ADAPTER, SandboxTransfer, SignedNotice, signed_notice
from seguripago.ports.bank_feeds import Arrived, Authenticity, FeedSecrets, RawNoticeIn
from seguripago.ports.store_secrets import store_secret
from seguripago.values.money import Money

SECRET = store_secret(b"k" * 32, "bank:sandbox", "hook")
OTHER = store_secret(b"k" * 32, "bank:sandbox", "another hook")


def signed(at: datetime | None = None, secret: str = SECRET) -> SignedNotice:
    moment = at or datetime.now(UTC)
    transfer = SandboxTransfer(
        bank_id=1,
        clabe="646180115700294217",
        amount_text="9135.00",
        tracking_key="BP1",
        operation_date=date(2026, 11, 22),
        settled_at=moment,
        payer_name="MARÍA PEÑA",
    )
    return signed_notice(transfer, secret, message_id="msg_1", at=moment)


def judged(notice: SignedNotice, *secrets: str) -> Authenticity:
    return ADAPTER.authentic(RawNoticeIn(notice.body, notice.headers, "127.0.0.1"), FeedSecrets(secrets))


def test_a_signed_notice_is_believed_and_read() -> None:
    notice = signed()
    assert judged(notice, SECRET) is Authenticity.SIGNED
    assert judged(notice, OTHER, SECRET) is Authenticity.SIGNED
    (movement,) = ADAPTER.read(notice.body, notice.headers)
    assert isinstance(movement, Arrived)
    assert movement.deposit.amount == Money(913500)
    assert movement.deposit.payer_name == "MARÍA PEÑA"


def test_another_key_another_body_and_another_time_are_refused() -> None:
    notice = signed()
    assert judged(notice, OTHER) is Authenticity.REFUSED
    assert judged(SignedNotice(notice.body.replace(b"9135", b"9136"), notice.headers), SECRET) is Authenticity.REFUSED
    moved = {**notice.headers, "webhook-timestamp": str(int(notice.headers["webhook-timestamp"]) + 1)}
    assert judged(SignedNotice(notice.body, moved), SECRET) is Authenticity.REFUSED


@pytest.mark.parametrize("minutes", [-6, 6])
def test_an_old_or_a_future_signature_is_refused(minutes: int) -> None:
    assert judged(signed(datetime.now(UTC) + timedelta(minutes=minutes)), SECRET) is Authenticity.REFUSED


def test_the_same_notice_signed_twice_is_the_same_bytes() -> None:
    at = datetime.now(UTC)
    assert signed(at) == signed(at)


def test_a_secret_belongs_to_its_store_and_purpose() -> None:
    assert len({SECRET, OTHER, store_secret(b"k" * 32, "card:sandbox", "hook")}) == 3
    with pytest.raises(ValueError, match="32 bytes"):
        store_secret(b"short", "bank:sandbox", "hook")
