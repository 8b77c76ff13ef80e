"""A gateway that takes any refund, as some real ones and their stand-ins do, and a store with a charge paid there."""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from seguripago.config import wiring
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.facts.models import FactRow
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.cards.commands.following import follow_charge, tell_refund, unsent_refunds
from seguripago.journey.cards.commands.settling import keep_answer
from seguripago.journey.cards.models import CardCharge, CardRefund
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import ask_card
from seguripago.journey.refunds.commands import approve_refund, ask_refund_of_charge
from seguripago.ports.card_gateways import ChargeResult, PayStatus
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.approvals.people import checker, maker
from tests.money import bank
from tests.orders import builders

_count = itertools.count(1)
NOTHING = Money(0)


@dataclass
class Loopback:
    """The other end of the sandbox's adapter. It caps nothing, and misbehaves as told.

    `behaves`: fine; lost (done, and no answer); drops (not done, and no answer); refuses; slow (pending); away
    (asked in vain).
    """

    url: str = ""
    behaves: str = "fine"
    tells_keys: bool = True
    calls: int = 0
    refunds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    disputes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def gone(self, ref: str) -> int:
        return sum(each["centavos"] for each in self.refunds.get(ref, ()) if each["status"] != "failed")

    def said(self, ref: str) -> dict[str, Any]:
        told = [{**each, "key": each["key"] if self.tells_keys else ""} for each in self.refunds.get(ref, ())]
        return {
            "id": ref,
            "status": "paid",
            "centavos": 1,
            "refunded": self.gone(ref),
            "currency": "MXN",
            "redirect_url": "",
            "decline": "",
            "authorization": "123456",
            "card_label": "Visa •••• 4242",
            "refunds": told,
            "disputes": self.disputes.get(ref, []),
        }

    def refund(self, ref: str, centavos: int, key: str) -> dict[str, Any] | None:
        self.calls += 1
        if self.behaves == "drops":
            return None
        status = "pending" if self.behaves == "slow" else "done"
        made = {"id": f"re_{next(_count)}", "charge": ref, "centavos": centavos, "status": status, "key": key}
        self.refunds.setdefault(ref, []).append(made)
        return None if self.behaves == "lost" else {**made, "currency": "MXN"}


@contextmanager
def loopback() -> Iterator[Loopback]:
    found = Loopback()

    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if found.behaves == "away":
                self._answer(503, {"error": "away"})
                return
            self._answer(200, found.said(urlsplit(self.path).path.split("/")[3]))

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            if found.behaves == "refuses":
                found.calls += 1
                self._answer(422, {"error": "charge_too_old"})
                return
            ref = urlsplit(self.path).path.split("/")[3]
            made = found.refund(ref, asked["centavos"], self.headers["idempotency-key"])
            if made is None:
                self.close_connection = True
            else:
                self._answer(200, made)

        def _answer(self, status: int, said: dict[str, Any]) -> None:
            body = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            """Say nothing: the test reads what was kept."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(settings, "SEGURIPAGO", replace(settings.SEGURIPAGO, sandbox_url=found.url))
            yield found
        server.shutdown()
        thread.join()


@dataclass(frozen=True, slots=True)
class Charged:
    """An order that a card paid, and two people of its store."""

    store_id: int
    order_id: int
    payment_id: int
    charge_id: int
    ref: str
    total: Money
    mariana: Actor
    diego: Actor

    def money(self, account: Account) -> Money:
        return balance(self.store_id, account)

    @property
    def refunds(self) -> list[CardRefund]:
        return list(CardRefund.objects.filter(charge=self.charge_id).order_by("pk"))


def charged(at: datetime, *, store_id: int | None = None, over: Money = NOTHING) -> Charged:
    """A verified order that a card has paid at the gateway; `over`: with so much more than it missed."""
    store_id = store_id or bank.bank_store()
    order_id = builders.verified(at, store_id=store_id)
    asked = ask_card(order_id, at=at)
    number = next(_count)
    ref = f"ch_{order_id}_{number}"
    row = CardCharge.objects.create(
        store_id=store_id,
        payment_id=asked.payment_id,
        gateway="sandbox",
        key=f"{order_id}-test-key-of-a-charge-{number}",
        amount_centavos=(asked.amount + over).centavos,
        ask_at=at,
        made_at=at,
        changed_at=at,
    )
    paid = ChargeResult(ref, PayStatus.PAID, asked.amount + over, Money.zero(), card_label="Visa •••• 4242")
    assert keep_answer(row.pk, paid, at=at) == "paid"
    total = order(order_id).total
    return Charged(store_id, order_id, asked.payment_id, row.pk, ref, total, maker(store_id), checker(store_id))


def charged_twice(at: datetime) -> tuple[Charged, Charged]:
    """An order that a card paid, and then the same card again: what the second brought is a case."""
    first = charged(at)
    row = CardCharge.objects.get(pk=first.charge_id)
    row.pk, row.key, row.ref, row.state = None, f"{row.key}-again", "", "created"
    row.captured_centavos, row.ask_at = 0, at
    row.save(force_insert=True)
    ref = f"{first.ref}_again"
    paid = ChargeResult(ref, PayStatus.PAID, first.total, Money.zero(), card_label="Visa •••• 4242")
    assert keep_answer(row.pk, paid, at=at) == "paid"
    return first, replace(first, charge_id=row.pk, ref=ref)


def decided(there: Charged, at: datetime, amount: str = "", reason: str = "Se agotó una pieza") -> int:
    """Mariana asks, Diego approves; gives the refund's id."""
    made = ask_refund_of_charge(there.store_id, there.charge_id, amount=amount, reason=reason, by=there.mariana, at=at)
    seen = proposal(there.store_id, made)
    assert seen is not None
    approve_refund(made, seen=seen.hash, by=there.diego, at=at)
    return there.refunds[-1].pk


def carry(there: Charged, at: datetime) -> None:
    """What the job does: tell what was decided, then ask."""
    for refund_id in unsent_refunds():
        tell_refund(refund_id, at=at)
    follow_charge(there.charge_id, at=at)


def published[F: Fact](kind: type[F]) -> list[F]:
    """Every fact of a kind that was announced, in order."""
    rows = FactRow.objects.filter(kind=kind.__name__).order_by("pk")
    return [kind.from_json(row.body) for row in rows]


def hear(at: datetime) -> None:
    """Let every listener of the money read what was published."""
    number_facts()
    for listener in wiring.listeners():
        if not listener.name.startswith(("assistance", "notices", "live", "supervision")):
            while listen_once(listener, at=at):
                number_facts()
