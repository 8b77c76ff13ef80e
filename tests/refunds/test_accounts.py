"""An account for a refund: how many may be given, whose proof it is, and that no name alone decides anything."""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.approvals.refusals import NotYourRole
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.evidence.queries import shown_before
from seguripago.journey.orders.commands import lock_order, locking
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation.models import ReturnInstruction
from seguripago.journey.refunds import commands as refunds
from seguripago.journey.refunds.commands import accounts
from seguripago.journey.refunds.models import Refund, RefundAccount
from seguripago.journey.refunds.queries import names_differ, proof_shown_before, refunds_of
from seguripago.journey.refunds.refusals import RefundElsewhere, TooManyAccounts
from seguripago.journey.refunds.rules import LegState, RefundState
from seguripago.values.actor import Actor
from tests.cases.world import broken_truths
from tests.orders.builders import placed
from tests.races.together import at_once
from tests.refunds.test_cancel import AREA, CLABE, LUCIA, give, no_account, picture, token_of
from tests.refunds.test_machine import paid, view, waiting
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
UNLOCKED = locking.LOCK.replace(" FOR NO KEY UPDATE", "")


def lying() -> set[Path]:
    return {path for path in (settings.SEGURIPAGO.data_dir / "files").rglob("*") if path.is_file()}


def test_so_many_accounts_wait_for_a_person_and_each_no_makes_room(at: datetime, client: Client) -> None:
    there, refund_id = no_account(at)
    for _ in range(accounts.MOST_UNDECIDED):
        last = give(refund_id, CLABE, at)
    before = lying()
    with pytest.raises(TooManyAccounts):
        give(refund_id, CLABE, at)
    assert lying() == before
    proposal_id = refunds.propose_account(last, by=there.mariana, at=at)
    refunds.reject_any(proposal_id, reason="No se ve tu nombre", by=there.diego, at=at)
    again = {
        "clabe": CLABE,
        "holder": "Lucía Hernández",
        "file": SimpleUploadedFile("a.png", picture(), "image/png"),
    }
    at_page = f"/pedido/{token_of(there.order_id)}/cuenta/{refund_id}/"
    assert client.post(at_page, again).status_code == 302
    again["file"] = SimpleUploadedFile("a.png", picture(), "image/png")
    full = client.post(at_page, again, HTTP_ACCEPT="application/json")
    assert full.status_code == 422
    assert full.json()["message"].startswith("Ya nos diste varias cuentas para este reembolso")
    assert broken_truths() == {}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_locked", [True, False])
def test_of_two_accounts_at_once_only_the_last_that_there_is_room_for_is_kept(
    at: datetime, is_locked: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have counted before one is written, unless the order's lock keeps the second from counting."""
    _, refund_id = no_account(at)
    for _ in range(accounts.MOST_UNDECIDED - 1):
        give(refund_id, CLABE, at)
    gate, real, turns = threading.Barrier(2), accounts.refuse_too_many, dict[int, int]()

    def count(refund: int) -> None:
        real(refund)
        me = threading.get_ident()
        turns[me] = turns.get(me, 0) + 1
        if turns[me] == 1 or not is_locked:
            gate.wait(20)

    monkeypatch.setattr(accounts, "refuse_too_many", count)
    if not is_locked:
        monkeypatch.setattr(locking, "LOCK", UNLOCKED)
        monkeypatch.setattr(accounts, "lock_refund", _without_locks)
    answers = at_once(2, lambda _: give(refund_id, CLABE, at))
    refused = sum(isinstance(each, TooManyAccounts) for each in answers)
    kept = RefundAccount.objects.filter(refund_id=refund_id).count()
    most = accounts.MOST_UNDECIDED
    assert (refused, kept) == ((1, most) if is_locked else (0, most + 1)), answers


def _without_locks(refund_id: int) -> object:
    row = Refund.objects.get(pk=refund_id)
    assert row.order_id is not None
    return row, lock_order(row.order_id)


def test_a_proof_that_another_order_showed_is_told_to_whoever_decides_and_not_whose_it_was(at: datetime) -> None:
    first, one = no_account(at)
    give(one, CLABE, at)
    give(one, CLABE, at)
    assert proof_shown_before(view(one)) == (), "its own order may show it as often as it wants"
    there, other = no_account(at)
    assert proof_shown_before(view(other)) == ()
    account_id = give(other, CLABE, at)
    (said,) = proof_shown_before(view(other))
    number = order(first.order_id).number
    assert "ya se presentó en otro pedido" in said
    assert number not in said
    page = entered(there.store_id, "payments", "mari").get(f"{AREA}{other}/").content.decode()
    assert said in page
    assert number not in page
    proposal_id = refunds.propose_account(account_id, by=there.mariana, at=at)
    asked = proposal(there.store_id, proposal_id)
    assert asked is not None
    assert "Ese mismo archivo ya se presentó en otro pedido." in asked.says


def test_a_proof_and_a_comprobante_know_each_other(at: datetime) -> None:
    stranger = placed(at)
    keep_evidence(stranger, filename="a.png", body=picture(), by=LUCIA, at=at)
    _, refund_id = no_account(at)
    give(refund_id, CLABE, at)
    assert proof_shown_before(view(refund_id))


def test_a_proof_that_comes_back_as_a_comprobante_is_known(at: datetime) -> None:
    _, refund_id = no_account(at)
    give(refund_id, CLABE, at)
    paper = keep_evidence(placed(at), filename="a.png", body=picture(), by=LUCIA, at=at)
    (reuse,) = shown_before(paper)
    assert (reuse.kind, reuse.order_id) == ("file", None)


def test_an_account_in_the_buyers_very_name_waits_for_two_people_like_any_other(at: datetime) -> None:
    there, refund_id = no_account(at)
    found = view(refund_id)
    account_id = refunds.give_account(
        refund_id, clabe=CLABE, holder=found.buyer_name, filename="a.png", body=picture(), by=LUCIA, at=at
    )
    assert not [said for said in names_differ(view(refund_id)) if "compró" in said]
    assert (view(refund_id).legs[0].state, ReturnInstruction.objects.count()) == (LegState.WAITING, 0)
    proposal_id = refunds.propose_account(account_id, by=there.mariana, at=at)
    _, seen = waiting(there, refund_id)
    with pytest.raises(NotYourRole):
        refunds.approve_any(proposal_id, seen=seen, by=there.mariana, at=at)
    assert ReturnInstruction.objects.count() == 0
    refunds.approve_any(proposal_id, seen=seen, by=there.diego, at=at)
    assert there.instruction.account == CLABE
    assert broken_truths() == {}


def test_whoever_has_the_name_of_who_asked_takes_nothing_back(at: datetime) -> None:
    there = paid(at)
    namesake = Actor.staff(there.mariana.id or 0, LUCIA.name)
    refunds.cancel_order(there.order_id, note="no hay piezas", by=namesake, at=at)
    (asked,) = refunds_of(there.order_id)
    assert (asked.asked_by, asked.asked_by_buyer) == (LUCIA.name, False)
    for other in (LUCIA, Actor.staff(there.diego.id or 0, LUCIA.name)):
        with pytest.raises(RefundElsewhere):
            refunds.take_cancel_back(asked.id, by=other, at=at)
    page = Client().get(f"/pedido/{token_of(there.order_id)}/").content.decode()
    assert "Ya no quiero cancelar" not in page
    refunds.take_cancel_back(asked.id, by=there.mariana, at=at)
    assert view(asked.id).state is RefundState.REJECTED


def test_a_buyer_whose_name_was_corrected_meanwhile_takes_his_own_back(at: datetime) -> None:
    there = paid(at)
    refunds.cancel_order(there.order_id, note="ya no", by=LUCIA, at=at)
    (asked,) = refunds_of(there.order_id)
    refunds.take_cancel_back(asked.id, by=Actor.buyer("Lucía Hernández Robles"), at=at)
    assert view(asked.id).state is RefundState.REJECTED
