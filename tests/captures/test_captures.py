"""A deposit that no bank told us enters by two people, is read like every other, and is one with the bank's word."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from seguripago.foundations.approvals import refusals as approvals
from seguripago.foundations.approvals.commands import reject, withdraw
from seguripago.foundations.approvals.queries import ProposalView, open_proposals, proposal
from seguripago.foundations.audit.queries import history
from seguripago.foundations.ledger.queries import balance
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.bank import refusals
from seguripago.journey.bank.commands import CepFile, approve_capture, propose_capture
from seguripago.journey.bank.models import RawNotice
from seguripago.journey.orders.queries import order
from seguripago.ports.captures import ByHand
from seguripago.values.clabe import build
from seguripago.values.money import Money
from tests.captures.ceps import Transfer
from tests.captures.house import House, deposits, house, strangers_clabe, unpin_the_bank
from tests.money.bank import deliver, notice, sale, turn

pytestmark = pytest.mark.django_db


def seen(shop: House, **more: object) -> ByHand:
    said: dict[str, object] = {
        "clabe": shop.account,
        "sending_institution": "40012",
        "tracking_key": "BBVA260311000012345",
        "operation_date": date(2026, 3, 11),
        "amount": Money.parse("9,135.00"),
        "payer_name": "LUCIA HERNANDEZ ROBLES",
        "concept": "Pedido",
        "reference": "260311",
        "settled_at": datetime(2026, 3, 11, 16, 5, tzinfo=UTC),
        **more,
    }
    return ByHand(**said)  # type: ignore[arg-type]


def proposed(shop: House, proposal_id: int) -> ProposalView:
    found = proposal(shop.store_id, proposal_id)
    assert found is not None
    return found


def approve(shop: House, proposal_id: int, at: datetime) -> None:
    approve_capture(proposal_id, seen=proposed(shop, proposal_id).hash, by=shop.dora, at=at)


def test_what_a_clerk_saw_becomes_a_deposit_once_a_second_person_agrees(shop: House, at: datetime) -> None:
    proposal_id = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    turn(at)
    assert deposits(shop.store_id) == []
    said = proposed(shop, proposal_id)
    assert said.kind == "bank.by_hand"
    assert (said.effects["amount_centavos"], said.effects["account"]) == (913500, shop.account)
    assert any("$9,135.00" in line for line in said.says)
    approve(shop, proposal_id, at + timedelta(hours=1))
    turn(at + timedelta(hours=1))
    (deposit,) = deposits(shop.store_id)
    assert (deposit.amount_centavos, deposit.feed, deposit.payer_name) == (913500, "by_hand", "LUCIA HERNANDEZ ROBLES")
    assert deposit.settled_at == datetime(2026, 3, 11, 16, 5, tzinfo=UTC)
    (kept,) = RawNotice.objects.filter(store_id=shop.store_id)
    assert (kept.authenticity, kept.headers) == ("decided", {"seguripago-road": "capture"})
    assert json.loads(bytes(kept.body))["monto"] == "9135.00"
    assert balance(shop.store_id, Account.BANK) == Money.parse("9135.00")
    actions = [entry.action for entry in history(shop.store_id, said.subject)]
    assert actions == ["proposal.made", "proposal.granted", "bank.captured"]


def test_a_captured_deposit_pays_the_order_whose_clabe_it_went_to(at: datetime) -> None:
    sold = sale(at)
    shop = house_of(sold.store_id)
    capture = seen(shop, clabe=sold.clabe, amount=sold.total)
    approve(shop, propose_capture(sold.store_id, capture, by=shop.beto, at=at), at)
    turn(at)
    assert order(sold.order_id).state == "paid"


def house_of(store_id: int) -> House:
    """The people of a store that already sold something."""
    from seguripago.foundations.people.commands import hire
    from seguripago.values.actor import Actor

    people = [
        Actor.staff(
            hire(
                store_id, email=f"{role}-{store_id}@t.example", name=role, role=role, analyst_number=role, password="x"
            ),
            role,
        )
        for role in ("payments", "supervisor", "owner")
    ]
    return House(store_id, "", *people)


def test_nobody_approves_what_he_proposed_and_nobody_of_another_store_does(shop: House, at: datetime) -> None:
    proposal_id = propose_capture(shop.store_id, seen(shop), by=shop.dora, at=at)
    with pytest.raises(approvals.SamePerson):
        approve(shop, proposal_id, at)
    with pytest.raises(approvals.NotYourRole):
        approve_capture(proposal_id, seen=proposed(shop, proposal_id).hash, by=shop.beto, at=at)
    carla = house().dora
    with pytest.raises(approvals.NotYourRole):
        approve_capture(proposal_id, seen=proposed(shop, proposal_id).hash, by=carla, at=at)
    with pytest.raises(approvals.NotYourRole):
        propose_capture(shop.store_id, seen(shop, tracking_key="OTRA"), by=carla, at=at)
    with pytest.raises(approvals.NotWhatWasSeen):
        approve_capture(proposal_id, seen="0" * 64, by=shop.ana, at=at)
    turn(at)
    assert deposits(shop.store_id) == []
    approve_capture(proposal_id, seen=proposed(shop, proposal_id).hash, by=shop.ana, at=at)
    with pytest.raises(approvals.ProposalNotOpen):
        approve(shop, proposal_id, at)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"clabe": "646180115700294218"}, refusals.CaptureUnreadable),
        ({"clabe": build("0121800150", 7)}, refusals.NotOurAccount),
        ({"sending_institution": "99999"}, refusals.CaptureUnreadable),
        ({"tracking_key": ""}, refusals.CaptureUnreadable),
        ({"tracking_key": "X" * 31}, refusals.CaptureUnreadable),
        ({"tracking_key": "ñandú"}, refusals.CaptureUnreadable),
        ({"amount": Money.zero()}, refusals.CaptureUnreadable),
        ({"amount": Money(-100)}, refusals.CaptureUnreadable),
        ({"reference": "12345678"}, refusals.CaptureUnreadable),
        ({"operation_date": date(2026, 3, 30)}, refusals.NotOnThatDay),
        ({"operation_date": date(1999, 1, 1)}, refusals.NotOnThatDay),
        ({"operation_date": date(2026, 3, 2)}, refusals.NotOnThatDay),
        ({"settled_at": datetime(2026, 3, 11, 17, 30, tzinfo=UTC)}, refusals.NotOnThatDay),
    ],
)
def test_what_cannot_be_is_refused_before_anybody_is_asked(
    shop: House, at: datetime, more: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        propose_capture(shop.store_id, seen(shop, **more), by=shop.beto, at=at)
    assert open_proposals(shop.store_id) == ()


def test_the_same_movement_is_proposed_once_at_a_time_and_never_when_the_bank_told_of_it(
    shop: House, at: datetime
) -> None:
    first = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    with pytest.raises(approvals.AlreadyProposed):
        propose_capture(shop.store_id, seen(shop, amount=Money(1)), by=shop.dora, at=at)
    withdraw(first, by=shop.beto, at=at)
    again = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    reject(again, reason="No está en la banca", by=shop.dora, at=at)
    tell(shop, at)
    with pytest.raises(refusals.DepositKnown) as known:
        propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    assert known.value.deposit_id == deposits(shop.store_id)[0].pk


def tell(shop: House, at: datetime, *, tracking_key: str = "BBVA260311000012345", amount: str = "9135.00") -> None:
    """The bank itself tells of the movement."""
    sent = notice(
        shop.store_id,
        clabe=shop.account,
        amount=amount,
        at=at,
        tracking_key=tracking_key,
        operation_date=date(2026, 3, 11),
        sending_institution="40012",
    )
    assert deliver(shop.store_id, sent, at=at) == 200
    turn(at)


def test_when_the_bank_tells_between_proposal_and_approval_the_proposal_is_void(shop: House, at: datetime) -> None:
    proposal_id = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    tell(shop, at)
    with pytest.raises(approvals.ChangedMeanwhile):
        approve(shop, proposal_id, at)
    assert proposed(shop, proposal_id).state == "void"
    assert len(deposits(shop.store_id)) == 1


def test_when_the_bank_tells_afterwards_it_attests_the_same_deposit(shop: House, at: datetime) -> None:
    approve(shop, propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at), at)
    turn(at)
    tell(shop, at)
    (deposit,) = deposits(shop.store_id)
    assert [each.feed for each in deposit.attestations.order_by("pk")] == ["by_hand", "sandbox"]
    tell(shop, at, amount="9135.01")
    (deposit,) = deposits(shop.store_id)
    assert deposit.attestations.filter(agrees=False).count() == 1


def test_who_may_not_approve_does_not_void_it_either(shop: House, at: datetime) -> None:
    proposal_id = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    tell(shop, at)
    with pytest.raises(approvals.NotYourRole):
        approve_capture(proposal_id, seen=proposed(shop, proposal_id).hash, by=shop.beto, at=at)
    assert proposed(shop, proposal_id).state == "open"


def test_an_equal_deposit_under_another_key_is_shown_and_only_a_declared_other_one_enters(
    shop: House, at: datetime
) -> None:
    tell(shop, at, tracking_key="MAL-TECLEADA")
    with pytest.raises(refusals.LooksKnown) as looks:
        propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    (known,) = deposits(shop.store_id)
    assert looks.value.deposit_ids == (known.pk,)
    proposal_id = propose_capture(shop.store_id, seen(shop), is_another=True, by=shop.beto, at=at)
    assert any(f"depósito {known.pk}" in line for line in proposed(shop, proposal_id).says)
    approve(shop, proposal_id, at)
    turn(at)
    assert len(deposits(shop.store_id)) == 2


def test_an_equal_deposit_that_comes_meanwhile_makes_the_proposal_void(shop: House, at: datetime) -> None:
    proposal_id = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    tell(shop, at, tracking_key="OTRA-CLAVE")
    with pytest.raises(approvals.ChangedMeanwhile):
        approve(shop, proposal_id, at)
    assert len(deposits(shop.store_id)) == 1


@pytest.mark.parametrize("kind", ["xml", "pdf"])
@pytest.mark.usefixtures("pinned")
def test_a_cep_with_a_good_seal_becomes_a_deposit_by_two_people(shop: House, at: datetime, kind: str) -> None:
    cep = shop.cep()
    body = cep.xml() if kind == "xml" else cep.pdf()
    proposal_id = propose_capture(shop.store_id, CepFile(body), by=shop.beto, at=at)
    said = proposed(shop, proposal_id)
    assert said.kind == "bank.cep"
    assert any("sello verificado" in line for line in said.says)
    approve(shop, proposal_id, at)
    turn(at)
    (deposit,) = deposits(shop.store_id)
    assert (deposit.amount_centavos, deposit.sending_institution, deposit.feed) == (913500, "40012", "banxico_cep")
    assert deposit.settled_at == datetime(2026, 3, 11, 16, 30, tzinfo=UTC)
    tell(shop, at)
    assert len(deposits(shop.store_id)) == 1


def test_a_cep_whose_certificate_nobody_pinned_can_never_be_proposed(shop: House, at: datetime) -> None:
    with pytest.raises(refusals.SealNotVerified) as refused:
        propose_capture(shop.store_id, CepFile(shop.cep().xml()), by=shop.beto, at=at)
    assert refused.value.seal == "not_verifiable"


@pytest.mark.usefixtures("pinned")
def test_what_is_altered_or_is_no_cep_can_never_be_proposed(shop: House, at: datetime) -> None:
    cep = shop.cep()
    raised = cep.xml().replace(b'MontoPago="9135.00"', b'MontoPago="9935.00"')
    for body, seal in (
        (raised, "invalid"),
        (cep.pdf(printed={"amount": "$ 9,935.00"}), "invalid"),
        (b"", "none"),
        (b"\x89PNG\r\n\x1a\n", "none"),
        (b"%PDF-1.7", "none"),
    ):
        with pytest.raises(refusals.SealNotVerified) as refused:
            propose_capture(shop.store_id, CepFile(body), by=shop.beto, at=at)
        assert refused.value.seal == seal
    with pytest.raises(refusals.NotOurAccount):
        propose_capture(shop.store_id, CepFile(Transfer(account=strangers_clabe()).xml()), by=shop.beto, at=at)


@pytest.mark.usefixtures("pinned")
def test_a_cep_is_used_once_in_the_whole_installation_whatever_tracking_key_it_shows(shop: House, at: datetime) -> None:
    cep = shop.cep()
    approve(shop, propose_capture(shop.store_id, CepFile(cep.xml()), by=shop.beto, at=at), at)
    turn(at)
    edited = cep.xml().replace(b"BBVA260311000012345", b"OTRA-CLAVE")
    for body in (edited, cep.pdf(printed={"tracking_key": "OTRA-CLAVE"})):
        with pytest.raises(refusals.SealUsed):
            propose_capture(shop.store_id, CepFile(body), is_another=True, by=shop.beto, at=at)
    assert len(deposits(shop.store_id)) == 1


@pytest.mark.usefixtures("pinned")
def test_a_genuine_cep_with_an_edited_key_does_not_make_a_second_deposit_of_what_the_bank_told(
    shop: House, at: datetime
) -> None:
    tell(shop, at)
    edited = shop.cep().xml().replace(b"BBVA260311000012345", b"OTRA-CLAVE")
    with pytest.raises(refusals.LooksKnown):
        propose_capture(shop.store_id, CepFile(edited), by=shop.beto, at=at)


@pytest.mark.usefixtures("pinned")
def test_a_key_that_is_unpinned_before_the_approval_makes_the_proposal_void(shop: House, at: datetime) -> None:
    proposal_id = propose_capture(shop.store_id, CepFile(shop.cep().xml()), by=shop.beto, at=at)
    unpin_the_bank()
    with pytest.raises(approvals.ChangedMeanwhile):
        approve(shop, proposal_id, at)
    assert proposed(shop, proposal_id).state == "void"


@pytest.mark.usefixtures("pinned")
def test_a_sender_that_the_cep_leaves_open_is_chosen_by_a_person_and_seen_by_the_other(
    shop: House, at: datetime
) -> None:
    body = shop.cep(payer_bank="BANCO NUEVO", payer_account="NA", payer_type="NA").xml().replace(b'"NA"', b'"NA"')
    body = body.replace(b'TipoCuenta="NA"', b'TipoCuenta="-1"')
    with pytest.raises(refusals.SenderUnsaid):
        propose_capture(shop.store_id, CepFile(body), by=shop.beto, at=at)
    proposal_id = propose_capture(shop.store_id, CepFile(body, sending_institution="40012"), by=shop.beto, at=at)
    assert "Banco emisor: BBVA (40012)." in proposed(shop, proposal_id).says
    wrong = CepFile(shop.cep(amount="1.00").xml(), sending_institution="40014")
    with pytest.raises(refusals.CaptureUnreadable):
        propose_capture(shop.store_id, wrong, by=shop.beto, at=at)
