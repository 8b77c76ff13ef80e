"""Who cannot agree has it decided: by two people, by exact amounts, and once more when somebody appeals."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from seguripago.foundations.approvals.commands import ChangedMeanwhile, NotYourRole, SamePerson
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.commands import MoneyOffer, Verdict
from seguripago.journey.claims.models import Claim, ClaimDecision, ClaimEvent, ClaimOffer
from seguripago.journey.claims.refusals import (
    AppealedAlready,
    AppealTooLate,
    ClaimCannot,
    DecideAgainByOthers,
    DecisionNotPossible,
    OfferNotPossible,
)
from seguripago.journey.claims.rules import OfferKind
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds.queries import refunds_of
from seguripago.values.money import Money
from tests.approvals.people import works
from tests.cases.world import broken_truths
from tests.claims.world import (
    DAY,
    HUNDRED,
    LUCIA,
    NOTHING,
    claimed,
    decided,
    delivered,
    sent,
    verdict,
    view,
    waiting,
)
from tests.refunds.world import hear

pytestmark = pytest.mark.django_db


def test_a_decision_moves_nothing_before_its_appeal_window_is_over(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.escalate(claim_id, words="No contestan", by=LUCIA, at=at)
    decided(there, claim_id, HUNDRED, at)
    assert view(claim_id).state == "decided"
    until = view(claim_id).due_at
    assert until == at + 3 * DAY
    claims.run_claims(at + 3 * DAY - DAY / 24)
    assert refunds_of(there.order_id) == ()
    assert there.guarantee.state == "claimed"
    assert claims.run_claims(at + 3 * DAY) == 1
    assert claims.run_claims(at + 3 * DAY) == 0
    assert (view(claim_id).outcome, there.guarantee.returned_centavos) == ("decided", HUNDRED.centavos)
    assert len(refunds_of(there.order_id)) == 1
    assert broken_truths() == {}


def test_an_appeal_is_decided_once_more_by_other_people_and_done_at_once(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.escalate(claim_id, by=LUCIA, at=at)
    decided(there, claim_id, NOTHING, at)
    claims.appeal(claim_id, words="No vieron mis fotos", by=LUCIA, at=at + DAY)
    assert view(claim_id).state == "appealed"
    # Ana and Diego decided; Olga and Pablo did not.
    with pytest.raises(DecideAgainByOthers):
        claims.propose_decision(claim_id, verdict(there, there.total), by=there.ana, at=at + DAY)
    pablo = works(there.store_id, "supervisor", "Pablo")
    claims.propose_decision(claim_id, verdict(there, there.total), by=pablo, at=at + DAY)
    found = waiting(there, claim_id)
    with pytest.raises(DecideAgainByOthers):
        claims.approve_decision(found.id, seen=found.hash, by=there.diego, at=at + DAY)
    claims.approve_decision(found.id, seen=found.hash, by=there.olga, at=at + DAY)
    hear(at + DAY)
    closed = view(claim_id)
    assert (closed.state, closed.to_buyer, closed.refund) == ("closed", there.total, there.total)
    assert order(there.order_id).state == "closed"
    with pytest.raises(ClaimCannot):
        claims.appeal(claim_id, words="Otra vez", by=LUCIA, at=at + DAY)
    assert broken_truths() == {}


def test_a_claim_is_appealed_once_and_in_its_days(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.escalate(claim_id, by=there.ana, at=at)
    decided(there, claim_id, HUNDRED, at)
    with pytest.raises(AppealTooLate):
        claims.appeal(claim_id, words="Tarde", by=LUCIA, at=at + 3 * DAY)
    claims.appeal(claim_id, words="La tienda no está de acuerdo", by=there.ana, at=at + DAY)
    # A replacement that was decided and did not come is decided again, but not appealed again.
    Claim.objects.filter(pk=claim_id).update(state="decided")
    with pytest.raises(AppealedAlready):
        claims.appeal(claim_id, words="Otra", by=LUCIA, at=at + DAY)


def test_money_is_neither_offered_nor_decided_by_one_person(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.propose_offer(claim_id, MoneyOffer(OfferKind.REFUND, there.total), by=there.diego, at=at)
    found = waiting(there, claim_id)
    with pytest.raises(SamePerson):
        claims.approve_offer(found.id, seen=found.hash, by=there.diego, at=at)
    with pytest.raises(NotYourRole):
        claims.approve_offer(found.id, seen=found.hash, by=there.ana, at=at)
    assert ClaimOffer.objects.count() == 0
    claims.reject_claim(found.id, reason="No", by=there.olga, at=at)
    claims.escalate(claim_id, by=there.ana, at=at)
    claims.propose_decision(claim_id, verdict(there, HUNDRED), by=there.ana, at=at)
    found = waiting(there, claim_id)
    claims.reject_claim(found.id, reason="Faltan fotos", by=there.diego, at=at)
    assert view(claim_id).state == "escalated"
    claims.propose_decision(claim_id, verdict(there, HUNDRED), by=there.diego, at=at)
    found = waiting(there, claim_id)
    claims.take_claim_back(found.id, by=there.diego, at=at)
    hear(at)
    assert view(claim_id).state == "escalated"
    made = ClaimDecision(
        claim_id=claim_id, turn=9, way="second_person", to_store_centavos=0, to_buyer_centavos=there.total.centavos,
        of_centavos=there.total.centavos, proposal_id=found.id, proposed_by_id=7, decided_by_id=7, at=at,
    )  # fmt: skip
    with pytest.raises(IntegrityError, match="claim_decision_maker_is_not_checker"), transaction.atomic():
        made.save()


def test_a_decision_that_the_buyer_made_needless_is_void(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.escalate(claim_id, by=LUCIA, at=at)
    claims.propose_decision(claim_id, verdict(there, HUNDRED), by=there.ana, at=at)
    found = waiting(there, claim_id)
    claims.withdraw_claim(claim_id, by=LUCIA, at=at)
    with pytest.raises(Exception, match="void"):
        claims.approve_decision(found.id, seen=found.hash, by=there.diego, at=at)
    hear(at)
    assert (view(claim_id).state, there.guarantee.state) == ("closed", "held")
    assert broken_truths() == {}


def test_amounts_are_exactly_what_the_guarantee_answers_for(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    over = there.total + Money(1)
    for kind, amount in (
        (OfferKind.REFUND, HUNDRED), (OfferKind.REFUND_PART, there.total), (OfferKind.REFUND_PART, NOTHING),
        (OfferKind.RETURN, over), (OfferKind.REPLACE, HUNDRED),
    ):  # fmt: skip
        with pytest.raises(OfferNotPossible):
            claims.propose_offer(claim_id, MoneyOffer(kind, amount), by=there.ana, at=at)
    claims.escalate(claim_id, by=LUCIA, at=at)
    for unequal in (
        Verdict(NOTHING, over, "De más"), Verdict(HUNDRED, HUNDRED, "De menos"), Verdict(over, Money(-1), "Menos"),
        Verdict(NOTHING, there.total, "Las dos cosas", is_replacement=True),
    ):  # fmt: skip
        with pytest.raises(DecisionNotPossible):
            claims.propose_decision(claim_id, unequal, by=there.ana, at=at)
    assert view(claim_id).state == "escalated"


def test_a_timeline_and_its_decisions_are_never_rewritten(at: datetime) -> None:
    there = delivered(at)
    claim_id = claimed(there, at)
    claims.escalate(claim_id, by=LUCIA, at=at)
    decided(there, claim_id, HUNDRED, at)
    claims.run_claims(at + 3 * DAY)
    for change in (
        lambda: ClaimEvent.objects.update(kind="otro"),
        lambda: ClaimEvent.objects.all().delete(),
        lambda: ClaimDecision.objects.update(reason="otra"),
        lambda: Claim.objects.update(details="otra cosa"),
        lambda: Claim.objects.filter(pk=claim_id).update(of_centavos=1),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_the_checker_decides_what_is_so_now(at: datetime) -> None:
    there = sent(at)
    claim_id = claimed(there, at)
    claims.propose_offer(claim_id, MoneyOffer(OfferKind.REFUND_PART, HUNDRED), by=there.ana, at=at)
    found = waiting(there, claim_id)
    Claim.objects.filter(pk=claim_id).update(state="sent_back")
    with pytest.raises(ChangedMeanwhile):
        claims.approve_offer(found.id, seen=found.hash, by=there.diego, at=at)
    assert ClaimOffer.objects.count() == 0
