"""From a token to what its link is worth: one statement, and the same work for whatever is no link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from django.db import connection

from . import link_token
from .models import Link
from .rules import LinkFacts, LinkStanding, LinkState, Purpose, State, link_standing

_COLUMNS: Final = (
    "pk", "payment_id", "payment__order_id", "purpose", "first_opened_at", "state", "expires_at", "order_version",
    "amount_centavos", "target_centavos", "payment__state", "payment__received_centavos", "payment__order__state",
    "payment__order__pre_invoice_version",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """The link of a genuine token, and what the token says of itself. `is_new`: nobody has looked at it."""

    link_id: int
    payment_id: int
    order_id: int
    purpose: Purpose
    is_new: bool
    facts: LinkFacts
    claims: link_token.Claims

    def standing(self, *, at: datetime) -> LinkStanding:
        """Decide what the link is worth to whoever holds this token."""
        state = link_standing(self.facts, at=at)
        return LinkStanding.EXPIRED if self.claims.is_over(at) and state is LinkStanding.VALID else state


def find(token: str) -> Found | None:
    """The link of a token, with what its payment and order say; None for a forged, altered or unknown one.

    All of these take the same work: one token opened, one seal that does not fit, one row looked for.
    """
    try:
        claims = link_token.read(token)
    except link_token.BadToken:
        _row("", 0)
        return None
    row = _row(claims.handle, claims.store_id)
    if row is None:
        return None
    pk, payment_id, order_id, purpose, opened_at, state, expires_at, version, amount, target, *now = row
    payment_state, received, order_state, order_version = now
    facts = LinkFacts(
        state=LinkState(state),
        expires_at=expires_at,
        made_for_version=version,
        amount_centavos=amount,
        target_centavos=target,
        payment_state=State(payment_state),
        received_centavos=received,
        order_state=order_state,
        order_version=order_version,
    )
    return Found(pk, payment_id, order_id, Purpose(purpose), opened_at is None, facts, claims)


def _row(handle: str, store_id: int) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(_statement(), [handle, store_id])
        return cursor.fetchone()


@cache
def _statement() -> str:
    """What the models say, written once in a process: writing it costs ten times the opening of a token."""
    sql, _ = Link.objects.filter(handle="", store_id=0).values_list(*_COLUMNS).query.sql_with_params()
    return sql
