"""The states of a card charge, what moves it (what the gateway answers to `fetch`), and when it is asked. Pure."""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from typing import Final

from seguripago.ports.card_gateways import PayStatus
from seguripago.values.money import Money


class ChargeState(StrEnum):
    CREATED = "created"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    PAID = "paid"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


IN_FLIGHT: Final = (ChargeState.CREATED, ChargeState.REQUIRES_ACTION, ChargeState.PROCESSING)
"""Without an end: the gateway is asked about them until there is one."""
ENDED_UNPAID: Final = (ChargeState.DECLINED, ChargeState.CANCELLED, ChargeState.EXPIRED)

_AFTER: Final = {
    PayStatus.CREATED: ChargeState.PROCESSING,
    PayStatus.REQUIRES_ACTION: ChargeState.REQUIRES_ACTION,
    PayStatus.PROCESSING: ChargeState.PROCESSING,
    # Its money is taken, or given up, before it ends.
    PayStatus.AUTHORIZED: ChargeState.PROCESSING,
    PayStatus.PAID: ChargeState.PAID,
    PayStatus.DECLINED: ChargeState.DECLINED,
    PayStatus.CANCELLED: ChargeState.CANCELLED,
    PayStatus.EXPIRED: ChargeState.EXPIRED,
}
MOVES: Final[dict[tuple[ChargeState, PayStatus], ChargeState]] = {
    **{(state, said): after for state in IN_FLIGHT for said, after in _AFTER.items()},
    # The gateway took the money after all, of a charge that had ended without: it is placed, or a person hears of it.
    **{(state, PayStatus.PAID): ChargeState.PAID for state in ENDED_UNPAID},
}

FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(minutes=15)
NEVER_HEARD_OF: Final = timedelta(minutes=2)
LOST_SIGHT_OF: Final = timedelta(days=1)
"""How long a charge that the gateway told us of is asked for, although it now says that it holds none."""
"""So long after its row, a charge that the gateway does not know never reached it."""
ABANDONED: Final = timedelta(minutes=60)
"""So long after its row, a charge whose buyer did not do what was asked is given up at the gateway."""
HINT_KEPT: Final = timedelta(days=1)
"""How long a notice about a charge that we do not know is looked at again."""
NOTICE_KEPT: Final = timedelta(days=90)
"""How long a notice is known again: gateways repeat one for days, and by hand for a month."""
MOST_TRIES: Final = 10
TRIES_COUNT_FOR: Final = timedelta(hours=1)
"""Whoever tries out stolen cards needs many tries; a buyer does not."""
MONTHS: Final = (3, 6, 9, 12, 18, 24)

_KEY: Final = re.compile(r"(\d{1,18})-[A-Za-z0-9_-]{16,44}", re.ASCII)


def pause(asks: int) -> timedelta:
    """How long the gateway is left alone after it was asked so often in vain."""
    return min(FIRST_PAUSE * (1 << min(asks, 12)), LONGEST_PAUSE)


def key_belongs(key: str, order_id: int) -> bool:
    """Whether a charge's key was made for this order: a number that anybody may know, and what nobody guesses."""
    found = _KEY.fullmatch(key)
    return found is not None and int(found[1]) == order_id


def months_for(amount: Money, plan: dict[int, Money]) -> tuple[int, ...]:
    """The months without interest that an amount may be paid in, by the store's plan: months → from which amount on."""
    return tuple(count for count in MONTHS if count in plan and amount >= plan[count])
