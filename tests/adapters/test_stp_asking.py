"""STP is asked with signed questions, and its answers are read or refused, never guessed."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from seguripago.adapters.bank_feeds.stp import ADAPTER
from seguripago.ports.bank_feeds import (
    ROAD,
    Arrived,
    Asked,
    FeedAway,
    FeedRefused,
    FeedTrouble,
    NotADeposit,
    NotFoundThere,
    Returned,
    Road,
    Unreadable,
)
from seguripago.ports.stp_signing import ORDER_FIELDS, BarInside, chain, order_chain, sign
from seguripago.values.money import Money
from tests.adapters.provider import Provider, Question, Reply, provider
from tests.adapters.test_stp import STP_LIST, line

DAY = date(2023, 8, 25)
KEY = "058-25/08/2023/25-300CPWF924"
READ_AS_ANSWER = {ROAD: Road.REFETCH.value}
READ_AS_LIST = {ROAD: Road.LIST.value}


@cache
def private_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65537, key_size=2048)


def pem(password: str = "") -> str:
    sealing = BestAvailableEncryption(password.encode()) if password else NoEncryption()
    return private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing).decode()


def credentials(there: Provider, **more: str) -> dict[str, str]:
    known = {"company": "TAMIZI", "private_key": pem(), "address": there.url, "service": "efws"}
    return {**known, **more}


def signed(question: Question, text: str) -> bool:
    signature = base64.b64decode(json.loads(question.body)["firma"])
    try:
        private_key().public_key().verify(signature, text.encode(), PKCS1v15(), SHA256())
    except InvalidSignature:
        return False
    return True


@pytest.fixture
def stp() -> Iterator[Provider]:
    with provider(Reply()) as there:
        yield there


def says(there: Provider, value: Any) -> None:
    there.answer = lambda question: Reply(value if isinstance(value, bytes) else json.dumps(value).encode())


# The chains, exactly.


def test_the_chain_of_an_order_has_34_fields_between_double_bars() -> None:
    assert len(ORDER_FIELDS) == 34
    full = {name: str(place) for place, name in enumerate(ORDER_FIELDS, start=1)}
    assert order_chain(full) == "||" + "|".join(str(place) for place in range(1, 35)) + "||"
    assert order_chain({}) == "||" + "|" * 33 + "||"


def test_a_query_of_the_older_service_fills_only_what_it_asks_by() -> None:
    asked = {"empresa": "TAMIZI", "fechaOperacion": "20230825", "claveRastreo": "CR1", "institucionOperante": "90646"}
    assert order_chain(asked) == "|||TAMIZI|20230825||CR1|90646" + "|" * 28 + "||"


def test_a_value_with_a_bar_would_be_read_two_ways_and_is_not_signed() -> None:
    with pytest.raises(BarInside):
        chain("TAMIZI", "CR|1")
    with pytest.raises(KeyError):
        order_chain({"montoo": "1.00"})


def test_the_signature_is_verified_with_the_public_key_and_is_always_the_same() -> None:
    text = chain("TAMIZI", "CR1", "R", "20230825")
    assert text == "||TAMIZI|CR1|R|20230825||"
    signature = sign(text, private_key=pem())
    assert signature == sign(text, private_key=pem("secreta"), passphrase="secreta")
    private_key().public_key().verify(base64.b64decode(signature), text.encode(), PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    "key",
    [
        "",
        "no es una llave",
        lambda: (
            ec.generate_private_key(ec.SECP256R1())
            .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
            .decode()
        ),
        lambda: pem("secreta"),
    ],
)
def test_a_key_that_cannot_sign_is_for_a_person_to_mend(key: str | Callable[[], str]) -> None:
    with pytest.raises(FeedRefused) as refused:
        sign("||x||", private_key=key if isinstance(key, str) else key())
    assert refused.value.permanent


# One movement.


def test_a_transfer_is_asked_for_by_its_key_and_day(stp: Provider) -> None:
    says(stp, {"estado": 0, "mensaje": "Datos consultados correctamente.", "respuesta": line()})
    body = ADAPTER.refetch(Asked("34922", KEY, DAY), credentials(stp))
    (question,) = stp.asked
    assert (question.method, question.path) == ("POST", "/efws/API/consultaOrden")
    sent = json.loads(question.body)
    assert {name: sent[name] for name in sent if name != "firma"} == {
        "empresa": "TAMIZI",
        "claveRastreo": KEY,
        "tipoOrden": "R",
        "fechaOperacion": "20230825",
    }
    assert signed(question, f"||TAMIZI|{KEY}|R|20230825||")
    (arrived,) = ADAPTER.read(body, READ_AS_ANSWER)
    assert isinstance(arrived, Arrived)
    assert arrived.deposit.amount == Money(4000)


def test_the_running_day_is_asked_for_without_a_date(stp: Provider) -> None:
    says(stp, {"estado": 0, "respuesta": line()})
    ADAPTER.refetch(Asked("34922", KEY, DAY, is_current_day=True), credentials(stp))
    assert "fechaOperacion" not in json.loads(stp.asked[0].body)
    assert signed(stp.asked[0], f"||TAMIZI|{KEY}|R|||")


@pytest.mark.parametrize(
    ("state", "kind"),
    [("CCO", Arrived), ("LQ", Arrived), ("TLQ", Arrived), ("D", Returned), ("CN", NotADeposit), ("EC", NotADeposit)],
)
def test_the_state_says_whether_it_arrived(stp: Provider, state: str, kind: type) -> None:
    says(stp, {"estado": 0, "respuesta": line(estado=state)})
    (movement,) = ADAPTER.read(ADAPTER.refetch(Asked("1", KEY, DAY), credentials(stp)), READ_AS_ANSWER)
    assert isinstance(movement, kind)


def test_another_amount_than_the_notice_is_told_as_stp_tells_it(stp: Provider) -> None:
    says(stp, b'{"estado": 0, "respuesta": ' + json.dumps(line()).replace("40.0,", "4000000.01,").encode() + b"}")
    (movement,) = ADAPTER.read(ADAPTER.refetch(Asked("1", KEY, DAY), credentials(stp)), READ_AS_ANSWER)
    assert isinstance(movement, Arrived)
    assert movement.deposit.amount == Money(400000001)


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        ({"estado": 6, "mensaje": "No se encontraron datos relacionados."}, NotFoundThere),
        ({"estado": 3, "mensaje": "Se excedió el límite de consultas."}, FeedAway),
        ({"estado": 1, "mensaje": "Firma inválida."}, FeedRefused),
        ({"estado": "0", "respuesta": line()}, FeedRefused),
        ({"estado": False, "respuesta": line()}, FeedRefused),
        ({"mensaje": "hola"}, FeedRefused),
        ({"estado": 0, "respuesta": line(claveRastreo="OTRA")}, Unreadable),
        ({"estado": 0, "respuesta": None}, Unreadable),
        ({"estado": 0}, Unreadable),
        ([], Unreadable),
        (b"<html>Mantenimiento</html>", Unreadable),
        (b"", Unreadable),
        (b'{"estado": 0, "estado": 6}', Unreadable),
    ],
)
def test_an_answer_that_does_not_say_it_is_never_money(stp: Provider, answer: Any, trouble: type[FeedTrouble]) -> None:
    says(stp, answer)
    with pytest.raises(trouble):
        ADAPTER.refetch(Asked("1", KEY, DAY), credentials(stp))


def test_asked_too_often_means_an_hour_of_patience(stp: Provider) -> None:
    says(stp, {"estado": 3})
    with pytest.raises(FeedAway) as told:
        ADAPTER.refetch(Asked("1", KEY, DAY), credentials(stp))
    assert told.value.retry_after_s == 3600


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_fault_of_theirs_is_tried_again(stp: Provider, status: int) -> None:
    stp.answer = lambda question: Reply(b"error", status)
    with pytest.raises(FeedAway):
        ADAPTER.refetch(Asked("1", KEY, DAY), credentials(stp))


def test_a_key_with_a_bar_is_not_asked_for(stp: Provider) -> None:
    with pytest.raises(FeedRefused):
        ADAPTER.refetch(Asked("1", "A|B", DAY), credentials(stp))
    assert not stp.asked


# The day's list.


def pages_of(lines: list[dict[str, Any]], *, size: int, total: int | None = None) -> Callable[[Question], Reply]:
    def answer(question: Question) -> Reply:
        page = json.loads(question.body)["page"]
        held = lines[page * size : (page + 1) * size]
        whole = {"estado": 0, "mensaje": "ok", "total": len(lines) if total is None else total, "datos": held}
        return Reply(json.dumps(whole).encode())

    return answer


def test_the_list_is_asked_for_page_after_page(stp: Provider) -> None:
    stp.answer = pages_of([line(claveRastreo=f"CR{n}") for n in range(25)], size=10)
    pages = ADAPTER.received_list(DAY, credentials(stp))
    assert [len(ADAPTER.read(page, READ_AS_LIST)) for page in pages] == [10, 10, 5]
    assert [json.loads(question.body)["page"] for question in stp.asked] == [0, 1, 2]
    assert all(signed(question, "||TAMIZI|R|20230825||") for question in stp.asked)
    assert all(question.path == "/efws/API/V2/conciliacion" for question in stp.asked)


def test_the_list_of_the_running_day_has_an_empty_date(stp: Provider) -> None:
    stp.answer = pages_of([line()], size=10)
    assert len(ADAPTER.received_list(None, credentials(stp))) == 1
    assert json.loads(stp.asked[0].body)["fechaOperacion"] == ""
    assert signed(stp.asked[0], "||TAMIZI|R|||")


def test_a_day_without_transfers_is_an_empty_list(stp: Provider) -> None:
    says(stp, {"estado": 6, "mensaje": "No se encontraron datos relacionados.", "total": 0})
    assert ADAPTER.received_list(DAY, credentials(stp)) == ()


def test_a_total_that_is_never_reached_ends_where_the_pages_end(stp: Provider) -> None:
    stp.answer = pages_of([line()], size=10, total=999)
    assert len(ADAPTER.received_list(DAY, credentials(stp))) == 1


def test_a_list_without_a_total_is_refused(stp: Provider) -> None:
    says(stp, {"estado": 0, "datos": [line()]})
    with pytest.raises(Unreadable):
        ADAPTER.received_list(DAY, credentials(stp))


# The older service.


def test_the_older_service_is_asked_with_the_chain_of_34_fields(stp: Provider) -> None:
    says(stp, STP_LIST)
    (page,) = ADAPTER.received_list(DAY, credentials(stp, service="speiws"))
    assert len(ADAPTER.read(page, READ_AS_LIST)) == 4
    (question,) = stp.asked
    assert question.path == "/speiws/rest/ordenPago/consOrdenesFech"
    assert json.loads(question.body)["estado"] == "R"
    assert signed(question, "|||TAMIZI|20230825" + "|" * 31 + "||")


def test_the_older_service_finds_one_movement_in_its_day(stp: Provider) -> None:
    says(stp, STP_LIST)
    older = credentials(stp, service="speiws")
    assert ADAPTER.refetch(Asked("1", KEY, DAY), older) == STP_LIST
    with pytest.raises(NotFoundThere):
        ADAPTER.refetch(Asked("1", "NO ESTA", DAY), older)


def test_the_older_service_says_in_words_that_there_is_nothing(stp: Provider) -> None:
    older = credentials(stp, service="speiws")
    says(stp, {"resultado": {"descripcionError": "No se encontraron ordenes", "id": -1, "lst": None}})
    assert ADAPTER.received_list(DAY, older) == ()
    says(stp, {"resultado": {"descripcionError": "Firma inválida", "id": 0}})
    with pytest.raises(FeedRefused):
        ADAPTER.received_list(DAY, older)


def test_a_test_address_of_stp_is_known_as_such() -> None:
    assert ADAPTER.is_test({"address": "https://efws-dev.stpmex.com"})
    assert not ADAPTER.is_test({"address": "https://prod.stpmex.com"})
