"""Decide what was proposed: grant, reject, take back, void, let expire. A decided row never changes again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.values.actor import Actor
from seguripago.values.safe_text import mask_secrets

from ..facts import ProposalFact, ProposalGranted, ProposalRejected, ProposalVoided
from ..models import Proposal
from ..queries import ProposalView, proposal
from ..refusals import ChangedMeanwhile, NotWhatWasSeen, NotYourRole, ProposalNotOpen, ProposalUnknown, SamePerson
from ..rules import CHECKERS, DELAY, EVERYBODY, Event, Json, State, Way, fingerprint, move
from .propose import Asked, may_be_delayed, person_of

BATCH: Final = 200


class OutsideTransaction(RuntimeError):
    """Granting must be part of the transaction that does what was granted."""


@contextmanager
def deciding(proposal_id: int, *, at: datetime) -> Iterator[None]:
    """One transaction for the decision and the deed. ChangedMeanwhile undoes both and leaves the proposal void.

    Wrap around `grant` and what follows it: an exception inside a transaction would undo the mark as well.
    """
    try:
        with transaction.atomic():
            yield
    except ChangedMeanwhile as changed:
        void(proposal_id, reason=changed.why or "Cambió lo que se haría.", at=at)
        raise


def lock(proposal_id: int, *, at: datetime, by: Actor | None = None, kinds: tuple[str, ...] = ()) -> ProposalView:
    """Lock an open proposal before anything else is locked and say what it proposes.

    With `by`, who could not grant it is refused before anything is looked at; with `kinds` (beginnings of kinds), what
    another room proposed is unknown here. Raises ProposalUnknown, ProposalNotOpen, NotYourRole, SamePerson.
    """
    row = _locked(proposal_id, at=at)
    if kinds and not row.kind.startswith(kinds):
        raise ProposalUnknown
    if by is not None:
        _way(row, by, at=at)
    found = proposal(row.store_id, row.pk)
    assert found is not None
    return found


def grant(proposal_id: int, *, seen: str, effects_now: Mapping[str, Json], by: Actor, at: datetime) -> None:
    """Grant in the caller's transaction, which then does what was granted; wrap both in `deciding`.

    `seen` is the hash that the checker read, `effects_now` what would be done now, recomputed under the locks.
    Raises ProposalNotOpen, NotYourRole, SamePerson, NotWhatWasSeen, ChangedMeanwhile.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    row = _locked(proposal_id, at=at)
    way = _way(row, by, at=at)
    if seen != row.hash:
        raise NotWhatWasSeen
    if fingerprint(row.store_id, row.kind, row.subject, effects_now) != row.hash:
        raise ChangedMeanwhile
    row.way = way.value
    _decide(row, Event.GRANT, ProposalGranted, "proposal.granted", by=by, at=at)


def reject(proposal_id: int, *, reason: str, by: Actor, at: datetime) -> None:
    """Say no, as a second person. Raises ProposalNotOpen, NotYourRole, SamePerson (the maker withdraws instead)."""
    with transaction.atomic():
        row = _locked(proposal_id, at=at)
        checker = person_of(row.store_id, by, CHECKERS)
        if checker.user_id == row.proposed_by_id:
            raise SamePerson
        row.reason = mask_secrets(reason)[:240]
        _decide(row, Event.REJECT, ProposalRejected, "proposal.rejected", by=by, at=at)


def withdraw(proposal_id: int, *, by: Actor, at: datetime) -> None:
    """Take back what one proposed oneself. Raises ProposalNotOpen, NotYourRole."""
    with transaction.atomic():
        row = _locked(proposal_id, at=at)
        maker = person_of(row.store_id, by, EVERYBODY)
        if maker.user_id != row.proposed_by_id:
            raise NotYourRole
        _decide(row, Event.WITHDRAW, ProposalRejected, "proposal.withdrawn", by=by, at=at)


def void(proposal_id: int, *, reason: str, at: datetime) -> None:
    """Mark a proposal that can no longer be done as it was seen; one that is decided stays as it is."""
    with transaction.atomic():
        row = Proposal.objects.select_for_update().filter(pk=proposal_id, state=State.OPEN.value).first()
        if row is not None:
            row.reason = reason[:240]
            _decide(row, Event.CHANGE, ProposalVoided, "proposal.voided", by=Actor.system(), at=at)


def mark_told(proposal_id: int, *, at: datetime) -> None:
    """Keep that the store was told of a lone owner's proposal: its delay runs from now; the first time counts."""
    untold = Proposal.objects.filter(pk=proposal_id, state=State.OPEN.value, may_be_delayed=True, told_at=None)
    untold.update(told_at=at)


def expire_proposals(*, at: datetime) -> int:
    """End what nobody decided in time; returns how many. Locked ones wait for the next round."""
    with transaction.atomic():
        due = Proposal.objects.select_for_update(skip_locked=True).filter(state=State.OPEN.value, expires_at__lte=at)
        rows = list(due.order_by("pk")[:BATCH])
        for row in rows:
            row.reason = "Nadie decidió a tiempo."
            _decide(row, Event.EXPIRE, ProposalVoided, "proposal.expired", by=Actor.system("Reloj"), at=at)
    return len(rows)


def _way(row: Proposal, by: Actor, *, at: datetime) -> Way:
    """How this person may grant it; the clock (no person) only stands for a lone owner whose delay is over."""
    if by.id is not None:
        checker = person_of(row.store_id, by, CHECKERS)
        if checker.user_id != row.proposed_by_id:
            return Way.SECOND_PERSON
    free_at = row.told_at + DELAY if row.may_be_delayed and row.told_at else None
    if free_at is None or at < free_at:
        raise SamePerson(free_at)
    asked = Asked(row.store_id, row.kind, row.subject, row.effects, ())
    if not may_be_delayed(row.store_id, row.proposed_by_id, asked):
        # Somebody who can decide was hired, or the delay was given up meanwhile.
        raise SamePerson
    return Way.DELAY


def _locked(proposal_id: int, *, at: datetime) -> Proposal:
    row = Proposal.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None:
        raise ProposalUnknown
    if row.state != State.OPEN:
        raise ProposalNotOpen(row.state)
    if row.expires_at <= at:
        raise ProposalNotOpen(State.EXPIRED.value)
    return row


def _decide(row: Proposal, event: Event, fact: type[ProposalFact], action: str, *, by: Actor, at: datetime) -> None:
    following = move(row.state, event)
    if following is None:
        raise ProposalNotOpen(row.state)
    row.state, row.decided_by, row.decided_by_id, row.decided_at = following.value, by.name[:120], by.id, at
    row.save(update_fields=["state", "way", "decided_by", "decided_by_id", "decided_at", "reason"])
    said = {"proposal": row.pk, "kind": row.kind, "hash": row.hash, "way": row.way, "reason": row.reason}
    record(row.store_id, by, action, row.subject, said, at=at)
    publish(fact(store_id=row.store_id, at=at, proposal_id=row.pk, kind=row.kind, about=row.subject))
