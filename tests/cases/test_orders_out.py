"""Returns as payment orders: to the demo's bank as it runs, and to STP as it answers; once, whatever breaks."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from seguripago.adapters.payouts.sandbox import ADAPTER as SANDBOX
from seguripago.adapters.payouts.stp import ADAPTER as STP
from seguripago.foundations.approvals import commands as approvals
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.feed_commands import set_feed_credentials
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.reconciliation import commands as cases
from seguripago.journey.reconciliation.queries import ReturnView, returns
from seguripago.ports import payouts, registry
from seguripago.ports.bank_feeds import FeedAway, FeedRefused, NotFoundThere, Unreadable
from seguripago.ports.payouts import PayoutOrder, Payouts, PayoutState
from seguripago.ports.stp_signing import ORDER_FIELDS
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Question, Reply, provider
from tests.adapters.test_stp_asking import credentials, private_key
from tests.cases import world
from tests.cases.world import TEN, House

ORDER = PayoutOrder(
    tracking_key="SPDEV0000000007",
    amount=Money(10_00),
    account="012180015012884670",
    account_type=40,
    institution="40012",
    holder="LUCIA HERNANDEZ",
    concept="REEMBOLSO CM7K3F92QX",
    reference="7",
    payer_account="646180115700000003",
    payer_name="SIERRA ALTA CAFE",
    payer_rfc="SAC010203AB1",
)


def test_every_provider_keeps_the_port(db: None) -> None:
    known = registry.adapters(payouts.FAMILY)
    assert set(known) == {"sandbox", "stp"}
    assert all(isinstance(each, Payouts) for each in known.values())


def answer(**said: Any) -> Reply:
    return Reply(json.dumps(said).encode())


@pytest.fixture
def stp() -> Iterator[Provider]:
    with provider(answer(resultado={"id": 14567})) as there:
        yield there


def test_an_order_is_signed_over_its_34_fields(stp: Provider) -> None:
    told = STP.send(ORDER, credentials(stp))
    assert (told.state, told.ref) == (PayoutState.SENT, "14567")
    (asked,) = stp.asked
    assert (asked.method, asked.path) == ("PUT", "/speiws/rest/ordenPago/registra")
    body = json.loads(asked.body)
    signature = base64.b64decode(body.pop("firma"))
    chained = f"||{'|'.join(body.get(name, '') for name in ORDER_FIELDS)}||"
    private_key().public_key().verify(signature, chained.encode(), PKCS1v15(), SHA256())
    assert chained.count("|") == 2 + 33 + 2
    assert (body["monto"], body["claveRastreo"], body["cuentaBeneficiario"]) == (
        "10.00",
        ORDER.tracking_key,
        ORDER.account,
    )


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (answer(resultado={"id": -200, "descripcionError": "Saldo insuficiente"}), FeedRefused),
        (answer(resultado={"id": 0}), None),
        (answer(resultado={}), Unreadable),
        (answer(), Unreadable),
        (Reply(b"<html>"), Unreadable),
        (Reply(b"", status=503), FeedAway),
        (Reply(b"", status=401), FeedRefused),
    ],
)
def test_what_stp_answers_is_understood_or_refused(
    stp: Provider, reply: Reply, trouble: type[Exception] | None
) -> None:
    stp.answer = lambda question: reply
    if trouble is None:
        assert STP.send(ORDER, credentials(stp)).state is PayoutState.SENT
        return
    with pytest.raises(trouble):
        STP.send(ORDER, credentials(stp))


def test_a_key_that_was_used_means_that_stp_has_the_order(stp: Provider) -> None:
    words = f"La clave de rastreo {ORDER.tracking_key} para la fecha 20260311 de la institucion 90646 ya fue utilizada"
    stp.answer = lambda question: answer(resultado={"id": -1, "descripcionError": words})
    assert STP.send(ORDER, credentials(stp)).state is PayoutState.SENT


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ({"estado": "LQ"}, PayoutState.DONE),
        ({"estado": "TLQ", "monto": 10}, PayoutState.DONE),
        ({"estado": "D", "causaDevolucion": 1}, PayoutState.FAILED),
        ({"estado": "CN"}, PayoutState.FAILED),
        ({"estado": "L"}, PayoutState.SENT),
        ({"estado": ""}, PayoutState.SENT),
    ],
)
def test_what_became_of_an_order_is_read(stp: Provider, said: dict[str, Any], state: PayoutState) -> None:
    inner = {"claveRastreo": ORDER.tracking_key, **said}
    stp.answer = lambda question: answer(estado=0, respuesta=inner)
    assert STP.fetch(ORDER, None, credentials(stp)).state is state


def test_an_answer_about_another_order_or_amount_is_not_believed(stp: Provider) -> None:
    for inner in (
        {"claveRastreo": "OTRA", "estado": "LQ"},
        {"claveRastreo": ORDER.tracking_key, "monto": 11, "estado": "LQ"},
    ):
        stp.answer = lambda question, inner=inner: answer(estado=0, respuesta=inner)  # type: ignore[misc]
        with pytest.raises(Unreadable):
            STP.fetch(ORDER, None, credentials(stp))
    stp.answer = lambda question: answer(estado=6, mensaje="No se encontraron datos")
    with pytest.raises(NotFoundThere):
        STP.fetch(ORDER, None, credentials(stp))


def test_a_notice_is_only_a_hint() -> None:
    body = json.dumps({"id": 1, "claveRastreo": "SPDEV0000000007", "estado": "LQ"}).encode()
    assert STP.hint(body, {}) == "SPDEV0000000007"
    for nonsense in (b"", b"[]", b"{", b'{"claveRastreo": null}'):
        assert STP.hint(nonsense, {}) == SANDBOX.hint(nonsense, {}) == ""


def stp_house(at: datetime, stp: Provider) -> tuple[House, ReturnView]:
    """A store that sends its returns through STP, with one that two people approved."""
    there = world.house()
    set_feed_credentials(there.store_id, "stp", credentials(stp), by=there.diego, at=at)
    changing = approvals.propose_policy(there.store_id, {"orders_returns_by_itself": 1}, by=there.mariana, at=at)
    approvals.approve_policy(changing, seen=world.proposed(there.store_id, changing).hash, by=there.diego, at=at)
    _, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    return there, returns(there.store_id)[0]


def test_an_approved_return_is_ordered_once_and_booked_when_stp_says_it_left(
    there: House, stp: Provider, at: datetime
) -> None:
    house, going = stp_house(at, stp)
    assert cases.send_approved_returns(at=at) == 1
    assert cases.send_approved_returns(at=at) == 0
    (told,) = returns(house.store_id)
    assert (told.state, told.road, told.tracking_key) == ("instructed", "order", f"SPDEV{going.id:010d}")
    inner = {"claveRastreo": told.tracking_key, "monto": 10.0, "idEF": 99}
    stp.answer = lambda question: answer(estado=0, respuesta={**inner, "estado": "PL"})
    assert cases.ask_about_returns(at=at + timedelta(seconds=6)) == 0
    assert house.money(Account.SUSPENSE) == -TEN
    stp.answer = lambda question: answer(estado=0, respuesta={**inner, "estado": "LQ", "fechaOperacion": "20260311"})
    assert cases.ask_about_returns(at=at + timedelta(seconds=60)) == 1
    assert returns(house.store_id)[0].bank_ref == "99"
    assert house.money(Account.SUSPENSE).is_zero
    assert world.page(house.store_id, going.case_id).state == "done"
    assert [question.method for question in stp.asked] == ["PUT", "POST", "POST"]


def test_an_order_that_stp_refuses_is_in_its_case_again(there: House, stp: Provider, at: datetime) -> None:
    house, going = stp_house(at, stp)
    stp.answer = lambda question: answer(resultado={"id": -34, "descripcionError": "Cuenta inválida"})
    cases.send_approved_returns(at=at)
    (told,) = returns(house.store_id)
    assert (told.state, told.reason) == ("failed", "STP: Cuenta inválida")
    assert world.page(house.store_id, going.case_id).state == "open"


def test_an_order_in_doubt_is_never_lost_nor_sent_under_another_key(there: House, stp: Provider, at: datetime) -> None:
    """The line broke while it was sent; STP never heard of it; the same key is sent again."""
    house, going = stp_house(at, stp)
    stp.answer = lambda question: Reply(b"", status=503)
    cases.send_approved_returns(at=at)
    assert returns(house.store_id)[0].state == "instructed"

    def stp_comes_back(question: Question) -> Reply:
        return answer(estado=6) if question.method == "POST" else answer(resultado={"id": 8})

    stp.answer = stp_comes_back
    cases.ask_about_returns(at=at + timedelta(minutes=5))
    keys = {json.loads(q.body)["claveRastreo"] for q in stp.asked}
    assert keys == {f"SPDEV{going.id:010d}"}
    assert [q.method for q in stp.asked] == ["PUT", "POST", "PUT"]


def test_a_notice_makes_us_ask_and_nothing_of_it_is_believed(there: House, stp: Provider, at: datetime) -> None:
    house, going = stp_house(at, stp)
    cases.send_approved_returns(at=at)
    key = store_by_id(house.store_id).hook_key
    body = json.dumps({"claveRastreo": f"SPDEV{going.id:010d}", "estado": "LQ"}).encode()
    stp.answer = lambda question: answer(
        estado=0, respuesta={"claveRastreo": f"SPDEV{going.id:010d}", "estado": "D", "causaDevolucion": 3}
    )
    assert cases.hear_payout("stp", key, body=body, headers={}, at=at)
    assert returns(house.store_id)[0].state == "instructed"
    assert cases.ask_about_returns(at=at) == 1
    assert returns(house.store_id)[0].state == "failed"
    strangers = [("nobody", key, body), ("stp", "wrong", body), ("stp", key, b"{}")]
    assert not any(cases.hear_payout(slug, at_key, body=said, headers={}, at=at) for slug, at_key, said in strangers)


def test_without_the_policy_of_two_people_nothing_is_ordered(there: House, stp: Provider, at: datetime) -> None:
    set_feed_credentials(there.store_id, "stp", credentials(stp), by=there.diego, at=at)
    _, case = world.excess(there, at)
    world.approve(there, cases.propose_return(case.id, by=there.mariana, at=at), at)
    assert cases.send_approved_returns(at=at) == 0
    assert stp.asked == []
