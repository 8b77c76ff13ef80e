"""A charge as screens, the chat and the gateway's callers read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seguripago.ports.card_gateways import NextAction
from seguripago.values.money import Money

from .charge_words import decline_words, standing_words, voucher_words
from .models import CardCharge
from .rules.charges import ENDED_UNPAID, IN_FLIGHT, ChargeState


@dataclass(frozen=True, slots=True)
class ChargeView:
    """One try to charge a card. `next_action` is what the buyer does next, while the charge waits for it."""

    id: int
    key: str
    store_id: int
    payment_id: int
    link_id: int | None
    gateway: str
    state: ChargeState
    amount: Money
    captured: Money
    installments: int
    next_action: NextAction | None
    decline: str
    can_retry: bool
    card_label: str
    authorization: str
    made_at: datetime
    changed_at: datetime

    @property
    def is_in_flight(self) -> bool:
        return self.state in IN_FLIGHT

    @property
    def is_paid(self) -> bool:
        return self.state is ChargeState.PAID

    @property
    def is_declined(self) -> bool:
        return self.state in ENDED_UNPAID

    @property
    def says(self) -> str:
        """What the gateway's voucher says."""
        return voucher_words(self.card_label, self.installments, self.authorization)

    @property
    def standing(self) -> str:
        """Where it is, in a few words."""
        return standing_words(self.state)

    @property
    def why(self) -> str:
        """Why it did not pass."""
        return decline_words(self.decline) if self.is_declined else ""


def view(row: CardCharge) -> ChargeView:
    return ChargeView(
        id=row.pk,
        key=row.key,
        store_id=row.store_id,
        payment_id=row.payment_id,
        link_id=row.link_id,
        gateway=row.gateway,
        state=ChargeState(row.state),
        amount=Money(row.amount_centavos, row.currency),
        captured=Money(row.captured_centavos, row.currency),
        installments=row.installments,
        next_action=_action(row.next_action),
        decline=row.decline,
        can_retry=row.can_retry,
        card_label=row.card_label,
        authorization=row.authorization,
        made_at=row.made_at,
        changed_at=row.changed_at,
    )


def kept(action: NextAction | None) -> dict[str, Any] | None:
    """A next action as its row keeps it."""
    if action is None:
        return None
    return {
        "kind": action.kind,
        "url": action.url,
        "client_secret": action.client_secret,
        "method": action.method,
        "form": dict(action.form),
    }


def _action(said: Mapping[str, Any] | None) -> NextAction | None:
    if not said:
        return None
    return NextAction(
        kind=said["kind"],
        url=str(said.get("url", "")),
        client_secret=str(said.get("client_secret", "")),
        method=said.get("method", "GET"),
        form=dict(said.get("form", {})),
    )
