"""An order that a transfer paid, whose parcel may have come; its buyer, an analyst, and people who decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import MoneyOffer, Verdict
from seguripago.journey.claims.queries import ClaimView, claim
from seguripago.journey.claims.rules import OfferKind, Reason, Wanted
from seguripago.journey.delivery.commands import deliver_all, send_parcel
from seguripago.journey.delivery.rules import Says
from seguripago.journey.guarantee.models import Guarantee
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation import commands as bank_side
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from tests.approvals.people import works
from tests.money import bank
from tests.orders import builders
from tests.refunds.world import hear

LUCIA = Actor.buyer("Lucía Hernández Robles")
DAY = timedelta(days=1)
HUNDRED = Money(100_00)
NOTHING = Money(0)


@dataclass(frozen=True, slots=True)
class Bought:
    """A paid order and the people around it. Ana works at the desk, Diego supervises, Olga owns the store."""

    store_id: int
    order_id: int
    total: Money
    ana: Actor
    diego: Actor
    olga: Actor

    def money(self, account: Account) -> Money:
        return balance(self.store_id, account)

    @property
    def guarantee(self) -> Guarantee:
        return Guarantee.objects.get(order_id=self.order_id)


def bought(at: datetime, *, pieces: int = 1) -> Bought:
    store_id = bank.bank_store()
    sold = bank.sale(at, store_id=store_id, lines=((builders.make_product(store_id, stock=10), pieces),))
    total = order(sold.order_id).total
    bank.transfer(sold, total.plain, at=at)
    hear(at)
    ana = works(sold.store_id, "analyst", "Ana")
    diego, olga = works(sold.store_id, "supervisor", "Diego"), works(sold.store_id, "owner", "Olga")
    return Bought(sold.store_id, sold.order_id, total, ana, diego, olga)


def sent(at: datetime) -> Bought:
    there = bought(at)
    send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=there.ana, at=at)
    hear(at)
    return there


def delivered(at: datetime) -> Bought:
    there = sent(at)
    deliver_all(there.order_id, says=Says.CARRIER, by=there.ana, at=at)
    hear(at)
    return there


def claimed(there: Bought, at: datetime, *, reason: Reason = Reason.DAMAGED) -> int:
    return claims.open_claim(
        there.order_id, reason=reason, wanted=Wanted.REFUND, details="La caja llegó golpeada", by=LUCIA, at=at
    )


def view(claim_id: int) -> ClaimView:
    found = claim(claim_id)
    assert found is not None
    return found


def waiting(there: Bought, claim_id: int) -> ProposalView:
    subject = f"claim:{claim_id}"
    return open_proposals_of(there.store_id, [subject])[subject]


def offered(there: Bought, claim_id: int, kind: OfferKind, amount: Money, at: datetime, **more: str) -> int:
    """An offer of money, proposed by Ana and approved by Diego."""
    claims.propose_offer(claim_id, MoneyOffer(kind, amount, **more), by=there.ana, at=at)
    found = waiting(there, claim_id)
    return claims.approve_offer(found.id, seen=found.hash, by=there.diego, at=at)


def verdict(there: Bought, to_buyer: Money) -> Verdict:
    return Verdict(there.total - to_buyer, to_buyer, "Las fotos muestran el golpe.")


def decided(
    there: Bought,
    claim_id: int,
    to_buyer: Money,
    at: datetime,
    *,
    by: tuple[Actor, Actor] | None = None,
) -> None:
    """A decision, proposed by Ana and approved by Diego unless others are named."""
    maker, checker = by or (there.ana, there.diego)
    claims.propose_decision(claim_id, verdict(there, to_buyer), by=maker, at=at)
    found = waiting(there, claim_id)
    claims.approve_decision(found.id, seen=found.hash, by=checker, at=at)


def bank_pays_back(there: Bought, amount: Money, at: datetime) -> ReturnInstruction:
    """The bank is told by a file, and has carried it out."""
    found = payment_of(there.order_id)
    assert found is not None
    bank_side.make_return_file(there.store_id, by=there.diego, at=at)
    row = ReturnInstruction.objects.filter(payment_id=found.id).order_by("-pk")[0]
    bank_side.confirm_return(row.pk, amount=amount, says="estado de cuenta", by=there.diego, at=at)
    hear(at)
    return row
