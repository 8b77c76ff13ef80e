"""What the verbs of the guarantee share: its lock, its row, its history and its journals."""

from __future__ import annotations

from datetime import datetime, timedelta

from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_id
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from .. import rules
from ..models import Guarantee, GuaranteeEvent
from ..rules import GuaranteeState, Standing, Step


def locked(order_id: int) -> Guarantee | None:
    """Lock the guarantee of an order, None while there is none; the order is locked before."""
    return Guarantee.objects.select_for_update().filter(order_id=order_id).first()


def keep(guarantee: Guarantee, standing: Standing, kind: str, *, by: Actor, at: datetime) -> None:
    """Write where the guarantee is now, with a line of its history; the clock of its steps follows."""
    ended = standing.state in rules.ENDED
    starts = standing.inspection_ends_at is not None and standing.inspection_ends_at != guarantee.inspection_ends_at
    changed = columns(standing)
    for name, value in changed.items():
        setattr(guarantee, name, value)
    if ended:
        guarantee.released_at, guarantee.next_step, guarantee.next_at = at, "", None
    elif starts:
        plan_step(guarantee, None)
    guarantee.save(update_fields=[*changed, "released_at", "next_step", "next_at"])
    GuaranteeEvent.objects.create(
        guarantee=guarantee,
        kind=kind,
        at=at,
        actor_kind=by.kind,
        actor_name=by.name[:120],
        released_centavos=standing.released.centavos if ended else 0,
        returned_centavos=standing.returned.centavos if ended else 0,
        is_terminal=ended,
    )


def plan_step(guarantee: Guarantee, done: Step | None) -> None:
    """Set what the clock looks at after `done`; the caller saves."""
    following = rules.next_step(
        done,
        ship_by=guarantee.ship_by,
        deliver_by=guarantee.deliver_by,
        inspection_ends_at=guarantee.inspection_ends_at,
        remind=timedelta(days=store_by_id(guarantee.store_id).remind_days),
    )
    step, moment = following if following else ("", None)
    guarantee.next_step, guarantee.next_at = str(step), moment


def standing_of(row: Guarantee) -> Standing:
    """Read the row as the rules see it."""
    return Standing(
        state=GuaranteeState(row.state),
        funded=Money(row.funded_centavos, row.currency),
        held=Money(row.held_centavos, row.currency),
        released=Money(row.released_centavos, row.currency),
        returned=Money(row.returned_centavos, row.currency),
        inspection_ends_at=row.inspection_ends_at,
        inspection_left=row.inspection_left,
    )


def columns(standing: Standing) -> dict[str, object]:
    """Answer the row's columns for a standing."""
    return {
        "state": standing.state.value,
        "currency": standing.funded.currency,
        "funded_centavos": standing.funded.centavos,
        "held_centavos": standing.held.centavos,
        "released_centavos": standing.released.centavos,
        "returned_centavos": standing.returned.centavos,
        "inspection_ends_at": standing.inspection_ends_at,
        "inspection_left": standing.inspection_left,
    }


def book_released(guarantee: Guarantee, released: Money, *, at: datetime) -> None:
    """What was owed to the buyer is now due to the store."""
    if released:
        # The journal's name is booked once, ever: a second release of the same guarantee cannot commit.
        legs = ((Account.DUE_TO_BUYER, released), (Account.DUE_TO_STORE, -released))
        name = f"guarantee:{guarantee.pk}:released"
        post(Journal(name, guarantee.store_id, f"order:{guarantee.order_id}", at, legs))


def book_returned(guarantee: Guarantee, returned: Money, *, at: datetime) -> None:
    """What went back to the buyer is no longer owed to him."""
    if returned:
        legs = ((Account.DUE_TO_BUYER, returned), (Account.REFUNDS, -returned))
        name = f"guarantee:{guarantee.pk}:returned"
        post(Journal(name, guarantee.store_id, f"order:{guarantee.order_id}", at, legs))
