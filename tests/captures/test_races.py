"""Two at once, in pairs: with the guard off it goes wrong, with it on there is one deposit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from seguripago.foundations.approvals import refusals as approvals
from seguripago.foundations.approvals.queries import proposal
from seguripago.foundations.stores.models import AccountPrefix
from seguripago.journey.bank import refusals
from seguripago.journey.bank.capture_tables import TakenCapture
from seguripago.journey.bank.commands import CepFile, approve_capture, propose_capture, read_notices
from seguripago.journey.bank.models import RawNotice
from seguripago.values.actor import Actor
from tests.captures.house import House, deposits, house, pin_the_bank, unpin_the_bank
from tests.captures.test_captures import seen
from tests.money.bank import deliver, notice, turn

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all at one moment in threads of their own; gives what each returned or raised, in order."""
    gate = threading.Barrier(len(deeds))
    said: list[object] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], object]) -> None:
        gate.wait()
        try:
            said[place] = deed()
        except Exception as trouble:  # noqa: BLE001 - told to the test, which names what it expects
            said[place] = trouble
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def approving(shop: House, proposal_id: int, by: Actor, at: datetime) -> Callable[[], object]:
    found = proposal(shop.store_id, proposal_id)
    assert found is not None
    return lambda: approve_capture(proposal_id, seen=found.hash, by=by, at=at)


def test_of_two_checkers_at_once_one_lets_it_in(at: datetime) -> None:
    shop = house()
    proposal_id = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    said = at_once(approving(shop, proposal_id, shop.dora, at), approving(shop, proposal_id, shop.ana, at))
    assert sorted(type(each).__name__ for each in said) == ["NoneType", "ProposalNotOpen"]
    turn(at)
    assert len(deposits(shop.store_id)) == 1
    assert RawNotice.objects.filter(store_id=shop.store_id).count() == 1


def test_the_same_movement_proposed_by_two_at_once_is_one_proposal(at: datetime) -> None:
    shop = house()
    said = at_once(
        lambda: propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at),
        lambda: propose_capture(shop.store_id, seen(shop), by=shop.dora, at=at),
    )
    assert sum(isinstance(each, int) for each in said) == 1
    assert sum(isinstance(each, approvals.AlreadyProposed) for each in said) == 1


def by_hand_beside_the_webhook(at: datetime, *, read_apart: bool = False) -> House:
    """A person approves, the bank tells and two workers read, all at one moment; `read_apart`: the bank tells later."""
    shop = house()
    proposal_id = propose_capture(shop.store_id, seen(shop), by=shop.beto, at=at)
    sent = notice(
        shop.store_id,
        clabe=shop.account,
        amount="9135.00",
        at=at,
        tracking_key="BBVA260311000012345",
        operation_date=at.date(),
    )
    if read_apart:
        approving(shop, proposal_id, shop.dora, at)()
        read_notices(at=at)
    at_once(
        approving(shop, proposal_id, shop.dora, at),
        lambda: deliver(shop.store_id, sent, at=at),
        lambda: read_notices(at=at),
        lambda: read_notices(at=at),
    )
    at_once(lambda: read_notices(at=at), lambda: read_notices(at=at))
    turn(at)
    return shop


def test_by_hand_and_webhook_at_once_make_one_deposit(at: datetime) -> None:
    for _ in range(3):
        shop = by_hand_beside_the_webhook(at)
        (deposit,) = deposits(shop.store_id)
        assert deposit.amount_centavos == 913500


def test_without_the_key_of_the_movement_the_two_roads_would_make_two(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE deposit DROP CONSTRAINT deposit_one_per_bank_movement")
    try:
        shop = by_hand_beside_the_webhook(at, read_apart=True)
        doubled = len(deposits(shop.store_id))
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE deposit CASCADE")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE deposit ADD CONSTRAINT deposit_one_per_bank_movement UNIQUE (store_id, identity)"
            )
    assert doubled == 2


def one_cep_in_two_stores(at: datetime) -> tuple[list[object], int]:
    """The operator gave overlapping prefixes to two stores; both propose the same CEP and approve at one moment."""
    pin_the_bank()
    try:
        first, second = house(), house()
        AccountPrefix.objects.create(store_id=second.store_id, prefix=first.account[:13])
        body = first.cep().xml()
        deeds = [
            approving(shop, propose_capture(shop.store_id, CepFile(body), by=shop.beto, at=at), shop.dora, at)
            for shop in (first, second)
        ]
        said = at_once(*deeds)
        turn(at)
        return said, len(deposits(first.store_id)) + len(deposits(second.store_id))
    finally:
        unpin_the_bank()


def test_one_cep_in_two_stores_at_once_is_one_deposit(at: datetime) -> None:
    for _ in range(2):
        said, made = one_cep_in_two_stores(at)
        assert sorted(type(each).__name__ for each in said) == ["ChangedMeanwhile", "NoneType"]
        assert made == 1


def test_without_the_key_of_the_seal_one_cep_would_be_two(at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX cep_seal_used_once")
    try:
        said, made = one_cep_in_two_stores(at)
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE bank_capture_taken")
            cursor.execute("TRUNCATE raw_notice CASCADE")
    finally:
        with connection.cursor() as cursor:
            cursor.execute(
                "CREATE UNIQUE INDEX cep_seal_used_once ON bank_capture_taken (seal_digest) WHERE seal_digest <> ''"
            )
    assert said == [None, None]
    assert made == 2


def test_a_used_seal_refuses_the_next_proposal(at: datetime) -> None:
    pin_the_bank()
    try:
        shop = house()
        body = shop.cep().xml()
        approving(shop, propose_capture(shop.store_id, CepFile(body), by=shop.beto, at=at), shop.dora, at)()
        assert TakenCapture.objects.exclude(seal_digest="").count() == 1
        with pytest.raises(refusals.SealUsed):
            propose_capture(shop.store_id, CepFile(shop.cep().pdf()), by=shop.beto, at=at)
    finally:
        unpin_the_bank()
