"""The eight CEPs of Banxico's test environment as comprobantes: genuine ones prove, altered ones never do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache

import pytest

from seguripago.journey.reconciliation.rules.comprobante_facts import Arrived, OrderMoney, PaperVerdict, VerdictKind
from seguripago.journey.reconciliation.rules.comprobante_reading import Paper, said_in
from seguripago.journey.reconciliation.rules.comprobantes import judge_paper
from seguripago.ports.cep_examination import examine_xml
from seguripago.ports.receipt_readers import PinnedKeys
from seguripago.values.calendar import MEXICO
from seguripago.values.money import Money
from tests.evidence.files import CEPS, cep

SERIAL = "00000100000100014853"
SAMPLES = tuple(sorted(path.stem for path in CEPS.glob("tipo-*.xml")))
WITHOUT_ACCOUNT = "tipo-04"
"""From an account to a bank itself: nobody's account is sealed in it, so it proves no transfer to an order's."""
TO_ACCOUNTS = tuple(name for name in SAMPLES if name != WITHOUT_ACCOUNT)
ATTRIBUTES = (
    "FechaOperacion", "Hora", "ClaveSPEI", "BancoReceptor", "Nombre", "TipoCuenta", "Cuenta", "RFC", "Concepto",
    "MontoPago", "BancoEmisor", "numeroCertificado",
)  # fmt: skip


@cache
def pins() -> PinnedKeys:
    return {SERIAL: (CEPS / f"cepbeta_{SERIAL}.pub.pem").read_bytes()}


def paper_of(body: bytes, given_at: datetime, keys: PinnedKeys | None = None) -> Paper:
    reading = examine_xml(body, pins() if keys is None else keys).reading
    return Paper(given_at, True, reading.seal.value, reading.fields, {}, reading.reasons)


@cache
def world(name: str) -> tuple[OrderMoney, Arrived, datetime]:
    """The order that this CEP would pay, and the deposit that the bank would tell of it."""
    said = said_in(paper_of(cep(name), datetime.now(MEXICO)))
    assert said.amount is not None
    assert said.day is not None
    moment = said.moment or datetime.combine(said.day, time(12), MEXICO)
    order = OrderMoney("CM-7K3F-92QX", said.amount, Money.zero(), said.clabe, moment - timedelta(hours=1))
    deposit = Arrived(1, said.amount, said.clabe, said.key, said.bank, "", said.day, moment)
    return order, deposit, moment + timedelta(minutes=5)


def judged(name: str, body: bytes, *arrived: Arrived, keys: PinnedKeys | None = None) -> PaperVerdict:
    order, _deposit, at = world(name)
    return judge_paper(paper_of(body, at, keys), order, arrived, at=at)


def test_the_seals_of_all_eight_are_good() -> None:
    assert [paper_of(cep(name), world(name)[2]).seal for name in SAMPLES] == ["verified"] * 8


def test_one_that_names_no_account_proves_nothing_of_an_orders() -> None:
    order, _deposit, at = world(WITHOUT_ACCOUNT)
    paper = paper_of(cep(WITHOUT_ACCOUNT), at)
    for account in ("", "646180115700294217"):
        assert judge_paper(paper, replace(order, clabe=account), (), at=at).kind is VerdictKind.WAITING


@pytest.mark.parametrize("name", TO_ACCOUNTS)
def test_a_genuine_cep_is_verified_before_and_after_the_bank_told(name: str) -> None:
    _order, deposit, _at = world(name)
    alone, beside = judged(name, cep(name)), judged(name, cep(name), deposit)
    assert (alone.kind, alone.deposit_id) == (VerdictKind.VERIFIED, None)
    assert (beside.kind, beside.deposit_id) == (VerdictKind.VERIFIED, 1)
    unpinned = judged(name, cep(name), keys={})
    assert unpinned.kind is VerdictKind.WAITING


@pytest.mark.parametrize("name", SAMPLES)
def test_each_edited_field_is_refused_whatever_the_bank_told(name: str) -> None:
    _order, deposit, _at = world(name)
    whole = cep(name).decode()
    tried = 0
    for attribute in ATTRIBUTES:
        for match in re.finditer(rf'\b{attribute}="([^"]+)"', whole):
            value = match[1]
            other = value[:-1] + ("1" if value[-1] != "1" else "2")
            edited = whole[: match.start(1)] + other + whole[match.end(1) :]
            for arrived in ((), (deposit,)):
                found = judged(name, edited.encode(), *arrived)
                assert found.kind in {VerdictKind.CONTRADICTS, VerdictKind.UNREADABLE}, (attribute, value, other)
            tried += 1
    assert tried >= 10


@pytest.mark.parametrize("name", SAMPLES)
def test_flipped_bits_of_chain_and_seal_never_prove(name: str) -> None:
    whole = cep(name)
    sealed = re.search(rb'cadenaCDA="([^"]+)"', whole)
    assert sealed is not None
    for place in range(sealed.start(1), sealed.end(1), 7):
        for bit in (0, 3):
            flipped = whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :]
            assert judged(name, flipped).kind is not VerdictKind.VERIFIED, place


def test_a_seal_of_another_cep_never_proves() -> None:
    seals = {name: re.search(rb'sello="([^"]+)"', cep(name))[1] for name in SAMPLES}  # type: ignore[index]
    for name in SAMPLES:
        for other in SAMPLES:
            if other != name:
                swapped = cep(name).replace(seals[name], seals[other])
                assert judged(name, swapped).kind is VerdictKind.CONTRADICTS, (name, other)


@pytest.mark.parametrize("name", SAMPLES)
def test_an_edited_tracking_key_alone_never_passes_as_proof_of_itself(name: str) -> None:
    _order, deposit, _at = world(name)
    body = cep(name)
    key = re.search(rb'claveRastreo="([^"]+)"', body)
    assert key is not None
    edited = body.replace(key[0], b'claveRastreo="EDITADA000000001"')
    assert paper_of(edited, world(name)[2]).is_verified, "the seal does not cover it"
    beside = judged(name, edited, deposit)
    assert beside.kind is VerdictKind.CONTRADICTS
    assert [reason.data["field"] for reason in beside.reasons] == ["tracking_key"]
    # To the key of somebody else's deposit in the same store, or of other money of the same order.
    stolen = replace(deposit, id=2, tracking_key="EDITADA000000001", amount=deposit.amount * 2)
    assert judged(name, edited, stolen).deposit_id is None
    assert judged(name, edited, deposit, replace(stolen, place="other", clabe="")).kind is VerdictKind.CONTRADICTS
    # Before the bank told, only what is sealed is said to be proven.
    alone = judged(name, edited)
    assert "key_not_sealed" in [reason.code for reason in alone.reasons]
    assert all(each.ok is None for each in alone.compared if each.name == "tracking_key")


@pytest.mark.parametrize("name", TO_ACCOUNTS)
def test_a_genuine_cep_to_another_account_or_of_before_contradicts(name: str) -> None:
    order, _deposit, at = world(name)
    paper = paper_of(cep(name), at)
    elsewhere = judge_paper(paper, replace(order, clabe="646180115700294217"), (), at=at)
    assert elsewhere.reasons[0].code == "clabe_foreign"
    later = judge_paper(paper, replace(order, placed_at=at + timedelta(days=3)), (), at=at + timedelta(days=4))
    assert [reason.code for reason in later.reasons] == ["before_order"]
    reused = judge_paper(replace(paper, shown=frozenset({"seal"})), order, (), at=at)
    assert reused.kind is VerdictKind.REUSED
