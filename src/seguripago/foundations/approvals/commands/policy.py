"""A store's policies: what two people decide once for all, so that a clock may act by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores.commands import accept_unsigned_notices
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..models import StorePolicy
from ..queries import policy
from ..refusals import NothingToChange, PolicyNotPossible
from ..rules import LABELS, MONEY_NAMES, POLICY_KIND, Json, is_allowed
from .decide import deciding, grant, lock
from .propose import Asked, propose


def propose_policy(store_id: int, changes: Mapping[str, int], *, by: Actor, at: datetime) -> int:
    """Propose new values for policies (names of rules.Policy; truths as 0 and 1). Returns the proposal's id.

    Raises PolicyNotPossible, NothingToChange, AlreadyProposed, NotYourRole.
    """
    wanted = {name: int(value) for name, value in sorted(changes.items())}
    if not wanted or not all(is_allowed(name, value) for name, value in wanted.items()):
        raise PolicyNotPossible
    effects = _effects(store_id, wanted)
    if effects["from"] == effects["to"]:
        raise NothingToChange
    says = tuple(f"{LABELS[name]}: {_words(name, value)}." for name, value in wanted.items())
    return propose(Asked(store_id, POLICY_KIND, f"store:{store_id}", effects, says), by=by, at=at)


def approve_policy(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve as a second person (or as a lone owner after the delay); from now on the store keeps to it.

    Raises what approvals.grant raises.
    """
    with deciding(proposal_id, at=at):
        asked = lock(proposal_id, at=at, by=by, kinds=(POLICY_KIND,))
        wanted: dict[str, int] = asked.effects["to"]
        grant(proposal_id, seen=seen, effects_now=_effects(asked.store_id, wanted), by=by, at=at)
        StorePolicy.objects.bulk_create(
            StorePolicy(store_id=asked.store_id, name=name, value=value, proposal_id=proposal_id, at=at)
            for name, value in wanted.items()
        )
        if "accepts_unsigned_notices" in wanted:
            accept_unsigned_notices(asked.store_id, bool(wanted["accepts_unsigned_notices"]))
        said = {"proposal": proposal_id, **asked.effects}
        record(asked.store_id, by, "store.policy_changed", f"store:{asked.store_id}", said, at=at)


def _effects(store_id: int, wanted: Mapping[str, int]) -> dict[str, Json]:
    now = policy(store_id)
    return {"from": {name: int(getattr(now, name)) for name in wanted}, "to": dict(wanted)}


def _words(name: str, value: int) -> str:
    if name in MONEY_NAMES:
        return str(Money(value))
    return "sí" if value else "no"
