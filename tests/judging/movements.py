"""What a bank says of movements, by the roads that it says it: signed calls, unsigned calls, the day's list."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import connection, transaction

from seguripago.adapters.bank_feeds.sandbox import SandboxTransfer, signed_notice
from seguripago.foundations.ledger.queries import balances
from seguripago.foundations.stores.queries import feed_secrets, prefixes, store_by_id
from seguripago.journey.bank.commands import heard, keep_movements, keep_notice, keep_own
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.ports.bank_feeds import ROAD, Arrived, Authenticity, Road
from seguripago.ports.bank_notice import read_notice
from seguripago.values.money import Money
from tests.money import bank
from tests.money.bank import Sale

_count = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Said:
    """One movement as the bank may tell it, by any road and as often as it likes."""

    store_id: int
    clabe: str
    amount: str
    at: datetime
    tracking_key: str
    sending_institution: str = "40012"
    concept: str = "Pago"
    payer: str = "JUAN PEREZ LOPEZ"
    reference: int = 0
    settled_at: datetime | None = None

    def saying(self, amount: str) -> Said:
        """The same movement with another amount."""
        return replace(self, amount=amount)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed call."""

    said: Said


@dataclass(frozen=True, slots=True)
class Unsigned:
    """STP's call, which nothing signs."""

    said: Said


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the day's list that we asked for: `state` LQ arrived, D went back."""

    said: Said
    state: str = "LQ"


@dataclass(frozen=True, slots=True)
class Dollars:
    """A line of a statement in another currency, as every statement's reader hands it over."""

    said: Said
    is_returned: bool = False


type Telling = Signed | Unsigned | Listed | Dollars


def movement(sold: Sale, amount: str, *, at: datetime, **more: object) -> Said:
    """Another movement each time, to the order's CLABE unless another is given."""
    number = next(_count)
    values: dict[str, object] = {
        "store_id": sold.store_id,
        "clabe": sold.clabe,
        "amount": amount,
        "at": at,
        "tracking_key": f"MOV{number:010d}",
    }
    return Said(**{**values, **more})  # type: ignore[arg-type]


def returned(said: Said) -> Listed:
    """The bank took it back."""
    return Listed(said, "D")


def tell(telling: Telling, *, at: datetime) -> None:
    """Bring one notice to its door."""
    match telling:
        case Signed(said):
            _call(said, "sandbox", at=at)
        case Unsigned(said):
            _call(said, "stp", at=at)
        case Listed(said, state):
            _list(said, state, at=at)
        case Dollars(said, is_returned):
            _dollars(said, "returned_by_bank" if is_returned else None, at=at)


def tell_all(tellings: Sequence[Telling], *, at: datetime, together: bool = False) -> None:
    """Bring notices in their order; the worker looks after each of them, or only when all are there."""
    for telling in tellings:
        tell(telling, at=at)
        if not together:
            bank.turn(at)
    bank.turn(at)


def end_state(sold: Sale) -> dict[str, object]:
    """What invariant 10 compares: deposits, totals, order and payment."""
    payment = payment_of(sold.order_id)
    assert payment is not None
    seen = order(sold.order_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.tracking_key, d.amount_centavos,"
            " EXISTS (SELECT 1 FROM deposit_return r WHERE r.deposit_id = d.id)"
            " FROM deposit d WHERE d.store_id = %s ORDER BY 1",
            [sold.store_id],
        )
        deposits = cursor.fetchall()
        cursor.execute(
            "SELECT coalesce(sum(a.centavos), 0) FROM allocation a JOIN reconciliation_case c ON c.id = a.case_id"
            " WHERE c.store_id = %s AND c.kind <> 'reversed'",
            [sold.store_id],
        )
        (set_apart,) = cursor.fetchone()
    return {
        "deposits": deposits,
        "payment": (payment.state.value, payment.received.centavos),
        "order": (seen.state, seen.stock_state, seen.shipping_hold),
        "set apart": set_apart,
        "ledger": {account: money.centavos for account, money in balances(sold.store_id).items() if money},
    }


def broken_invariants() -> dict[str, int]:
    """The inv_* views that have rows."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv\\_%' ORDER BY 1")
        views = [row[0] for row in cursor.fetchall()]
        assert views
        found = {}
        for view in views:
            cursor.execute(f"SELECT count(*) FROM {view}")
            if rows := cursor.fetchone()[0]:
                found[view] = rows
        return found


def body_of(said: Said, number: int) -> dict[str, object]:
    """The fields of STP's notice."""
    return {
        "id": number,
        "fechaOperacion": int(f"{said.at:%Y%m%d}"),
        "institucionOrdenante": said.sending_institution,
        "institucionBeneficiaria": "90646",
        "claveRastreo": said.tracking_key,
        "monto": said.amount,
        "nombreOrdenante": said.payer,
        "cuentaOrdenante": "012180015012884670",
        "cuentaBeneficiario": said.clabe,
        "conceptoPago": said.concept,
        "referenciaNumerica": said.reference,
        "tipoPago": 1,
        "tsLiquidacion": str(int((said.settled_at or said.at).timestamp() * 1000)),
    }


def _call(said: Said, feed: str, *, at: datetime) -> None:
    number = next(_count)
    key = feed_secrets(said.store_id)[feed]
    if feed == "sandbox":
        transfer = SandboxTransfer(
            bank_id=number,
            clabe=said.clabe,
            amount_text=said.amount,
            tracking_key=said.tracking_key,
            operation_date=said.at.date(),
            settled_at=said.settled_at or said.at,
            sending_institution=said.sending_institution,
            concept=said.concept,
            payer_name=said.payer,
            reference=said.reference,
        )
        sent = signed_notice(transfer, key, message_id=f"msg_{number}", at=datetime.now(UTC))
        body, headers = sent.body, sent.headers
    else:
        basic = base64.b64encode(f"stp:{key}".encode()).decode()
        body = json.dumps(body_of(said, number)).encode()
        headers = {"authorization": f"Basic {basic}", "content-type": "application/json"}
    hook_key = store_by_id(said.store_id).hook_key
    answer = keep_notice(feed, hook_key, body=body, headers=headers, remote_address="127.0.0.1", at=at)
    assert answer is not None
    assert answer[0] == 200, answer


def _list(said: Said, state: str, *, at: datetime) -> None:
    line = {**body_of(said, next(_count)), "estado": state, "institucionContraparte": said.sending_institution}
    body = json.dumps({"resultado": {"lst": [line]}}).encode()
    keep_own("stp", said.store_id, body=body, headers={ROAD: Road.LIST.value}, authenticity=Authenticity.FETCHED, at=at)


def _dollars(said: Said, why: str | None, *, at: datetime) -> None:
    body = json.dumps({"id": next(_count), "estado": "LQ"}).encode()
    imported = Authenticity.IMPORTED
    notice_id = keep_own("sandbox", said.store_id, body=body, headers={}, authenticity=imported, at=at)
    (read,) = read_notice(json.dumps(body_of(said, 1)).encode())
    assert isinstance(read, Arrived)
    line = replace(read.deposit, amount=Money(read.deposit.amount.centavos, "USD"))
    own = tuple(each.prefix for each in prefixes(said.store_id))
    movement = heard(
        line,
        store_id=said.store_id,
        notice_id=notice_id,
        feed="sandbox",
        received_at=at,
        prefixes=own,
        believed=True,
        returned=why,
    )
    with transaction.atomic():
        keep_movements([movement], at=at)
