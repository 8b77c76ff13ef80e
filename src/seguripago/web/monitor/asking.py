"""A clerk's form read as a proposal: which action, to which order, how much."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _

from seguripago.journey.reconciliation import commands
from seguripago.journey.reconciliation.rules.actions import CaseCannot
from seguripago.values.actor import Actor
from seguripago.values.money import Money, UnreadableAmount

MOST_SHARES = 6
BULK = ("apply", "return", "return_card", "accept_difference", "ask_for_rest", "write_off", "dismiss")


def propose(case_id: int, said: Mapping[str, str], *, by: Actor, at: datetime) -> int:
    """Propose what the form says; returns the proposal's id. Raises CaseCannot and what the propose_… raise."""
    reason = said.get("reason", "").strip()
    match said.get("action", ""):
        case "apply":
            number, amount = said.get("number", ""), _amount(said, "amount")
            return commands.propose_apply(case_id, number=number, amount=amount, reason=reason, by=by, at=at)
        case "split":
            shares, back = _shares(said), _amount(said, "give_back")
            return commands.propose_split(case_id, shares=shares, give_back=back, reason=reason, by=by, at=at)
        case "accept_difference":
            return commands.propose_accept_difference(case_id, reason=reason, by=by, at=at)
        case "ask_for_rest":
            return commands.propose_ask_for_rest(case_id, hours=_hours(said), reason=reason, by=by, at=at)
        case "return":
            other = {name: said.get(name, "").strip() for name in ("account", "holder", "proof")}
            return commands.propose_return(
                case_id, amount=_amount(said, "amount"), **other, reason=reason, by=by, at=at
            )  # fmt: skip
        case "return_card":
            return commands.propose_return_to_card(case_id, reason=reason, by=by, at=at)
        case "write_off":
            return commands.propose_write_off(case_id, reason=reason, by=by, at=at)
        case "dismiss":
            return commands.propose_dismiss(case_id, reason=reason, by=by, at=at)
    raise CaseCannot(_("Elige qué hacer."))


def _shares(said: Mapping[str, str]) -> list[tuple[str, Money]]:
    shares = []
    for place in range(1, MOST_SHARES + 1):
        number, amount = said.get(f"number_{place}", "").strip(), _amount(said, f"amount_{place}")
        if number and amount is None:
            raise CaseCannot(_("Escribe cuánto para %(number)s.") % {"number": number})
        if number and amount is not None:
            shares.append((number, amount))
    return shares


def _amount(said: Mapping[str, str], name: str) -> Money | None:
    text = said.get(name, "").strip()
    if not text:
        return None
    try:
        return Money.parse(text)
    except UnreadableAmount:
        raise CaseCannot(_("«%(text)s» no es un monto; escríbelo como 1,250.00.") % {"text": text[:20]}) from None


def _hours(said: Mapping[str, str]) -> int:
    text = said.get("hours", "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise CaseCannot(_("Escribe el plazo en horas, con número."))
    return int(text)
