"""Two purchases of one store with everything that comes after the money, and everybody who works there.

The first came: its parcel has a proof, its claim files of both sides and an offer that waits for a second person.
Of the second a part goes back to an account that the buyer gave with a proof, and that waits for a second person too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.test import Client

from seguripago.foundations.approvals.queries import ProposalView, open_proposals_of
from seguripago.foundations.people.models import User
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Conversation
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import MoneyOffer
from seguripago.journey.claims.queries import claim
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.delivery.commands import add_proof
from seguripago.journey.delivery.models import Shipment
from seguripago.journey.orders.queries import order
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.rules import RefundReason
from seguripago.values.actor import Actor
from tests.approvals.people import works
from tests.claims.world import HUNDRED, LUCIA, Bought, claimed, delivered
from tests.evidence.files import pdf, picture
from tests.money import bank
from tests.refunds.world import hear

CLABE = "646180157000000004"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What stands there, by id; the people by name."""

    there: Bought
    people: dict[str, Actor]
    claim_id: int
    shipment_id: int
    proof_id: int
    file_ids: tuple[int, int]
    owed_order_id: int
    refund_id: int
    account_id: int

    @property
    def order(self) -> OrderView:
        return order(self.there.order_id)

    @property
    def owed(self) -> OrderView:
        return order(self.owed_order_id)

    @property
    def claim_number(self) -> str:
        found = claim(self.claim_id)
        assert found is not None
        return found.number

    def asked(self, subject: str) -> ProposalView:
        return open_proposals_of(self.there.store_id, [subject])[subject]

    @property
    def offer_asked(self) -> ProposalView:
        return self.asked(f"claim:{self.claim_id}")

    @property
    def account_asked(self) -> ProposalView:
        return self.asked(f"refund:{self.refund_id}")

    def browser(self, name: str) -> Client:
        """Where this person has signed in; `stranger` and `buyer` have not."""
        client = Client()
        if name in self.people:
            client.force_login(User.objects.get(pk=self.people[name].id))
        return client


def aftermath(at: datetime) -> Aftermath:
    there = delivered(at)
    people = {
        "ana": there.ana,
        "dario": works(there.store_id, "analyst", "Darío"),
        "mariana": works(there.store_id, "payments", "Mariana"),
        "diego": there.diego,
        "olga": there.olga,
    }
    attended(there.store_id, there.order_id, people["dario"], at)
    parcel = Shipment.objects.get(order_id=there.order_id)
    proof = add_proof(parcel.pk, filename="entrega.png", body=picture(), by=there.diego, at=at)
    claim_id = claimed(there, at)
    shown = claims.keep_claim_file(claim_id, filename="golpe.png", body=picture(size=(50, 40)), by=LUCIA, at=at)
    answered = claims.keep_claim_file(claim_id, filename="salida.pdf", body=pdf(), by=there.diego, at=at)
    offer = MoneyOffer(OfferKind.REFUND_PART, HUNDRED, "Te devolvemos una parte")
    claims.propose_offer(claim_id, offer, by=people["dario"], at=at)
    owed = bank.sale(at, store_id=there.store_id)
    bank.transfer(owed, owed.total.plain, at=at, payer_account="")
    hear(at)
    refund_id = refunds.ask_refund(
        owed.order_id, HUNDRED, reason=RefundReason.BY_STORE, note="Faltó una pieza", by=people["mariana"], at=at
    )
    decided = open_proposals_of(there.store_id, [f"refund:{refund_id}"])[f"refund:{refund_id}"]
    refunds.approve_any(decided.id, seen=decided.hash, by=there.diego, at=at)
    hear(at)
    account = refunds.give_account(
        refund_id, clabe=CLABE, holder="Lucía Hernández", filename="estado.png", body=picture(), by=LUCIA, at=at
    )
    refunds.propose_account(account, by=people["mariana"], at=at)
    return Aftermath(there, people, claim_id, parcel.pk, proof, (shown, answered), owed.order_id, refund_id, account)


def attended(store_id: int, order_id: int, analyst: Actor, at: datetime) -> int:
    """A conversation about the order that the analyst attends."""
    asked = chat.StartConversation(
        f"t-{order_id}-" + "x" * 30, "Lucía", "lucia@correo.test", "55 5012 8846", "order", "Hola", "spei"
    )
    talk = chat.start_conversation(store_id, asked, at=at)
    Conversation.objects.filter(pk=talk).update(order_id=order_id, analyst_id=analyst.id)
    return talk
