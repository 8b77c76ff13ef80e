"""Claims, clocks, offers, appeals and refunds in any order: held + released + returned = funded, and one end.

The pure machine is driven through thousands of drawn stories; the real commands, on a real database, through dozens.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from seguripago.foundations.ledger.queries import booked_by
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.claims import commands as claims
from seguripago.journey.claims.models import Claim
from seguripago.journey.claims.queries import claim_of
from seguripago.journey.claims.refusals import ClaimCannot
from seguripago.journey.claims.rules import MOVES, OfferKind, Reason, State, Verb, Wanted, move
from seguripago.journey.delivery.commands import deliver_all, send_parcel
from seguripago.journey.delivery.rules import Says
from seguripago.journey.guarantee import rules as guarantee
from seguripago.journey.guarantee.commands import accept_delivery, release_due, take_steps
from seguripago.journey.guarantee.models import GuaranteeEvent
from seguripago.journey.payments.queries import given_back
from seguripago.journey.reconciliation import commands as bank_side
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import refundable, refunds_of
from seguripago.journey.refunds.rules import LIVE, RefundReason
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from tests.cases.world import broken_truths
from tests.claims.world import DAY, LUCIA, Bought, bought, decided, delivered, offered, open_proposals_of, sent
from tests.refunds.world import hear

LIKELY = ["claim"] * 6 + ["send", "deliver", "accept", "refund", "bank"]
LIKELY_OPEN = [
    *("answer", "part", "return", "change", "no", "goods", "came", "withdraw", "refund", "bank"),
    *(["yes"] * 3 + ["up"] * 3 + ["decide"] * 4 + ["appeal"] * 4),
]
CLOSES = {
    Verb.AGREE: "resolve",
    Verb.GOODS_CAME_BACK: "resolve",
    Verb.CARRY_OUT: "resolve",
    Verb.REPLACEMENT_CAME: "replace",
    Verb.WITHDRAW: "withdraw",
}


@given(
    st.lists(st.tuples(st.sampled_from([*Verb, "open", "deliver", "clock", "accept", "refund"]), st.integers(0, 9))),
    st.integers(1, 100_000),
)
@settings(max_examples=400, deadline=None)
def test_the_pure_machines_keep_every_centavo_and_end_once(story: list[tuple[str, int]], funded: int) -> None:
    """The claim's table and the guarantee's machine side by side, as the commands join them."""
    start = datetime(2026, 11, 20, 18, tzinfo=guarantee.machine.MEXICO)
    standing = guarantee.after(guarantee.offered("MXN"), guarantee.Hold(Money(funded)))
    claim, appeals, ends, at = State.CLOSED, 0, 0, start
    for word, drawn in story:
        at += timedelta(days=drawn)
        before = standing.state
        try:
            match word:
                case "open":
                    if claim is not State.CLOSED:
                        continue
                    standing = guarantee.after(standing, guarantee.Claim(at))
                    claim, appeals = State.OPENED, 0
                case "deliver":
                    event = guarantee.StartInspection(at + 7 * DAY, 7 * DAY)
                    standing = guarantee.after(standing, event)
                case "clock":
                    standing = guarantee.after(standing, guarantee.EndClock(at, Money(drawn)))
                case "accept":
                    standing = guarantee.after(standing, guarantee.Accept(Money(drawn)))
                case "refund":
                    standing = guarantee.after(standing, guarantee.GiveBack())
                    claim = State.CLOSED
                case _:
                    verb = Verb(word)
                    if verb is Verb.END or (verb is Verb.APPEAL and appeals):
                        continue
                    following = move(claim, verb)
                    to_buyer = Money(funded * drawn // 9)
                    match CLOSES.get(verb):
                        case "resolve":
                            standing = guarantee.after(standing, guarantee.Resolve(standing.held - to_buyer, to_buyer))
                        case "replace":
                            standing = guarantee.after(standing, guarantee.Replace(at + 7 * DAY))
                        case "withdraw":
                            standing = guarantee.after(standing, guarantee.Withdraw(at))
                    appeals += verb is Verb.APPEAL
                    claim = following
        except (guarantee.GuaranteeCannot, guarantee.TooLateToClaim, ClaimCannot):
            continue
        assert standing.held + standing.released + standing.returned == standing.funded == Money(funded)
        assert min(standing.held, standing.released, standing.returned) >= Money(0)
        # A claim is open exactly while the guarantee is stopped by it.
        assert (claim is not State.CLOSED) == (standing.state is guarantee.GuaranteeState.CLAIMED)
        ends += standing.state in guarantee.ENDED and before not in guarantee.ENDED
        assert ends <= 1
        assert appeals <= 1


def test_every_open_state_can_end_and_no_closed_one_moves() -> None:
    assert all((here, Verb.END) in MOVES for here in State if here is not State.CLOSED)
    assert not [here for here, _ in MOVES if here is State.CLOSED]


@dataclass
class Story:
    """One order, and what anybody may do to it next."""

    there: Bought
    dice: random.Random
    now: datetime
    done: list[str] = field(default_factory=list)

    @property
    def claim_id(self) -> int:
        found = claim_of(self.there.order_id)
        return found.id if found else 0

    def amount(self) -> Money:
        return Money(self.there.total.centavos * self.dice.randint(1, 9) // 10)

    def offer(self, kind: OfferKind, amount: Money) -> None:
        offered(self.there, self.claim_id, kind, amount, self.now)

    def on_the_table(self) -> int:
        found = claim_of(self.there.order_id)
        return found.offer.id if found and found.offer else 0

    def refund(self) -> None:
        amount = min(self.amount(), refundable(self.there.order_id))
        if not amount:
            return
        refund_id = refunds.ask_refund(
            self.there.order_id,
            amount,
            reason=RefundReason.BY_STORE,
            note="Cortesía",
            by=self.there.olga,
            at=self.now,
        )
        subject = f"refund:{refund_id}"
        found = open_proposals_of(self.there.store_id, [subject])[subject]
        refunds.approve_any(found.id, seen=found.hash, by=self.there.diego, at=self.now)

    def bank(self) -> None:
        bank_side.make_return_file(self.there.store_id, by=self.there.diego, at=self.now)
        for row in ReturnInstruction.objects.filter(state="instructed"):
            amount = Money(row.amount_centavos)
            bank_side.confirm_return(row.pk, amount=amount, says="estado", by=self.there.diego, at=self.now)

    def decide(self) -> None:
        people = [(self.there.ana, self.there.diego), (self.there.diego, self.there.olga)]
        decided(self.there, self.claim_id, self.amount(), self.now, by=self.dice.choice(people))

    def steps(self) -> dict[str, Callable[[], object]]:
        there, now = self.there, self.now
        buyer, staff = {"by": LUCIA, "at": now}, {"by": there.ana, "at": now}
        reason = self.dice.choice(list(Reason))
        parcel = {"carrier": "dhl", "tracking_number": "4410887201"}
        return {
            "claim": lambda: claims.open_claim(
                there.order_id, reason=reason, wanted=Wanted.REFUND, details="Mal", **buyer
            ),
            "send": lambda: send_parcel(there.order_id, None, **parcel, **staff),
            "deliver": lambda: deliver_all(there.order_id, says=Says.CARRIER, **staff),
            "accept": lambda: accept_delivery(there.order_id, **buyer),
            "answer": lambda: claims.answer(self.claim_id, words="Lo vemos", **staff),
            "part": lambda: self.offer(OfferKind.REFUND_PART, self.amount()),
            "return": lambda: self.offer(OfferKind.RETURN, self.amount()),
            "change": lambda: claims.offer_replacement(self.claim_id, **staff),
            "yes": lambda: claims.accept_offer(self.claim_id, self.on_the_table(), **buyer),
            "no": lambda: claims.refuse_offer(self.claim_id, self.on_the_table(), **buyer),
            "goods": lambda: claims.goods_came_back(self.claim_id, **staff),
            "came": lambda: claims.replacement_came(self.claim_id, **buyer),
            "up": lambda: claims.escalate(self.claim_id, **buyer),
            "decide": self.decide,
            "appeal": lambda: claims.appeal(self.claim_id, words="No", **buyer),
            "withdraw": lambda: claims.withdraw_claim(self.claim_id, **buyer),
            "refund": self.refund,
            "bank": self.bank,
        }

    def go_on(self) -> None:
        """A few days later somebody does something, the clocks look, and everybody hears of it."""
        self.now += timedelta(days=self.dice.randint(0, 3), hours=self.dice.randint(0, 9))
        known, found = self.steps(), claim_of(self.there.order_id)
        likely = LIKELY_OPEN if found and found.is_open else LIKELY
        for name, act in [(name, known[name]) for name in self.dice.sample(likely, k=len(likely))]:
            try:
                # What is refused leaves nothing behind; somebody else does something then.
                with transaction.atomic():
                    act()
            except Refusal:
                continue
            self.done.append(name)
            break
        for clock in (release_due, take_steps, claims.run_claims):
            clock(self.now)
        hear(self.now)

    def check(self) -> None:
        row = self.there.guarantee
        total = self.there.total
        assert row.held_centavos + row.released_centavos + row.returned_centavos == total.centavos, self.done
        ends = GuaranteeEvent.objects.filter(guarantee=row, is_terminal=True).count()
        assert ends == (row.held_centavos == 0), self.done
        for part, centavos in (("released", row.released_centavos), ("returned", row.returned_centavos)):
            assert booked_by(f"guarantee:{row.pk}:{part}", Account.DUE_TO_BUYER).centavos == centavos, self.done
        living = [one.amount for one in refunds_of(self.there.order_id) if one.state in LIVE]
        assert given_back(self.there.order_id) + sum(living, Money(0)) <= total, self.done
        assert self.there.money(Account.DUE_TO_BUYER) == -Money(row.held_centavos), self.done


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(20))
def test_the_real_commands_keep_every_centavo_in_any_order(at: datetime, seed: int) -> None:
    story = Story((bought, sent, delivered)[seed % 3](at), random.Random(seed), at)
    for _ in range(9):
        story.go_on()
        story.check()
    # However it stands: the clocks alone bring every claim to a person or to its end, and no money is lost on the way.
    story.now += 200 * DAY
    for _ in range(3):
        claims.run_claims(story.now)
        hear(story.now)
        story.now += 30 * DAY
    story.check()
    assert broken_truths() == {}, story.done
    assert Claim.objects.exclude(state__in=["closed", "escalated", "appealed", "reviewed", "proposed"]).count() == 0
