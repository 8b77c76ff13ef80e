"""A buyer says that something is wrong, adds to it, and may take it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.guarantee import commands as guarantee
from seguripago.journey.guarantee.queries import guarantee_of
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order as read_order
from seguripago.journey.orders.rules import Holder
from seguripago.values.actor import Actor

from ..facts import ClaimNoted, ClaimOpened
from ..models import Claim, ClaimLine
from ..refusals import ClaimAlreadyOpen, ClaimCannot, NothingToClaim
from ..rules import (
    WAITS,
    Outcome,
    Reason,
    Side,
    State,
    Verb,
    Wanted,
    clean_words,
    due_at,
    remind_at,
    require_lines,
    require_reason,
)
from ..way import parcel_of
from .closing import close, let_go
from .keeping import held, note, require_buyer, said_already, side_of, tell


@transaction.atomic
def open_claim(
    order_id: int,
    *,
    reason: Reason,
    wanted: Wanted,
    details: str = "",
    lines: Mapping[int, int] | None = None,
    by: Actor,
    at: datetime,
) -> int:
    """Open a claim: the guarantee's clock stands still, nothing leaves, the store has its days to answer. Its id.

    `lines`: pieces by the order's lines, none for the whole order. Raises NotYourClaim, NothingToClaim,
    ClaimAlreadyOpen, NotLateYet, NotArrivedYet, ClaimNeedsWords (only «No llegó» needs none), LinesNotOfOrder,
    guarantee's TooLateToClaim.
    """
    require_buyer(by)
    locked = orders.lock_order(order_id)
    promise = guarantee_of(order_id)
    if promise is None:
        raise NothingToClaim
    if Claim.objects.filter(order_id=order_id).exclude(state=State.CLOSED.value).exists():
        raise ClaimAlreadyOpen
    amount = guarantee.claim(order_id, by=by, at=at)
    require_reason(reason, parcel_of(order_id, ship_by=promise.ship_by, deliver_by=promise.deliver_by), at)
    words = clean_words(details, may_be_empty=reason is Reason.NOT_ARRIVED)
    require_lines(lines or {}, {line.id: line.quantity for line in read_order(order_id).lines})
    store, turn = store_by_id(locked.store_id), Claim.objects.filter(order_id=order_id).count() + 1
    due = due_at(at, getattr(store, WAITS[State.OPENED].days))
    claim = Claim(
        store_id=locked.store_id,
        order_id=order_id,
        turn=turn,
        number=f"{locked.number}-R{turn}",
        reason=reason.value,
        wanted=wanted.value,
        details=words,
        of_centavos=amount.centavos,
        currency=amount.currency,
        owner=Side.STORE.value,
        due_at=due,
        remind_at=remind_at(at, due, store.remind_days),
        opened_at=at,
    )
    _insert(claim)
    ClaimLine.objects.bulk_create(
        ClaimLine(claim=claim, line_id=line, pieces=pieces) for line, pieces in sorted((lines or {}).items())
    )
    orders.hold_shipping(order_id, is_held=True, reason=f"claim:{claim.pk}", by=by, at=at, holder=Holder.CLAIM)
    said = {"reason": reason.value, "wanted": wanted.value}
    event = note(claim, "opened", Side.BUYER, by=by, at=at, words=words, amount=amount, said=said)
    tell(ClaimOpened, claim, event, at=at)
    return claim.pk


@transaction.atomic
def withdraw_claim(claim_id: int, *, by: Actor, at: datetime) -> None:
    """The buyer takes the claim back: the guarantee's clock goes on with the time that was left.

    Raises NotYourClaim, ClaimCannot (goods are on their way back, or it was decided).
    """
    require_buyer(by)
    there = held(claim_id)
    close(there, Verb.WITHDRAW, Outcome.WITHDRAWN, side=Side.BUYER, by=by, at=at)
    guarantee.withdraw_claim(there.order.id, by=by, at=at)
    let_go(there, by=by, at=at)


@transaction.atomic
def add_words(claim_id: int, *, words: str, by: Actor, at: datetime) -> None:
    """One side adds something to say, sent twice once; nobody's deadline changes.

    Raises NotYourClaim, ClaimNeedsWords, ClaimCannot.
    """
    there = held(claim_id)
    side, said = side_of(there.claim, by), clean_words(words)
    require_open(there.claim)
    if said_already(there.claim, side, said, at=at):
        return
    tell(ClaimNoted, there.claim, note(there.claim, "said", side, by=by, at=at, words=said), at=at)


def require_open(claim: Claim) -> None:
    """Refuse what only an open claim can take. Raises ClaimCannot."""
    if claim.state == State.CLOSED:
        raise ClaimCannot(claim.state, "say")


def _insert(claim: Claim) -> None:
    try:
        with transaction.atomic():
            claim.save(force_insert=True)
    except IntegrityError as error:
        if not any(name in str(error) for name in ("claim_one_open_per_order", "claim_turn_once")):
            raise
        raise ClaimAlreadyOpen from None
