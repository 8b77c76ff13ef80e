"""What the verbs of a claim share: its lock, its deadline, its timeline, and who may speak for whom."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.commands import ProposalNotOpen, void
from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.people.queries import Member, member
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.delivery.queries import carrier_choices
from seguripago.journey.delivery.rules import TrackingNumberLooksWrong, UnknownCarrier
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.ports.carriers import carriers
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import ClaimFact
from ..models import Claim, ClaimEvent, ClaimOffer
from ..refusals import ClaimUnknown, NotYourClaim
from ..rules import WAITS, Side, State, Verb, due_at, move, remind_at

CLOCK: Final = Actor.system("Reloj")
TWICE: Final = timedelta(minutes=2)
"""Within this the same words of the same side are one press of the same button."""
SAYING: Final = frozenset({"said", "answered"})
STAFF: Final = frozenset({"analyst", "payments", "supervisor", "owner"})


@dataclass(frozen=True, slots=True)
class Held:
    """A claim and its order, both locked: the order first, as everybody does."""

    order: LockedOrder
    claim: Claim

    @property
    def amount(self) -> Money:
        """What the guarantee answers for."""
        return Money(self.claim.of_centavos, self.claim.currency)

    @property
    def subject(self) -> str:
        """What proposals about this claim are about."""
        return f"claim:{self.claim.pk}"


def held(claim_id: int) -> Held:
    """Lock a claim, and before it what was proposed about it and its order. Raises ClaimUnknown."""
    known = Claim.objects.filter(pk=claim_id).values_list("store_id", "order_id").first()
    if known is None:
        raise ClaimUnknown
    store_id, order_id = known
    # Who approves has the proposal first: whoever may have to void it takes the locks in the same order.
    for waiting in open_proposals_of(store_id, [f"claim:{claim_id}"]).values():
        with suppress(ProposalNotOpen):
            approvals.lock(waiting.id, at=waiting.proposed_at)
    order = orders.lock_order(order_id)
    return Held(order, locked(claim_id))


def locked(claim_id: int) -> Claim:
    """Lock the claim's row; its order is locked before."""
    return Claim.objects.select_for_update().get(pk=claim_id)


def step(claim: Claim, verb: Verb, *, at: datetime) -> None:
    """Move the claim and start the deadline of where it is then; the caller says what happened. Raises ClaimCannot."""
    following = move(claim.state, verb)
    claim.state = following.value
    if following is State.CLOSED:
        claim.owner, claim.due_at, claim.remind_at, claim.closed_at = "", None, None, at
    else:
        wait(claim, WAITS[following].owner, at=at)
    claim.save()


def wait(claim: Claim, owner: Side, *, at: datetime) -> None:
    """Start the deadline of the claim's state for somebody; the caller saves."""
    store = store_by_id(claim.store_id)
    claim.owner = owner.value
    claim.due_at = due_at(at, getattr(store, WAITS[State(claim.state)].days))
    claim.remind_at = remind_at(at, claim.due_at, store.remind_days)


def note(
    claim: Claim,
    kind: str,
    side: Side,
    *,
    by: Actor,
    at: datetime,
    words: str = "",
    amount: Money | None = None,
    is_public: bool = True,
    said: dict[str, Any] | None = None,
) -> int:
    """Write a line of the timeline and its audit row; answers the line's id."""
    row = ClaimEvent.objects.create(
        claim=claim,
        kind=kind,
        at=at,
        side=side.value,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name[:120],
        words=words,
        centavos=amount.centavos if amount else 0,
        is_public=is_public,
    )
    about = {"claim": claim.number, "state": claim.state, **(said or {})}
    record(claim.store_id, by, f"claim.{kind}", f"order:{claim.order_id}", about, at=at)
    return row.pk


def tell(fact: type[ClaimFact], claim: Claim, event_id: int, *, at: datetime, **more: object) -> None:
    """Announce what happened."""
    publish(fact(store_id=claim.store_id, at=at, order_id=claim.order_id, claim_id=claim.pk, event_id=event_id, **more))


def end_offers(claim: Claim, state: str, *, at: datetime) -> None:
    """Take what lies on the table away, with its reason."""
    ClaimOffer.objects.filter(claim=claim, state="open").update(state=state, ended_at=at)


def void_proposals(there: Held, why: str, *, at: datetime) -> None:
    """What was proposed about the claim can no longer be done."""
    waiting = open_proposals_of(there.claim.store_id, [there.subject]).get(there.subject)
    if waiting is not None:
        void(waiting.id, reason=why, at=at)


def said_already(claim: Claim, side: Side, words: str, *, at: datetime) -> bool:
    """Say whether the last thing in the claim is that this side just said so: a form that was sent twice."""
    last = ClaimEvent.objects.filter(claim=claim).order_by("-pk").first()
    is_same = last is not None and last.kind in SAYING and (last.side, last.words) == (side.value, words)
    return is_same and last is not None and at - last.at < TWICE


def require_buyer(by: Actor) -> None:
    """Only the buyer says what the buyer wants. Raises NotYourClaim."""
    if by.kind != "buyer":
        raise NotYourClaim


def require_staff(claim: Claim, by: Actor) -> Member:
    """Answer the person of the claim's store. Raises NotYourClaim."""
    known = None if by.id is None else member(by.id)
    if known is None or known.store_id != claim.store_id or known.role not in STAFF:
        raise NotYourClaim
    return known


def side_of(claim: Claim, by: Actor) -> Side:
    """Answer for whom somebody speaks. Raises NotYourClaim."""
    if by.kind == "buyer":
        return Side.BUYER
    require_staff(claim, by)
    return Side.STORE


def readable(claim: Claim, slug: str, typed: str) -> str:
    """Answer a tracking number as its carrier prints it, of one that the claim's store may send with.

    Raises UnknownCarrier, TrackingNumberLooksWrong.
    """
    carrier = carriers().get(slug)
    if carrier is None or slug not in {choice.slug for choice in carrier_choices(claim.store_id)}:
        raise UnknownCarrier(slug)
    number = carrier.clean(typed)
    says = carrier.complaint(number)
    if says:
        raise TrackingNumberLooksWrong(says)
    return number
