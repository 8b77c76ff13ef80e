"""The exceptions of DOMAIN: who answers for each, how long it may wait, and what happens by itself then. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final


class CaseKind(StrEnum):
    """The exceptions of DOMAIN; each has words for the monitor, an owner and a deadline."""

    EXCESS = "excess"
    LATE = "late"
    PART_EXPIRED = "part_expired"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    WRONG_ACCOUNT = "wrong_account"
    CONTRADICTION = "contradiction"
    REVERSED = "reversed"
    UNREADABLE = "unreadable"
    CHARGEBACK = "chargeback"


class DefaultAction(StrEnum):
    """What happens by itself when nobody decided in time."""

    RETURN = "return"
    """Give what the case holds back to the account that it came from. It moves money."""
    ESCALATE = "escalate"
    """Hand the case to the next role and start its clock again; no money moves."""


@dataclass(frozen=True, slots=True)
class Default:
    """`owner` answers within `within`; then `action` happens, or `escalates_to` is told where no policy allows it.

    Roles are those of people: payments, supervisor, owner.
    """

    owner: str
    within: timedelta
    action: DefaultAction
    escalates_to: str

    @property
    def moves_money(self) -> bool:
        """Whether the default needs a policy that two people of the store approved."""
        return self.action is DefaultAction.RETURN

    def happens(self, *, policy: bool) -> DefaultAction:
        """Say what happens by itself in a store: without its policy no money moves."""
        return self.action if policy or not self.moves_money else DefaultAction.ESCALATE


DEFAULTS: Final[Mapping[CaseKind, Default]] = {
    CaseKind.EXCESS: Default("payments", timedelta(hours=24), DefaultAction.RETURN, "supervisor"),
    CaseKind.LATE: Default("payments", timedelta(hours=24), DefaultAction.RETURN, "supervisor"),
    # The buyer may still send the rest: a day more than the others.
    CaseKind.PART_EXPIRED: Default("payments", timedelta(hours=48), DefaultAction.RETURN, "supervisor"),
    CaseKind.DUPLICATE: Default("payments", timedelta(hours=24), DefaultAction.RETURN, "supervisor"),
    # Whose it is may take some asking; the buyer waits for his goods meanwhile.
    CaseKind.UNKNOWN: Default("payments", timedelta(hours=72), DefaultAction.RETURN, "supervisor"),
    # It never was in an account of the store: there is nothing to return.
    CaseKind.WRONG_ACCOUNT: Default("supervisor", timedelta(hours=24), DefaultAction.ESCALATE, "owner"),
    CaseKind.CONTRADICTION: Default("supervisor", timedelta(hours=4), DefaultAction.ESCALATE, "owner"),
    # The money is gone and the parcel stands still: soon.
    CaseKind.REVERSED: Default("payments", timedelta(hours=4), DefaultAction.ESCALATE, "supervisor"),
    CaseKind.UNREADABLE: Default("payments", timedelta(hours=4), DefaultAction.ESCALATE, "supervisor"),
    # A card's bank gives days, not weeks, to answer, and gathering the evidence takes some of them.
    CaseKind.CHARGEBACK: Default("payments", timedelta(hours=24), DefaultAction.ESCALATE, "supervisor"),
}
