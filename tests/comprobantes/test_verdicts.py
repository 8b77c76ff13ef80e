"""A comprobante is judged when it is read and again whenever the bank says more; every verdict is kept."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from seguripago.foundations.facts.models import FactRow
from seguripago.journey.bank.capture_tables import CepQuestion
from seguripago.journey.bank.commands import answer_next_cep
from seguripago.journey.bank.models import Deposit
from seguripago.journey.evidence.commands import keep_evidence, keep_reading
from seguripago.journey.orders.queries import order
from seguripago.journey.reconciliation.commands.comprobantes import judge_again, judge_evidence, look_again
from seguripago.journey.reconciliation.models import EvidenceVerdict, EvidenceWatch
from seguripago.journey.reconciliation.queries.comprobantes import VerdictView, verdict_history, verdicts_of
from seguripago.ports.receipt_readers import ReceiptKind, ReceiptReading, Seal
from tests.captures.ceps import Transfer
from tests.captures.house import pin_the_bank, unpin_the_bank
from tests.captures.portal import OFFERS, Portal, portal
from tests.evidence.files import picture
from tests.judging.movements import Signed, broken_invariants, movement, returned, tell_all
from tests.money import bank
from tests.orders.builders import LUCIA

pytestmark = pytest.mark.django_db
LANES = ("reconciliation", "reconciliation_alarms", "reconciliation.comprobantes")


@pytest.fixture(autouse=True)
def nothing_is_broken() -> Iterator[None]:
    yield
    assert broken_invariants() == {}


@pytest.fixture
def pinned() -> Iterator[None]:
    pin_the_bank()
    yield
    unpin_the_bank()


def show(sold: bank.Sale, at: datetime, *, size: int = 40, sure: float = 0.97, **says: str) -> int:
    """The buyer shows a picture, and a reader reads this in it."""
    body = picture(size=(size, 30))
    paper = keep_evidence(sold.order_id, filename="spei.png", body=body, by=LUCIA, at=at)
    fields = {"amount": sold.total.plain, "date": f"{at:%Y-%m-%d}", "clabe": sold.clabe, **says}
    keep_reading(
        paper, ReceiptReading(ReceiptKind.IMAGE, Seal.NONE, fields, (), "", dict.fromkeys(fields, sure)), at=at
    )
    bank.turn(at, only=LANES)
    return paper


def verdict(sold: bank.Sale, paper: int) -> VerdictView:
    return verdicts_of(sold.order_id)[paper]


def come(sold: bank.Sale, amount: str, *, at: datetime, **more: object) -> None:
    bank.deliver(sold.store_id, bank.notice(sold.store_id, clabe=sold.clabe, amount=amount, at=at, **more), at=at)
    bank.turn(at, only=LANES)


def test_it_waits_for_the_bank_and_matches_as_soon_as_the_bank_tells(at: datetime) -> None:
    sold = bank.sale(at)
    paper = show(sold, at, tracking_key="RASTREO000000001")
    first = verdict(sold, paper)
    assert (first.kind, first.tone) == ("waiting_for_bank", "info")
    assert first.asks_until is not None
    assert "detectamos automáticamente" in first.buyer_words
    come(sold, sold.total.plain, at=at + timedelta(minutes=1), tracking_key="RASTREO000000001")
    now = verdict(sold, paper)
    assert (now.kind, now.asks_until) == ("matches_deposit", None)
    assert now.deposit_id is not None
    assert "Detectamos tu depósito automáticamente" in now.buyer_words
    assert verdict_history(paper)[0].kind == "waiting_for_bank"
    told = FactRow.objects.filter(kind="EvidenceJudged", subject=f"order:{sold.order_id}").order_by("pk")
    assert [row.body["verdict"] for row in told][-1] == "matches_deposit"


def test_after_the_money_the_verdict_comes_with_the_reading(at: datetime) -> None:
    sold = bank.sale(at)
    come(sold, sold.total.plain, at=at, tracking_key="RASTREO0O0000001")
    paper = show(sold, at, tracking_key="RASTREO000000001")
    assert verdict(sold, paper).kind == "matches_deposit"
    assert [each.kind for each in verdict_history(paper)] == ["matches_deposit"]


def test_a_picture_that_nobody_read_has_no_verdict_and_a_second_look_writes_nothing(at: datetime) -> None:
    sold = bank.sale(at)
    unread = keep_evidence(sold.order_id, filename="a.png", body=picture(size=(9, 9)), by=LUCIA, at=at)
    paper = show(sold, at, tracking_key="RASTREO000000001")
    assert set(verdicts_of(sold.order_id)) == {paper}
    for _time in range(3):
        judge_evidence(paper, at=at)
        judge_evidence(unread, at=at)
    assert EvidenceVerdict.objects.count() == 1


def test_what_the_bank_takes_back_takes_the_verdict_back(at: datetime) -> None:
    sold = bank.sale(at)
    said = movement(sold, sold.total.plain, at=at)
    paper = show(sold, at, tracking_key=said.tracking_key)
    tell_all([Signed(said)], at=at)
    bank.turn(at, only=LANES)
    assert verdict(sold, paper).kind == "matches_deposit"
    tell_all([returned(said)], at=at + timedelta(hours=1))
    bank.turn(at, only=LANES)
    found = verdict(sold, paper)
    assert found.kind == "contradicts"
    assert "regresó esa transferencia" in found.buyer_words


def test_the_clock_looks_again_with_growing_pauses_and_then_tells_a_person_once(at: datetime) -> None:
    sold = bank.sale(at)
    paper = show(sold, at, tracking_key="RASTREO000000001")
    watch = EvidenceWatch.objects.get(pk=paper)
    pauses = []
    now = at
    for _time in range(6):
        assert watch.next_at is not None
        pauses.append(watch.next_at - now)
        now = watch.next_at
        assert look_again(at=now - timedelta(seconds=1)) == 0
        assert look_again(at=now) == 1
        watch.refresh_from_db()
    assert pauses == sorted(pauses)
    assert len(set(pauses)) == 6
    assert watch.until is not None
    assert look_again(at=watch.until) == 1
    watch.refresh_from_db()
    assert (watch.next_at, watch.told_at) == (None, watch.until)
    assert look_again(at=watch.until + timedelta(days=9)) == 0
    judge_evidence(paper, at=watch.until + timedelta(hours=1))
    assert FactRow.objects.filter(kind="EvidenceUnanswered").count() == 1
    assert verdict(sold, paper).kind == "waiting_for_bank"


def test_the_same_movement_at_another_order_is_reused_and_tells_nothing_of_it(at: datetime) -> None:
    victim = bank.sale(at)
    thief = bank.sale(at, store_id=victim.store_id)
    stranger = bank.sale(at)
    says = {"tracking_key": "RASTREO000000001", "bank": "40012"}
    show(victim, at, **says)
    for other in (thief, stranger):
        paper = show(other, at, size=50, clabe="", **says)
        found = verdict(other, paper)
        assert (found.kind, found.tone) == ("reused", "bad")
        told = f"{found.reasons} {found.buyer_words} {found.compared}"
        assert order(victim.order_id).number not in told
        assert victim.clabe not in told
        assert "por aclarar" in found.buyer_words
    come(victim, victim.total.plain, at=at, tracking_key="RASTREO000000001")
    assert [each.kind for each in verdicts_of(victim.order_id).values()] == ["matches_deposit"]
    assert {each.kind for each in verdicts_of(thief.order_id).values()} == {"reused"}


def test_who_showed_a_strangers_comprobante_first_does_not_spoil_it_for_him(at: datetime) -> None:
    victim, thief = bank.sale(at), bank.sale(at)
    says = {"tracking_key": "RASTREO000000001", "bank": "40012"}
    show(thief, at, clabe="", **says)
    paper = show(victim, at, size=50, **says)
    assert verdict(victim, paper).kind == "reused"
    come(victim, victim.total.plain, at=at, tracking_key="RASTREO000000001")
    assert verdict(victim, paper).kind == "matches_deposit"


@pytest.mark.usefixtures("pinned")
def test_a_genuine_cep_is_verified_at_once_and_again_beside_its_deposit(at: datetime) -> None:
    sold = bank.sale(at)
    cep = Transfer(account=sold.clabe, amount=sold.total.plain, tracking_key="RASTREO000000001")
    paper = keep_evidence(sold.order_id, filename="cep.xml", body=cep.xml(), by=LUCIA, at=at)
    bank.turn(at, only=LANES)
    first = verdict(sold, paper)
    assert (first.kind, first.deposit_id) == ("verified_by_cep", None)
    assert "Confirmamos cuando el banco nos avise" in first.buyer_words
    come(sold, sold.total.plain, at=at, tracking_key="RASTREO000000001")
    now = verdict(sold, paper)
    assert (now.kind, now.deposit_id is None) == ("verified_by_cep", False)
    # The same CEP with an edited key, beside the deposit that it really is of.
    edited = cep.xml().replace(b"RASTREO000000001", b"RASTREO000000002")
    other = keep_evidence(sold.order_id, filename="cep2.xml", body=edited, by=LUCIA, at=at)
    bank.turn(at, only=LANES)
    assert verdict(sold, other).kind == "contradicts"


@pytest.fixture
def banxico(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with portal() as played:
        changed = dataclasses.replace(settings.SEGURIPAGO, cep_lookup_url=played.url)
        monkeypatch.setattr(settings, "SEGURIPAGO", changed)
        yield played


def test_a_cep_that_nobody_can_check_here_is_asked_for_at_banxico_once(at: datetime, banxico: Portal) -> None:
    sold = bank.sale(at)
    cep = Transfer(account=sold.clabe, amount=sold.total.plain, tracking_key="RASTREO000000001")
    banxico.page, banxico.cep = OFFERS, cep.xml()
    paper = keep_evidence(sold.order_id, filename="cep.xml", body=cep.xml(), by=LUCIA, at=at)
    other = keep_evidence(sold.order_id, filename="otro.xml", body=Transfer(account=sold.clabe).xml(), by=LUCIA, at=at)
    bank.turn(at, only=LANES)
    assert verdict(sold, paper).kind == "waiting_for_bank"
    judge_evidence(paper, at=at)
    assert CepQuestion.objects.count() == 2
    while answer_next_cep(at=at):
        at += timedelta(minutes=1)
    bank.turn(at, only=LANES)
    found = verdict(sold, paper)
    assert (found.kind, "found_at_banxico" in found.codes) == ("verified_by_cep", True)
    # Another one is not proven by it, and what Banxico gave is no deposit.
    assert verdict(sold, other).kind == "waiting_for_bank"
    assert not Deposit.objects.exists()
    assert bank.paid_view(sold.order_id).received.is_zero


def test_made_up_ceps_do_not_fill_the_line_to_banxico(at: datetime, banxico: Portal) -> None:
    sold = bank.sale(at)
    for place in range(6):
        made_up = Transfer(account=sold.clabe, amount=f"{100 + place}.00", tracking_key=f"INVENTO{place:08d}")
        keep_evidence(sold.order_id, filename=f"{place}.xml", body=made_up.xml(), by=LUCIA, at=at)
    foreign = Transfer(account="646180115700294217", tracking_key="AJENA0000001")
    keep_evidence(sold.order_id, filename="ajena.xml", body=foreign.xml(), by=LUCIA, at=at)
    bank.turn(at, only=LANES)
    assert CepQuestion.objects.filter(account=sold.clabe).count() == CepQuestion.objects.count() == 3
    assert banxico.asked == []


def test_a_deposit_costs_two_statements_where_nobody_showed_anything(
    at: datetime, django_assert_num_queries: object
) -> None:
    sold = bank.sale(at)
    bank.transfer(sold, sold.total.plain, at=at)
    ids = list(Deposit.objects.values_list("pk", flat=True))
    with django_assert_num_queries(2):  # type: ignore[operator]
        judge_again(deposit_ids=ids, order_ids=[sold.order_id], at=at)


def test_verdicts_are_written_once(at: datetime) -> None:
    sold = bank.sale(at)
    paper = show(sold, at, tracking_key="RASTREO000000001")
    with pytest.raises(DatabaseError), transaction.atomic():
        EvidenceVerdict.objects.filter(evidence_id=paper).update(kind="matches_deposit")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM evidence_verdict")
