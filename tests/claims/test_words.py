"""What people write in claims, refunds and parcels is kept without secrets, and without letters that deceive."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seguripago.foundations.approvals.queries import proposal
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import MoneyOffer
from seguripago.journey.claims.models import ClaimEvent
from seguripago.journey.claims.refusals import ClaimNeedsWords
from seguripago.journey.claims.rules import OfferKind, Reason, Wanted, clean_words
from seguripago.journey.delivery.commands import mark_delivered, mark_returned
from seguripago.journey.delivery.models import Shipment
from seguripago.journey.delivery.rules import Says
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.models import Refund
from seguripago.journey.refunds.rules import RefundReason
from tests.approvals.people import works
from tests.claims.world import HUNDRED, LUCIA, Bought, bought, delivered, sent, verdict, view, waiting

pytestmark = pytest.mark.django_db
TYPED = "Mi tarjeta 4111 1111 1111 1111 y mi NIP es 4321 \u202eodagap\u200b\x07"
SECRETS = ("4111", "4321", "\u202e", "\u200b", "\x07")


@pytest.fixture
def there(at: datetime) -> Bought:
    return delivered(at)


def kept_clean(*texts: str) -> bool:
    return all(texts) and not [part for text in texts for part in SECRETS if part in text]


def reason_of(there: Bought, proposal_id: int) -> str:
    found = proposal(there.store_id, proposal_id)
    assert found is not None
    return found.reason


def test_a_claim_keeps_no_secret_of_either_side(there: Bought, at: datetime) -> None:
    claim_id = claims.open_claim(
        there.order_id, reason=Reason.DAMAGED, wanted=Wanted.REFUND, details=TYPED, by=LUCIA, at=at
    )
    claims.add_words(claim_id, words=TYPED, by=LUCIA, at=at)
    claims.answer(claim_id, words=TYPED, by=there.ana, at=at)
    claims.propose_offer(claim_id, MoneyOffer(OfferKind.REFUND_PART, HUNDRED, TYPED), by=there.ana, at=at)
    asked = waiting(there, claim_id)
    offer = claims.approve_offer(asked.id, seen=asked.hash, by=there.diego, at=at)
    claims.refuse_offer(claim_id, offer, words=TYPED, by=LUCIA, at=at)
    claims.escalate(claim_id, words=TYPED, by=LUCIA, at=at)
    said = verdict(there, HUNDRED)
    for reason in (TYPED, TYPED + " otra vez"):
        wanted = claims.Verdict(said.to_store, said.to_buyer, reason)
        claims.propose_decision(claim_id, wanted, by=there.ana, at=at)
        asked = waiting(there, claim_id)
        assert kept_clean(*asked.says[-1:])
        claims.reject_claim(asked.id, reason=TYPED, by=there.diego, at=at)
        assert kept_clean(reason_of(there, asked.id))
    claims.propose_decision(claim_id, claims.Verdict(said.to_store, said.to_buyer, TYPED), by=there.ana, at=at)
    asked = waiting(there, claim_id)
    claims.approve_decision(asked.id, seen=asked.hash, by=there.diego, at=at)
    claims.appeal(claim_id, words=TYPED, by=LUCIA, at=at)
    found = view(claim_id)
    assert kept_clean(found.details, found.offers[0].words, found.decisions[0].reason)
    written = ClaimEvent.objects.filter(claim_id=claim_id).exclude(words="")
    assert written.count() >= 10
    assert kept_clean(*written.values_list("words", flat=True))


@given(st.one_of(st.text(max_size=80), st.sampled_from([TYPED, "contraseña: hola", "cvv 123", "mi clave es abc 99"])))
def test_what_is_clean_stays_as_it_is(words: str) -> None:
    """The second person's hash is of what was kept: cleaned once more it must be the same."""
    try:
        once = clean_words(words, may_be_empty=True)
    except ClaimNeedsWords:
        return
    assert clean_words(once, may_be_empty=True) == once


def test_a_parcel_says_who_received_it_and_why_it_came_back_in_plain_letters(at: datetime) -> None:
    for told in ("received", "returned"):
        there = sent(at)
        parcel = Shipment.objects.get(order_id=there.order_id, state="shipped")
        if told == "received":
            name = "Vigilante \u202e4321\u2066\x00\x1b[31m"
            mark_delivered(parcel.pk, says=Says.STORE, by=there.diego, at=at, received_by=name, place=name)
            parcel.refresh_from_db()
            assert parcel.received_by == "Vigilante 4321[31m"
            assert parcel.events.get(kind="delivered").place == "Vigilante 4321[31m"
        else:
            mark_returned(parcel.pk, reason=TYPED, says=Says.CARRIER, by=there.diego, at=at)
            parcel.refresh_from_db()
            assert kept_clean(parcel.return_reason, parcel.events.get(kind="returned").says)


def test_a_buyer_who_writes_his_card_in_the_reason_cancels_all_the_same(at: datetime) -> None:
    there = bought(at)
    assert refunds.cancel_order(there.order_id, note=TYPED, by=LUCIA, at=at) == "asked"
    assert kept_clean(Refund.objects.get(order_id=there.order_id).note)


def test_what_the_store_writes_of_a_refund_deceives_nobody(at: datetime) -> None:
    there = bought(at)
    mariana = works(there.store_id, "payments", "Mariana")
    note = "Falt\u200bó \u202eazeip"
    refund_id = refunds.ask_refund(there.order_id, HUNDRED, reason=RefundReason.BY_STORE, note=note, by=mariana, at=at)
    assert Refund.objects.get(pk=refund_id).note == "Faltó azeip"
