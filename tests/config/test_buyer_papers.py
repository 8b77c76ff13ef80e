"""What stands beside a paid order is told to its buyer in full, and stays with the order for a reason that is said."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from seguripago.foundations.stores.queries import store_by_id
from seguripago.jobs.buyer import erase, export
from seguripago.journey.assistance.living import living
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.models import ClaimFile
from seguripago.journey.delivery.commands import add_proof, mark_delivered, send_parcel
from seguripago.journey.delivery.models import ShipmentProof
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.delivery.rules import Says
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.models import Refund, RefundAccount
from seguripago.journey.refunds.queries import refunds_of
from seguripago.values.actor import Actor
from tests.claims.test_files import picture
from tests.claims.world import bought, claimed
from tests.refunds.test_cancel import CLABE, give, no_account, yes
from tests.refunds.test_machine import Paid, leave, paid
from tests.refunds.world import hear

pytestmark = pytest.mark.django_db


def who(order_id: int) -> dict[str, str]:
    found = order(order_id)
    return {"store": store_by_id(found.store_id).slug, "email": found.buyer.email, "phone": ""}


def test_parcels_and_claims_are_told_and_stay_with_the_order(at: datetime, tmp_path: Path) -> None:
    there = bought(at)
    lucia = Actor.buyer(order(there.order_id).buyer.name)
    send_parcel(there.order_id, None, carrier="dhl", tracking_number="4410887201", by=there.ana, at=at)
    hear(at)
    parcel = shipments_of(there.order_id)[0].id
    mark_delivered(parcel, says=Says.STORE, by=there.ana, at=at, received_by="Doña Remedios, portería")
    add_proof(parcel, filename="firma.jpg", body=picture(3), by=there.ana, at=at)
    hear(at)
    claim_id = claimed(there, at)
    claims.keep_claim_file(claim_id, filename="caja.jpg", body=picture(), by=lucia, at=at)
    said = export(**who(there.order_id), folder=str(tmp_path / "ella"))
    whole = (tmp_path / "ella" / "datos.json").read_text()
    for word in ("Doña Remedios, portería", "4410887201", "firma.jpg", "La caja llegó golpeada", "caja.jpg"):
        assert word in whole, word
    assert said["files"] == 2
    assert sorted(each.name for each in (tmp_path / "ella").iterdir()) == sorted(
        [*json.loads(whole)["archivos"], "datos.json"]
    )
    [stays] = [line for line in erase(**who(there.order_id), confirm="")["stays"] if "pagado" in line]
    for word in ("quién recibió sus paquetes", "reclamación"):
        assert word in stays, word
    shown = erase(**who(there.order_id), confirm="")
    erase(**who(there.order_id), confirm=shown["confirm"])
    assert ShipmentProof.objects.count() == ClaimFile.objects.count() == 1
    assert shipments_of(there.order_id)[0].received_by


def test_an_account_for_a_refund_is_told_and_stays_with_it(at: datetime, tmp_path: Path) -> None:
    there, refund_id = no_account(at)
    give(refund_id, CLABE, at)
    export(**who(there.order_id), folder=str(tmp_path / "ella"))
    whole = (tmp_path / "ella" / "datos.json").read_text()
    for word in (CLABE, "Lucía Hernández", "estado.png"):
        assert word in whole, word
    assert "Faltó una pieza" not in whole, "the store's own note"
    [name] = json.loads(whole)["archivos"]
    assert "-cuenta-" in name
    [stays] = erase(**who(there.order_id), confirm="")["stays"]
    assert "la cuenta que dio para un reembolso" in stays
    assert RefundAccount.objects.get().clabe == CLABE


def cancelled(at: datetime, **payer: str) -> Paid:
    there = paid(at, **payer)
    lucia = Actor.buyer(order(there.order_id).buyer.name)
    refunds.cancel_order(there.order_id, note="Me equivoqué de talla", by=lucia, at=at)
    return there


def test_the_words_of_a_cancellation_are_told(at: datetime, tmp_path: Path) -> None:
    there = cancelled(at)
    export(**who(there.order_id), folder=str(tmp_path / "ella"))
    assert "Me equivoqué de talla" in (tmp_path / "ella" / "datos.json").read_text()


def test_a_conversation_waits_until_the_money_went_back(at: datetime) -> None:
    there = cancelled(at, payer_account="")
    [asked] = refunds_of(there.order_id)
    refunds.propose_refund(asked.id, by=there.mariana, at=at)
    yes(there, asked.id, at)
    hear(at)
    account_id = give(asked.id, CLABE, at)
    refunds.propose_account(account_id, by=there.mariana, at=at)
    yes(there, asked.id, at)
    assert living([there.order_id]) == {there.order_id}
    leave(there, at)
    assert (order(there.order_id).state, refunds_of(there.order_id)[0].state) == ("cancelled", "confirmed")
    assert living([there.order_id]) == frozenset()
    Refund.objects.update(state="failed")
    assert living([there.order_id]) == {there.order_id}, "somebody must still send it"
