"""The bank, played: signed notices through the real door, and the worker's lanes turned by hand."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, SignedNotice, signed_notice
from seguripago.config import wiring
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.stores.queries import feed_secrets, store_by_id
from seguripago.journey.bank.commands import keep_notice, read_notices
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import send_transfer_details
from seguripago.journey.payments.queries import PaymentView, payment_of
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.orders import builders

ANALYST = Actor.staff(7, "Mariana Ríos")
_count = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Sale:
    """An order whose bank details were sent."""

    store_id: int
    order_id: int
    clabe: str
    total: Money


def bank_store(**more: object) -> int:
    """A store whose sandbox bank and STP know a secret."""
    return builders.make_store(**bank_secrets(), **more)


def bank_secrets() -> dict[str, Any]:
    """What a store is opened with so that its sandbox bank and STP know a secret."""
    from seguripago.ports.store_secrets import store_secret

    hook_key = secrets.token_urlsafe(24)
    main_key = secrets.token_bytes(32)
    feeds = {feed: store_secret(main_key, f"bank:{feed}", hook_key) for feed in ("sandbox", "stp")}
    return {"hook_key": hook_key, "feed_secrets": feeds}


def sale(at: datetime, *, store_id: int | None = None, **more: object) -> Sale:
    """Sell something and send the bank details."""
    store_id = store_id or bank_store()
    order_id = builders.verified(at, store_id=store_id, **more)
    send_transfer_details(order_id, by=ANALYST, at=at)
    payment = payment_of(order_id)
    assert payment is not None
    assert payment.instructions is not None
    return Sale(store_id, order_id, payment.instructions.clabe, order(order_id).total)


def notice(
    store_id: int,
    *,
    clabe: str,
    amount: str,
    at: datetime,
    tracking_key: str = "",
    operation_date: date | None = None,
    sending_institution: str = "40012",
    settled_at: datetime | None = None,
    concept: str = "Pago",
    payer_account: str = "012180015012884670",
    message_id: str = "",
) -> SignedNotice:
    """A signed notice; each call is another movement unless the marks are given."""
    number = next(_count)
    transfer = SandboxTransfer(
        bank_id=number,
        clabe=clabe,
        amount_text=amount,
        tracking_key=tracking_key or f"PRUEBA{number:08d}",
        operation_date=operation_date or at.date(),
        settled_at=settled_at or at,
        sending_institution=sending_institution,
        concept=concept,
        payer_account=payer_account,
    )
    secret = feed_secrets(store_id)["sandbox"]
    # The library compares the signature's time with the machine's clock.
    return signed_notice(transfer, secret, message_id=message_id or f"msg_{number}", at=datetime.now(UTC))


def deliver(store_id: int, sent: SignedNotice, *, at: datetime) -> int:
    """Bring a notice to the door; gives the status that the bank sees."""
    answer = keep_notice(
        "sandbox",
        store_by_id(store_id).hook_key,
        body=sent.body,
        headers=sent.headers,
        remote_address="127.0.0.1",
        at=at,
    )
    assert answer is not None
    return answer[0]


def transfer(sold: Sale, amount: str, *, at: datetime, **more: object) -> int:
    """Deliver a transfer to the order's CLABE and turn the lanes until nothing is left."""
    status = deliver(sold.store_id, notice(sold.store_id, clabe=sold.clabe, amount=amount, at=at, **more), at=at)
    turn(at)
    return status


def turn(at: datetime, *, only: tuple[str, ...] = ("reconciliation", "reconciliation_alarms")) -> None:
    """Do what the worker does until nothing is left to do."""
    lanes = [listener for listener in wiring.listeners() if listener.name in only]
    while True:
        moved = read_notices(at=at)
        moved += len(number_facts())
        moved += sum(listen_once(lane, at=at) for lane in lanes)
        if not moved:
            return


def paid_view(order_id: int) -> PaymentView:
    found = payment_of(order_id)
    assert found is not None
    return found
