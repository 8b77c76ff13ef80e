"""What two people decide about the store itself: its policies, and another account prefix for its buyers' money."""

from __future__ import annotations

from datetime import datetime

from seguripago.foundations.audit.commands import record
from seguripago.foundations.stores.account_commands import add_prefix, check_prefix
from seguripago.foundations.stores.refusals import PrefixNotPossible
from seguripago.values import clabe
from seguripago.values.actor import Actor

from ..models import Proposal
from ..refusals import ChangedMeanwhile
from ..rules import PREFIX_KIND
from .decide import deciding, grant, lock
from .policy import approve_policy
from .propose import Asked, propose


def propose_prefix(store_id: int, *, institution: str, bank_label: str, prefix: str, by: Actor, at: datetime) -> int:
    """Propose that the store gives out CLABEs under another prefix. Returns the proposal's id.

    Raises PrefixNotPossible, AlreadyProposed, NotYourRole.
    """
    check_prefix(institution, prefix)
    label = bank_label.strip()[:40] or clabe.institution_name(institution)
    effects = {"institution": institution, "bank_label": label, "prefix": prefix}
    says = (
        f"Banco: {label} ({institution}).",
        f"Prefijo de CLABE: {prefix}; caben {clabe.capacity(prefix):,} cuentas.",
        f"La primera CLABE será {clabe.pretty(clabe.build(prefix, 1))}.",
        "Los pedidos nuevos recibirán CLABE de este prefijo cuando se acaben las de los anteriores.",
    )
    return propose(Asked(store_id, PREFIX_KIND, f"store:{store_id}:prefix", effects, says), by=by, at=at)


def approve_prefix(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve as a second person: from now on the store has the prefix. Raises what approvals.grant raises."""
    with deciding(proposal_id, at=at):
        asked = lock(proposal_id, at=at, by=by, kinds=(PREFIX_KIND,))
        wanted: dict[str, str] = {name: str(value) for name, value in asked.effects.items()}
        grant(proposal_id, seen=seen, effects_now=wanted, by=by, at=at)
        try:
            add_prefix(asked.store_id, **wanted)
        except PrefixNotPossible as refused:
            raise ChangedMeanwhile(f"El prefijo ya no es posible: {refused.reason}.") from refused
        record(asked.store_id, by, "store.prefix_added", f"store:{asked.store_id}", wanted, at=at)


def approve_for_store(proposal_id: int, *, seen: str, by: Actor, at: datetime) -> None:
    """Approve whatever was proposed about the store itself. Raises what approvals.grant raises."""
    is_prefix = Proposal.objects.filter(pk=proposal_id, kind=PREFIX_KIND).exists()
    (approve_prefix if is_prefix else approve_policy)(proposal_id, seen=seen, by=by, at=at)
