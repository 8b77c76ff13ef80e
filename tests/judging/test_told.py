"""What the buyer reads when money came that did not simply pay his order: every kind, in plain Spanish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.assistance import listeners as assistance
from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.guarantee import listeners as guarantee
from seguripago.journey.guarantee.commands import accept_delivery, release_due
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.notices.queries import mails
from seguripago.journey.orders.commands import cancel_order, expire_orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import expire_payments
from seguripago.journey.reconciliation.commands import open_part_expired_cases
from seguripago.journey.reconciliation.models import Case
from seguripago.journey.reconciliation.rules import CaseKind
from seguripago.values.money import Money
from tests.delivery.builders import arrive
from tests.judging import movements
from tests.judging.movements import Dollars, Listed, Signed, Unsigned, movement, returned, tell_all
from tests.money import bank
from tests.money.bank import Sale

pytestmark = pytest.mark.django_db

ALL_LANES = ("reconciliation", "reconciliation_alarms", "guarantee.follow", "delivery.prepare", "receipts.issue")


def excess(sold: Sale, at: datetime) -> None:
    tell_all([Signed(movement(sold, (sold.total + Money(1_000)).plain, at=at))], at=at)


def duplicate(sold: Sale, at: datetime) -> None:
    tell_all([Signed(movement(sold, sold.total.plain, at=at)), Signed(movement(sold, sold.total.plain, at=at))], at=at)


def late_for_cancelled(sold: Sale, at: datetime) -> None:
    cancel_order(sold.order_id, by=bank.ANALYST, reason="Ya no.", at=at)
    tell_all([Signed(movement(sold, sold.total.plain, at=at))], at=at)


def late_for_ever(sold: Sale, at: datetime) -> None:
    tell_all([Signed(movement(sold, sold.total.plain, at=at, settled_at=at + timedelta(days=60)))], at=at)


def part_expired(sold: Sale, at: datetime) -> None:
    later = at + timedelta(hours=30)
    expire_payments(at=later)
    expire_orders(later)
    tell_all([Signed(movement(sold, "10.00", at=later))], at=later)


def part_whose_clock_ended(sold: Sale, at: datetime) -> None:
    tell_all([Signed(movement(sold, "10.00", at=at))], at=at)
    open_part_expired_cases(at=at + timedelta(hours=30))


def in_dollars(sold: Sale, at: datetime) -> None:
    tell_all([Dollars(movement(sold, sold.total.plain, at=at))], at=at)


def contradiction(sold: Sale, at: datetime) -> None:
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said), Listed(said.saying("1.00"))], at=at)


def returned_after(sold: Sale, at: datetime) -> None:
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said), returned(said)], at=at)


TOLD: list[tuple[Callable[[Sale, datetime], None], CaseKind, tuple[str, ...]]] = [
    (excess, CaseKind.EXCESS, ("Recibimos $10.00 de más.", "reembolso")),
    (duplicate, CaseKind.DUPLICATE, ("tu pedido ya estaba pagado", "reembolso")),
    (late_for_cancelled, CaseKind.LATE, ("que se había cancelado", "reembolso")),
    (late_for_ever, CaseKind.LATE, ("el plazo de este pedido ya había terminado", "Tu dinero está ubicado")),
    (part_expired, CaseKind.PART_EXPIRED, ("El plazo terminó con $10.00 recibidos",)),
    (part_whose_clock_ended, CaseKind.PART_EXPIRED, ("El plazo terminó con $10.00 recibidos",)),
    (in_dollars, CaseKind.CONTRADICTION, ("Llegó un depósito en USD",)),
    (contradiction, CaseKind.CONTRADICTION, ("Estamos aclarando con el banco el monto",)),
    (returned_after, CaseKind.REVERSED, ("El banco regresó tu transferencia", "transfiere otra vez")),
]


@pytest.mark.parametrize(("happens", "kind", "words"), TOLD, ids=[each[0].__name__ for each in TOLD])
def test_the_order_page_says_it(
    happens: Callable[[Sale, datetime], None], kind: CaseKind, words: tuple[str, ...], client: Client
) -> None:
    at = timezone.now()
    sold = bank.sale(at)

    happens(sold, at)

    case = Case.objects.exclude(state="done").get()
    assert case.kind == kind
    page = client.get(f"/pedido/{order(sold.order_id).access_token}/").content.decode()
    for said in words:
        assert said in page, said


def test_what_only_an_unsigned_notice_says_worries_nobody(client: Client) -> None:
    at = timezone.now()
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said), Unsigned(said.saying("1.00"))], at=at)

    page = client.get(f"/pedido/{order(sold.order_id).access_token}/").content.decode()
    assert "aclarando con el banco" not in page
    assert order(sold.order_id).shipping_hold is False


def test_a_guarantee_is_not_released_while_the_money_is_gone(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    tell_all([Signed(said)], at=at)
    bank.turn(at, only=ALL_LANES)
    send_parcel(
        sold.order_id, None, carrier="estafeta", tracking_number="8055241528464720099314", by=bank.ANALYST, at=at
    )
    arrive(sold.order_id, by=bank.ANALYST, at=at)
    bank.turn(at, only=ALL_LANES)
    tell_all([returned(said)], at=at)
    bank.turn(at, only=ALL_LANES)

    accept_delivery(sold.order_id, by=bank.ANALYST, at=at)
    assert release_due(at + timedelta(days=40)) == 0

    held = guarantee_of(sold.order_id)
    assert held is not None
    assert held.state == "held"
    assert balance(sold.store_id, Account.DUE_TO_STORE).is_zero
    tell_all([Signed(movement(sold, sold.total.plain, at=at))], at=at)
    bank.turn(at, only=ALL_LANES)
    assert release_due(at + timedelta(days=40)) == 1
    assert balance(sold.store_id, Account.DUE_TO_STORE) == -sold.total


def test_everything_that_had_heard_of_the_payment_bears_that_it_is_gone_and_comes_again(at: datetime) -> None:
    lanes = (*ALL_LANES, "assistance", "notices.mail", "payments.retire")
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    for telling in (Signed(said), returned(said), Signed(movement(sold, sold.total.plain, at=at))):
        tell_all([telling], at=at)
        bank.turn(at, only=lanes)
        assert movements.broken_invariants() == {}

    assert order(sold.order_id).state == "preparing"
    held = guarantee_of(sold.order_id)
    assert held is not None
    assert (held.state, held.amount) == ("held", sold.total)
    subjects = [mail.subject for mail in mails(sold.store_id)]
    assert any("El banco regresó tu transferencia" in subject for subject in subjects), subjects


def test_the_chat_and_the_guarantee_hear_of_it() -> None:
    for room in (assistance, guarantee):
        assert any("PaymentReversed" in {kind.__name__ for kind in lane.facts} for lane in room.LISTENERS)
