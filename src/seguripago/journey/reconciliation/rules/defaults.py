"""What happens by itself with a case that nobody decided in time; money moves only under a policy. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from seguripago.foundations.approvals.rules import Policy

from .actions import Action, CaseCannot, GiveBack, Holding, WriteOff
from .cases import DEFAULTS, CaseKind, DefaultAction
from .plans import plan

BY_ITSELF: Final[Mapping[CaseKind, str]] = {
    CaseKind.EXCESS: "returns_excess_by_itself",
    CaseKind.LATE: "returns_late_by_itself",
    CaseKind.PART_EXPIRED: "returns_part_by_itself",
    CaseKind.DUPLICATE: "returns_duplicate_by_itself",
    CaseKind.UNKNOWN: "returns_unknown_by_itself",
}
ROLES: Final[Mapping[str, str]] = {
    "payments": "Medios de pago",
    "supervisor": "la supervisión",
    "owner": "la dirección de la tienda",
}


@dataclass(frozen=True, slots=True)
class Happens:
    """The action that happens by itself, and the name of the policy that allows it."""

    action: Action
    policy: str


@dataclass(frozen=True, slots=True)
class HandedOn:
    """Another role answers from now on."""

    owner: str


def by_itself(holding: Holding, decided: Policy) -> Happens | HandedOn:
    """Say what the end of the deadline does: what a policy allows and the case admits, else it is handed on."""
    default = DEFAULTS[holding.kind]
    handed_on = HandedOn(default.escalates_to)
    held = sum(source.centavos for source in holding.sources)
    if decided.writes_off_by_itself and holding.kind in BY_ITSELF and 0 < held <= decided.tolerance_centavos:
        return Happens(WriteOff(), "writes_off_by_itself")
    name = BY_ITSELF.get(holding.kind, "")
    allowed = bool(name) and getattr(decided, name)
    if default.happens(policy=allowed) is not DefaultAction.RETURN:
        return handed_on
    action = GiveBack(held or sum(source.centavos for source in holding.on_payment))
    try:
        plan(action, holding, {}, tolerance=holding.held)
    except CaseCannot:
        return handed_on
    return Happens(action, name)


def default_words(holding: Holding, decided: Policy) -> str:
    """What happens by itself, in Spanish."""
    match by_itself(holding, decided):
        case HandedOn(owner=owner):
            return f"Si nadie decide a tiempo, pasa a {ROLES[owner]}."
        case Happens(action=WriteOff()):
            return "Si nadie decide a tiempo, se cierra dentro de la tolerancia."
        case _:
            return "Si nadie decide a tiempo, se devuelve a la cuenta de origen."
