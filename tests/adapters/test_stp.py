"""STP: who may call, and the day's list."""

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from seguripago.adapters.bank_feeds.stp import ADAPTER
from seguripago.ports.bank_feeds import (
    Arrived,
    Authenticity,
    FeedSecrets,
    NotADeposit,
    RawNoticeIn,
    Returned,
    Unreadable,
    UnreadLine,
)
from seguripago.ports.store_secrets import secret_path, store_secret
from seguripago.values.money import Money

STP_LIST = (Path(__file__).parents[1] / "samples" / "stp-recibidas-20230825.json").read_bytes()
SECRET = store_secret(b"k" * 32, "bank:stp", "hook")


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def judged(
    headers: dict[str, str], secrets: FeedSecrets, *, address: str = "10.8.0.7", offered: str = ""
) -> Authenticity:
    return ADAPTER.authentic(RawNoticeIn(b"{}", headers, address, offered), secrets)


def test_the_stores_secret_is_taken_in_basic_auth_and_in_the_address() -> None:
    known = FeedSecrets((SECRET,))
    assert judged(basic("stp", SECRET), known) is Authenticity.SECRET
    assert judged(basic("stp", secret_path(SECRET)), known) is Authenticity.SECRET
    assert judged({}, known, offered=secret_path(SECRET)) is Authenticity.SECRET
    assert judged(basic("usuario", "clave"), FeedSecrets(("usuario:clave",))) is Authenticity.SECRET
    assert judged(basic("otro", "clave"), FeedSecrets(("usuario:clave",))) is Authenticity.REFUSED
    assert judged(basic("stp", SECRET[:-2]), known) is Authenticity.REFUSED


def test_the_last_secret_holds_while_it_is_rotated() -> None:
    older = store_secret(b"k" * 32, "bank:stp", "older")
    assert judged(basic("stp", older), FeedSecrets((SECRET, older))) is Authenticity.SECRET


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.8.0.7", Authenticity.SECRET),
        ("::ffff:10.8.0.7", Authenticity.SECRET),
        ("10.9.0.7", Authenticity.REFUSED),
        ("not an address", Authenticity.REFUSED),
    ],
)
def test_the_address_list_comes_before_the_secret(address: str, expected: Authenticity) -> None:
    known = FeedSecrets((SECRET,), ("10.8.0.0/24", "2001:db8::1"))
    assert judged(basic("stp", SECRET), known, address=address) is expected


def test_the_days_list_is_read_by_its_states() -> None:
    arrived, returned, inside, sent_back = ADAPTER.read_received_list(STP_LIST)
    assert isinstance(arrived, Arrived)
    assert arrived.deposit.tracking_key == "058-25/08/2023/25-300CPWF924"
    assert arrived.deposit.amount == Money(4000)
    assert arrived.deposit.sending_institution == "40058"
    assert arrived.deposit.receiving_institution == "90646"
    assert arrived.deposit.operation_date == date(2023, 8, 25)
    assert isinstance(returned, Returned)
    assert returned.deposit.amount == Money(600000)
    assert isinstance(inside, Arrived)
    assert inside.deposit.amount == Money(290000)
    assert sent_back == NotADeposit("return_payment", "59746", "CUENCA224487850225")


def line(**changes: Any) -> dict[str, Any]:
    first: dict[str, Any] = json.loads(STP_LIST)["resultado"]["lst"][0]
    return {**first, **changes}


def test_one_bad_line_does_not_lose_the_others() -> None:
    lines = [line(monto="10,00"), "nonsense", line(idEF=7), line(estado=None), line(estado="CN")]
    bad, strange, good, silent, cancelled = ADAPTER.read_received_list(json.dumps(lines).encode())
    assert bad == UnreadLine(1, "amount", "34922")
    assert isinstance(strange, UnreadLine)
    assert isinstance(good, Arrived)
    assert silent == UnreadLine(4, "state", "34922")
    assert isinstance(cancelled, NotADeposit)


def test_an_empty_day_has_no_movements_and_a_strange_answer_is_refused() -> None:
    assert ADAPTER.read_received_list(b'{"resultado": {"lst": []}}') == ()
    assert ADAPTER.read_received_list(b'{"resultado": {"lst": null}}') == ()
    with pytest.raises(Unreadable):
        ADAPTER.read_received_list(b'{"mensaje": "error"}')


def test_the_list_and_the_notice_attest_one_identity() -> None:
    listed = ADAPTER.read_received_list(json.dumps([line()]).encode())[0]
    assert isinstance(listed, Arrived)
    told = {**line(), "institucionOrdenante": 40058, "institucionBeneficiaria": 90646}
    (noticed,) = ADAPTER.read(json.dumps({**told, "estado": None}).encode(), {})
    assert isinstance(noticed, Arrived)
    for name in ("beneficiary_clabe", "sending_institution", "tracking_key", "operation_date", "amount"):
        assert getattr(listed.deposit, name) == getattr(noticed.deposit, name)
