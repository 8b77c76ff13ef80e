"""One person proposes, another one approves what he saw, and nothing else is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.approvals.models import Proposal
from seguripago.foundations.approvals.queries import (
    ProposalView,
    open_proposals,
    policy,
    proposal,
    ripe_proposals,
)
from seguripago.foundations.approvals.rules import NotExact, fingerprint
from seguripago.foundations.audit.queries import history
from seguripago.foundations.stores.queries import store_by_id
from seguripago.values.actor import Actor
from tests.approvals.people import checker, maker, works
from tests.orders.builders import make_store

pytestmark = pytest.mark.django_db

EFFECTS = {"pay": [{"order": 7, "centavos": 1250_00, "currency": "MXN"}]}


@pytest.fixture
def store() -> int:
    return make_store()


def propose(store_id: int, by: Actor, at: datetime, *, subject: str = "case:12", kind: str = "case.apply") -> int:
    asked = approvals.Asked(store_id, kind, subject, EFFECTS, ("Aplica $1,250.00 al pedido CM-7K3F-92QX.",))
    return approvals.propose(asked, by=by, at=at)


def grant(
    store_id: int, proposal_id: int, by: Actor, at: datetime, *, now: Mapping[str, object] = EFFECTS, seen: str = ""
) -> None:
    view = proposal(store_id, proposal_id)
    assert view is not None
    with approvals.deciding(proposal_id, at=at):
        approvals.grant(proposal_id, seen=seen or view.hash, effects_now=now, by=by, at=at)  # type: ignore[arg-type]


def state_of(store_id: int, proposal_id: int) -> str:
    view = proposal(store_id, proposal_id)
    assert view is not None
    return view.state


def test_a_second_person_grants_what_she_saw(store: int, at: datetime) -> None:
    mariana, diego = maker(store), checker(store)
    made = propose(store, mariana, at)
    (waiting,) = open_proposals(store)
    assert (waiting.id, waiting.proposed_by, waiting.effects) == (made, "Mariana", EFFECTS)
    assert waiting.says == ("Aplica $1,250.00 al pedido CM-7K3F-92QX.",)

    grant(store, made, diego, at + timedelta(minutes=3))

    view = proposal(store, made)
    assert view is not None
    assert (view.state, view.decided_by, view.decided_by_id) == ("granted", "Diego", diego.id)
    assert open_proposals(store) == ()
    assert [entry.action for entry in history(store, "case:12")] == ["proposal.made", "proposal.granted"]


def test_the_hash_covers_store_kind_subject_and_every_effect(store: int) -> None:
    told = fingerprint(store, "case.apply", "case:12", EFFECTS)
    assert len(told) == 64
    assert told == fingerprint(store, "case.apply", "case:12", {"pay": [dict(reversed(EFFECTS["pay"][0].items()))]})
    others = [
        fingerprint(store + 1, "case.apply", "case:12", EFFECTS),
        fingerprint(store, "case.return", "case:12", EFFECTS),
        fingerprint(store, "case.apply", "case:13", EFFECTS),
        fingerprint(store, "case.apply", "case:12", {"pay": [{**EFFECTS["pay"][0], "centavos": 1250_01}]}),
    ]
    assert len({told, *others}) == 5


def test_an_amount_that_is_not_whole_is_never_hashed(store: int) -> None:
    with pytest.raises(NotExact):
        fingerprint(store, "case.apply", "case:12", {"centavos": 12.5})  # type: ignore[dict-item]


def test_nobody_approves_what_he_proposed(store: int, at: datetime) -> None:
    diego = checker(store)
    made = propose(store, diego, at)
    works(store, "owner", "Ana")

    with pytest.raises(approvals.SamePerson):
        grant(store, made, diego, at)
    with pytest.raises(approvals.SamePerson):
        approvals.reject(made, reason="", by=diego, at=at)
    assert state_of(store, made) == "open"


def test_the_database_refuses_a_maker_who_checks(store: int, at: datetime) -> None:
    mariana = maker(store)
    made = propose(store, mariana, at)
    row = {"state": "granted", "decided_by": "x", "decided_at": at + timedelta(days=3)}
    for way, who in (("second_person", mariana.id), ("second_person", None), ("delay", mariana.id), ("", 99)):
        with pytest.raises(IntegrityError, match="proposal_maker_is_not_checker"), transaction.atomic():
            Proposal.objects.filter(pk=made).update(way=way, decided_by_id=who, **row)


def test_what_is_decided_or_proposed_never_changes(store: int, at: datetime) -> None:
    mariana, diego = maker(store), checker(store)
    made = propose(store, mariana, at)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Proposal.objects.filter(pk=made).update(effects={"pay": []})
    grant(store, made, diego, at)
    with pytest.raises(DatabaseError, match="is decided"), transaction.atomic():
        Proposal.objects.filter(pk=made).update(reason="otra cosa")
    with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
        Proposal.objects.filter(pk=made).delete()


def test_another_hash_than_the_one_on_the_screen_is_refused_and_stays_open(store: int, at: datetime) -> None:
    made = propose(store, maker(store), at)
    with pytest.raises(approvals.NotWhatWasSeen):
        grant(store, made, checker(store), at, seen="0" * 64)
    assert state_of(store, made) == "open"


def test_a_proposal_dies_when_what_it_would_do_has_changed(store: int, at: datetime) -> None:
    made = propose(store, maker(store), at)
    changed = {"pay": [{**EFFECTS["pay"][0], "centavos": 1}]}
    with pytest.raises(approvals.ChangedMeanwhile):
        grant(store, made, checker(store), at, now=changed)
    assert state_of(store, made) == "void"
    assert history(store, "case:12")[-1].action == "proposal.voided"


def test_a_subject_has_one_open_proposal(store: int, at: datetime) -> None:
    mariana, diego = maker(store), checker(store)
    first = propose(store, mariana, at)
    with pytest.raises(approvals.AlreadyProposed):
        propose(store, diego, at)
    approvals.reject(first, reason="No es de ese pedido.", by=diego, at=at)
    again = propose(store, mariana, at)
    assert [state_of(store, made) for made in (first, again)] == ["rejected", "open"]


def test_the_maker_takes_it_back_and_nobody_else_does(store: int, at: datetime) -> None:
    mariana, other = maker(store), maker(store)
    made = propose(store, mariana, at)
    with pytest.raises(approvals.NotYourRole):
        approvals.withdraw(made, by=other, at=at)
    approvals.withdraw(made, by=mariana, at=at)
    assert state_of(store, made) == "withdrawn"
    with pytest.raises(approvals.ProposalNotOpen):
        grant(store, made, checker(store), at)


def test_a_proposal_waits_a_day_and_no_longer(store: int, at: datetime) -> None:
    made = propose(store, maker(store), at)
    late = at + timedelta(hours=24)
    with pytest.raises(approvals.ProposalNotOpen):
        grant(store, made, checker(store), late)
    assert approvals.expire_proposals(at=late - timedelta(seconds=1)) == 0
    assert approvals.expire_proposals(at=late) == 1
    assert state_of(store, made) == "expired"


@pytest.mark.parametrize("role", ["analyst", "stranger", "nobody", "clock"])
def test_only_who_may_proposes(store: int, at: datetime, role: str) -> None:
    who = {
        "analyst": lambda: works(store, "analyst", "Lucía"),
        "stranger": lambda: works(make_store(), "owner", "Carla"),
        "nobody": lambda: Actor.staff(10**12, "Nadie"),
        "clock": lambda: Actor.system("Reloj"),
    }[role]()
    with pytest.raises(approvals.NotYourRole):
        propose(store, who, at)


def test_a_clerk_and_a_stranger_approve_nothing(store: int, at: datetime) -> None:
    made = propose(store, maker(store), at)
    for who in (maker(store), works(make_store(), "owner", "Carla")):
        with pytest.raises(approvals.NotYourRole):
            grant(store, made, who, at)
        with pytest.raises(approvals.NotYourRole):
            approvals.reject(made, reason="", by=who, at=at)
    assert proposal(make_store(), made) is None


def test_a_lone_owner_waits_a_day_after_the_store_was_told(store: int, at: datetime) -> None:
    ana = works(store, "owner", "Ana")
    naming = approvals.propose_policy(store, {"delay_instead_of_second_person": 1}, by=ana, at=at)
    view = proposal(store, naming)
    assert view is not None
    assert view.may_be_delayed
    with pytest.raises(approvals.SamePerson):
        approvals.approve_policy(naming, seen=view.hash, by=ana, at=at + timedelta(hours=30))
    approvals.mark_told(naming, at=at + timedelta(hours=1))
    with pytest.raises(approvals.SamePerson) as early:
        approvals.approve_policy(naming, seen=view.hash, by=ana, at=at + timedelta(hours=24))
    assert early.value.free_at == at + timedelta(hours=25)
    ripe = at + timedelta(hours=25)
    approvals.approve_policy(naming, seen=view.hash, by=ana, at=ripe)
    assert policy(store).delay_instead_of_second_person

    made = propose(store, ana, ripe)
    approvals.mark_told(made, at=ripe)
    assert ripe_proposals(at=ripe + timedelta(hours=23)) == ()
    (waiting,) = ripe_proposals(at=ripe + timedelta(hours=24))
    grant(store, waiting.id, Actor.system("Reloj"), ripe + timedelta(hours=24))
    assert state_of(store, made) == "granted"


def test_the_delay_ends_when_a_second_person_is_hired(store: int, at: datetime) -> None:
    ana = works(store, "owner", "Ana")
    naming = approvals.propose_policy(store, {"delay_instead_of_second_person": 1}, by=ana, at=at)
    approvals.mark_told(naming, at=at)
    diego = checker(store)
    view = proposal(store, naming)
    assert view is not None
    with pytest.raises(approvals.SamePerson):
        approvals.approve_policy(naming, seen=view.hash, by=ana, at=at + timedelta(hours=30))
    approvals.approve_policy(naming, seen=view.hash, by=diego, at=at + timedelta(hours=30))
    assert not _proposal(store, propose(store, ana, at)).may_be_delayed


def test_a_policy_is_decided_by_two_people_and_unsigned_notices_with_it(store: int, at: datetime) -> None:
    mariana, diego = works(store, "owner", "Ana"), checker(store)
    assert not store_by_id(store).accepts_unsigned_notices
    changes = {"accepts_unsigned_notices": 1, "tolerance_centavos": 5_00}
    made = approvals.propose_policy(store, changes, by=mariana, at=at)
    view = _proposal(store, made)
    assert view.says == ("Aceptar avisos bancarios sin firma: sí.", "Tolerancia de diferencias: $5.00.")
    approvals.approve_policy(made, seen=view.hash, by=diego, at=at)
    assert store_by_id(store).accepts_unsigned_notices
    assert policy(store).tolerance_centavos == 5_00
    with pytest.raises(approvals.NothingToChange):
        approvals.propose_policy(store, changes, by=mariana, at=at)


@pytest.mark.parametrize("changes", [{}, {"anything": 1}, {"tolerance_centavos": -1}, {"writes_off_by_itself": 2}])
def test_a_policy_that_does_not_exist_is_not_proposed(store: int, at: datetime, changes: dict[str, int]) -> None:
    with pytest.raises(approvals.PolicyNotPossible):
        approvals.propose_policy(store, changes, by=maker(store), at=at)


def _proposal(store_id: int, proposal_id: int) -> ProposalView:
    view = proposal(store_id, proposal_id)
    assert view is not None
    return view
