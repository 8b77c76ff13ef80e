"""After the money no page asks more of the database because there is more to show."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.foundations.people.models import User
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import MoneyOffer
from seguripago.journey.claims.rules import OfferKind, Reason, Wanted
from seguripago.journey.delivery.commands import add_proof, mark_delivered, send_parcel
from seguripago.journey.delivery.models import ShipmentProof
from seguripago.journey.delivery.rules import Says
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.rules import RefundReason
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.web.dossier.building import dossier
from tests.approvals.people import works
from tests.claims.world import LUCIA, Bought, view, waiting
from tests.evidence.files import picture
from tests.money import bank
from tests.orders import builders
from tests.refunds.world import hear
from tests.web.aftermath import CLABE, attended

pytestmark = pytest.mark.django_db
MANY = 30
PESO = Money(1_00)


@pytest.fixture
def at() -> datetime:
    return timezone.now()


def in_store(store_id: int, at: datetime, count: int, *, pieces: int = 1) -> list[Bought]:
    """Orders of one store that transfers from no known account paid, and three of its people."""
    lines = ((builders.make_product(store_id, stock=count * pieces), pieces),)
    sold = [bank.sale(at, store_id=store_id, lines=lines) for _ in range(count)]
    for each in sold:
        bank.transfer(each, each.total.plain, at=at, payer_account="")
    hear(at)
    ana, diego, olga = (works(store_id, role, role.title()) for role in ("analyst", "supervisor", "owner"))
    return [Bought(store_id, each.order_id, each.total, ana, diego, olga) for each in sold]


def send_pieces(there: Bought, count: int, at: datetime) -> None:
    """So many parcels of one piece each, arrived with a proof."""
    (line,) = order(there.order_id).lines
    clean = picture()
    for _ in range(count):
        number = f"44108872{ShipmentProof.objects.count():02}"
        parcel = send_parcel(there.order_id, {line.id: 1}, carrier="dhl", tracking_number=number, by=there.olga, at=at)
        mark_delivered(parcel, says=Says.STORE, by=there.olga, at=at, received_by="Portería")
        add_proof(parcel, filename="entrega.png", body=clean, by=there.olga, at=at)


def claim_much(there: Bought, count: int, at: datetime) -> int:
    """A claim in which both sides say and offer so often."""
    claim_id = claims.open_claim(
        there.order_id, reason=Reason.OTHER, wanted=Wanted.REFUND, details="La caja llegó golpeada", by=LUCIA, at=at
    )
    more_of_it(there, claim_id, count, at)
    return claim_id


def more_of_it(there: Bought, claim_id: int, count: int, at: datetime) -> None:
    for turn in range(count):
        claims.add_words(claim_id, words=f"Dice la tienda {turn}", by=there.diego, at=at)
        claims.propose_offer(claim_id, MoneyOffer(OfferKind.REFUND_PART, PESO), by=there.ana, at=at)
        asked = waiting(there, claim_id)
        offer = claims.approve_offer(asked.id, seen=asked.hash, by=there.diego, at=at)
        claims.refuse_offer(claim_id, offer, words=f"No acepto {turn}", by=LUCIA, at=at)
        if turn < 5:
            body = picture(size=(20 + turn + len(view(claim_id).files), 9))
            claims.keep_claim_file(claim_id, filename="a.png", body=body, by=LUCIA, at=at)
            claims.keep_claim_file(claim_id, filename="b.png", body=body, by=there.diego, at=at)


def refund_much(there: Bought, mariana: Actor, count: int, at: datetime) -> int:
    """So many refunds, each with a leg that waits for an account and one that was given. The last one's id."""
    refund_id = 0
    for _ in range(count):
        refund_id = refunds.ask_refund(
            there.order_id, PESO, reason=RefundReason.BY_STORE, note="Faltó", by=mariana, at=at
        )
        subject = f"refund:{refund_id}"
        asked = open_proposals_of(there.store_id, [subject])[subject]
        refunds.approve_any(asked.id, seen=asked.hash, by=there.diego, at=at)
        refunds.give_account(
            refund_id, clabe=CLABE, holder="Lucía Hernández", filename="a.png", body=picture(), by=LUCIA, at=at
        )
    return refund_id


def signed_in(who: Actor) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=who.id))
    return client


def asked_of(browser: Client, path: str) -> int:
    """How many statements a page takes, the second time: what the process keeps is kept then."""
    assert browser.get(path).status_code == 200, path
    with CaptureQueriesContext(connection) as seen:
        browser.get(path)
    return len(seen)


def grown(before: dict[str, int], now: dict[str, int]) -> list[str]:
    return [
        f"{name}: {before[name]} statements for one, {count} for {MANY}"
        for name, count in now.items()
        if count > before[name]
    ]


def test_a_purchases_own_pages(at: datetime) -> None:
    """One of everything, then thirty: parcels with proofs, a claim's words, offers and files, refunds with accounts."""
    store_id = bank.bank_store()
    (there,) = in_store(store_id, at, 1, pieces=MANY + 1)
    mariana, dario = works(store_id, "payments", "Mariana"), works(store_id, "analyst", "Darío")
    talk, bought = attended(store_id, there.order_id, dario, at), order(there.order_id)
    buyer, owner, clerk, desk = Client(), signed_in(there.olga), signed_in(mariana), signed_in(dario)
    page = f"/pedido/{bought.access_token}/"

    def counted(claim_id: int, refund_id: int) -> dict[str, int]:
        found = {
            "order": asked_of(buyer, page),
            "order, what changes": asked_of(buyer, f"{page}estado/"),
            "claim": asked_of(buyer, f"{page}reclamacion/"),
            "claim, what changes": asked_of(buyer, f"{page}reclamacion/estado/"),
            "order in the office": asked_of(owner, f"/oficina/pedidos/{bought.number}/"),
            "claim in the office": asked_of(owner, f"/oficina/reclamaciones/{view(claim_id).number}/"),
            "claim at the desk": asked_of(desk, f"/oficina/reclamaciones/{view(claim_id).number}/"),
            "parcels": asked_of(owner, "/oficina/envios/"),
            "refund in the office": asked_of(owner, f"/oficina/reembolsos/{refund_id}/"),
            "refund": asked_of(clerk, f"/medios-de-pago/reembolsos/{refund_id}/"),
            "refunds": asked_of(clerk, "/medios-de-pago/reembolsos/"),
            "panel of the desk": asked_of(desk, f"/mesa/{talk}/pedido/"),
        }
        with CaptureQueriesContext(connection) as seen:
            dossier(there.order_id, reason="Aclaración", by=there.olga, at=at)
        return found | {"expediente": len(seen)}

    send_pieces(there, 1, at)
    claim_id = claim_much(there, 1, at)
    one = counted(claim_id, refund_much(there, mariana, 1, at))
    claims.withdraw_claim(claim_id, by=LUCIA, at=at)
    send_pieces(there, MANY - 1, at)
    claim_id = claim_much(there, MANY - 1, at)
    many = counted(claim_id, refund_much(there, mariana, MANY - 1, at))
    assert "Dice la tienda 28" in buyer.get(f"{page}reclamacion/").content.decode()
    assert not grown(one, many), "\n".join(grown(one, many))


def test_the_stores_lists(at: datetime) -> None:
    """One order, then thirty, each with a parcel, a claim and a refund."""
    store_id = bank.bank_store()
    (first,) = in_store(store_id, at, 1)
    mariana = works(store_id, "payments", "Mariana")
    owner, clerk = signed_in(first.olga), signed_in(mariana)
    pages = {
        "/oficina/envios/": owner,
        "/oficina/reclamaciones/": owner,
        "/oficina/reembolsos/": owner,
        "/oficina/": owner,
        "/medios-de-pago/reembolsos/": clerk,
    }

    def more(orders: list[Bought]) -> dict[str, int]:
        for each in orders:
            refund_much(each, mariana, 1, at)
            claim_much(each, 0, at)
        return {path: asked_of(browser, path) for path, browser in pages.items()}

    one = more([first])
    many = more(in_store(store_id, at, MANY - 1))
    assert owner.get("/oficina/reclamaciones/").content.decode().count("-R1") >= MANY
    assert not grown(one, many), "\n".join(grown(one, many))
