"""Parcels that leave in parts, come back or never go, claims, refunds, the bank and the clocks in any order."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime

import pytest

from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.journey.delivery.commands import mark_returned, send_parcel
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.delivery.rules import Says
from seguripago.journey.guarantee.commands import will_not_send
from seguripago.journey.guarantee.models import Guarantee
from seguripago.journey.orders.queries import order
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.queries import refunds_of
from seguripago.journey.refunds.rules import RefundState
from tests.cases.world import broken_truths
from tests.claims import test_machine
from tests.claims.test_machine import Story
from tests.claims.world import DAY, bought

pytestmark = pytest.mark.django_db
LIKELY = [
    *(["part"] * 3 + ["unsent"] * 4 + ["grant"] * 3 + ["bank"] * 3),
    *("claim", "send", "deliver", "back", "back", "accept", "refund"),
]


class Parts(Story):
    """An order of three pieces."""

    def part(self) -> None:
        """Send one piece."""
        (line,) = order(self.there.order_id).lines
        send_parcel(
            self.there.order_id,
            {line.id: 1},
            carrier="dhl",
            tracking_number="4410887201",
            by=self.there.ana,
            at=self.now,
        )

    def back(self) -> None:
        """A parcel comes back."""
        out = [one for one in shipments_of(self.there.order_id) if one.is_on_the_way]
        for parcel in out[:1]:
            mark_returned(parcel.id, reason="Nadie abrió", says=Says.CARRIER, by=self.there.ana, at=self.now)

    def unsent(self) -> None:
        will_not_send(self.there.order_id, reason="Se agotó", by=self.there.ana, at=self.now)

    def grant(self) -> None:
        """The second person grants what waits for one."""
        for asked in refunds_of(self.there.order_id):
            subject = f"refund:{asked.id}"
            found = open_proposals_of(self.there.store_id, [subject]).get(subject)
            if asked.state is RefundState.ASKED and found is not None:
                refunds.approve_any(found.id, seen=found.hash, by=self.there.diego, at=self.now)

    def steps(self) -> dict[str, Callable[[], object]]:
        # «part» of a claim's table is an offer; while none is open it is a parcel.
        found = test_machine.claim_of(self.there.order_id)
        mine = {"back": self.back, "unsent": self.unsent, "grant": self.grant}
        if found is None or not found.is_open:
            mine["part"] = self.part
        return {**super().steps(), **mine}


@pytest.mark.parametrize("seed", range(24))
def test_what_is_not_sent_keeps_every_centavo_and_ends_once(
    at: datetime, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(test_machine, "LIKELY", LIKELY)
    monkeypatch.setattr(test_machine, "LIKELY_OPEN", [*test_machine.LIKELY_OPEN, "back", "unsent", "grant"])
    story = Parts(bought(at, pieces=3), random.Random(1000 + seed), at)
    for _ in range(10):
        story.go_on()
        story.check()
        finished(story)
    story.now += 60 * DAY
    story.go_on()
    story.check()
    finished(story)
    assert broken_truths() == {}, story.done


def finished(story: Parts) -> None:
    """Where the promise has ended and nothing is to be sent or on its way, the order has ended too."""
    row = Guarantee.objects.get(order_id=story.there.order_id)
    parcels = shipments_of(story.there.order_id)
    if row.held_centavos == 0 and not any(one.is_on_the_way or one.state == "preparing" for one in parcels):
        assert order(story.there.order_id).state in {"closed", "cancelled"}, story.done
    if any(one.is_unsent for one in parcels):
        assert order(story.there.order_id).state in {"shipped", "delivered", "closed"}, story.done
