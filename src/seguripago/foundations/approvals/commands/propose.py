"""Propose something for a second person to approve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.people.queries import Member, member, members
from seguripago.values.actor import Actor

from ..facts import ProposalMade
from ..models import Proposal
from ..queries import policy
from ..refusals import AlreadyProposed, NotYourRole
from ..rules import CHECKERS, LIFE, LONE_LIFE, MAKERS, POLICY_KIND, Json, fingerprint, is_lone


@dataclass(frozen=True, slots=True)
class Asked:
    """What is proposed. `effects`: exactly what will be done (whole centavos, ids, currency); `says`: the Spanish
    lines that the checker reads. `subject` like `case:12`; one open proposal per subject. `makers`: the roles that may
    propose it; who may approve is the same for everything.
    """

    store_id: int
    kind: str
    subject: str
    effects: Mapping[str, Json]
    says: tuple[str, ...]
    makers: frozenset[str] = MAKERS


def propose(asked: Asked, *, by: Actor, at: datetime) -> int:
    """Keep the proposal with the hash of what it would do; returns its id. Raises AlreadyProposed, NotYourRole."""
    maker = person_of(asked.store_id, by, asked.makers)
    delayed = may_be_delayed(asked.store_id, maker.user_id, asked)
    try:
        with transaction.atomic():
            row = Proposal.objects.create(
                store_id=asked.store_id,
                kind=asked.kind,
                subject=asked.subject,
                effects=dict(asked.effects),
                says=list(asked.says),
                hash=fingerprint(asked.store_id, asked.kind, asked.subject, asked.effects),
                proposed_by=maker.name,
                proposed_by_id=maker.user_id,
                proposed_at=at,
                expires_at=at + (LONE_LIFE if delayed else LIFE),
                may_be_delayed=delayed,
            )
            said = {"proposal": row.pk, "kind": row.kind, "hash": row.hash, "says": list(asked.says)}
            record(row.store_id, by, "proposal.made", row.subject, said, at=at)
            publish(
                ProposalMade(
                    store_id=row.store_id,
                    at=at,
                    proposal_id=row.pk,
                    kind=row.kind,
                    about=row.subject,
                    by_delay=delayed,
                )
            )
    except IntegrityError as error:
        if "proposal_one_open_per_subject" not in str(error):
            raise
        raise AlreadyProposed from None
    return row.pk


def person_of(store_id: int, by: Actor, roles: frozenset[str]) -> Member:
    """The active person of the store with one of the roles. Raises NotYourRole."""
    known = None if by.id is None else member(by.id)
    if known is None or known.store_id != store_id or known.role not in roles:
        raise NotYourRole
    return known


def may_be_delayed(store_id: int, maker_id: int, asked: Asked) -> bool:
    """Whether a delay may stand for the second person: nobody else could decide, and the owner named the delay.

    Naming the delay is itself such a proposal: a lone owner has nobody to approve it.
    """
    checkers = [person.user_id for person in members(store_id) if person.role in CHECKERS]
    if maker_id not in checkers or not is_lone(maker_id, checkers):
        return False
    if asked.kind == POLICY_KIND and asked.effects.get("to") == {"delay_instead_of_second_person": 1}:
        return True
    return policy(store_id).delay_instead_of_second_person
