"""What the card form's script is answered."""

from __future__ import annotations

from typing import Any, Literal

from seguripago.journey.cards.charge_words import decline_words as decline_words
from seguripago.ports.card_gateways import NextAction

type FormState = Literal["paid", "requires_action", "processing", "declined", "refused"]


def card_answer(
    state: FormState,
    *,
    says: str = "",
    go: str = "",
    key: str = "",
    status: str = "",
    action: NextAction | None = None,
) -> dict[str, Any]:
    """Make an answer for the form's script; what each field means stands in this package's docstring."""
    told = None
    if action is not None:
        told = {
            "kind": action.kind,
            "url": action.url,
            "client_secret": action.client_secret,
            "method": action.method,
            "form": dict(action.form),
        }
    return {"state": state, "says": says, "go": go, "key": key, "status": status, "action": told}
