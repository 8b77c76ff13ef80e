"""Banxico's portal is asked over real HTTP; only what is known word for word counts; the rest is no success."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from seguripago.adapters import cep_lookups
from seguripago.adapters.cep_lookups.banxico import ADAPTER
from seguripago.ports.cep_lookup import (
    Away,
    CepAnswer,
    CepWanted,
    Found,
    NotFound,
    NotYet,
    RateLimited,
    WentBack,
)
from seguripago.ports.registry import discover
from seguripago.values.money import Money
from tests.captures.ceps import Transfer
from tests.captures.portal import NO_OPERATION, NOTHING, OFFERS, PICTURE, TOO_MANY, Portal, known, portal
from tests.ports import free_port

CEP = Transfer()
WANTED = CepWanted(
    tracking_key=CEP.tracking_key,
    operation_date=date(2026, 3, 11),
    sending_institution="40012",
    receiving_institution="90646",
    account=CEP.account,
    amount=Money.parse("9135.00"),
)


@pytest.fixture
def banxico() -> Iterator[Portal]:
    with portal() as played:
        yield played


def ask(played: Portal, wanted: CepWanted = WANTED, timeout_s: float = 5.0) -> CepAnswer:
    return ADAPTER.ask(wanted, base_url=played.url, timeout_s=timeout_s)


def test_the_folder_is_the_registry() -> None:
    assert list(discover(cep_lookups)) == ["banxico"]


def test_a_cep_is_fetched_in_the_session_of_the_form(banxico: Portal) -> None:
    banxico.page, banxico.cep = OFFERS, CEP.xml()
    assert ask(banxico) == Found(CEP.xml())
    assert banxico.asked == [
        {
            "tipoCriterio": "T",
            "captcha": "c",
            "tipoConsulta": "1",
            "fecha": "11-03-2026",
            "criterio": CEP.tracking_key,
            "emisor": "40012",
            "receptor": "90646",
            "cuenta": CEP.account,
            "monto": "9135.00",
            "receptorParticipante": "0",
        }
    ]
    assert banxico.downloads == ["/cep/descarga.do?formato=XML JSESSIONID=s1"]


def test_a_transfer_to_the_institution_itself_says_so(banxico: Portal) -> None:
    ask(banxico, CepWanted("K", date(2026, 1, 5), "40012", "90646", "1", Money(817), to_a_participant=True))
    assert (banxico.asked[0]["receptorParticipante"], banxico.asked[0]["monto"]) == ("1", "8.17")


@pytest.mark.parametrize(
    ("page", "answer"),
    [
        (NOTHING, NotFound()),
        (NO_OPERATION, NotFound()),
        (PICTURE, RateLimited(900)),
        (TOO_MANY, RateLimited(900)),
        (known("Liquidado"), NotYet("Liquidado")),
        (known("En proceso"), NotYet("En proceso")),
        (known("Devuelto"), WentBack("Devuelto")),
        (known("En proceso de devoluci&oacute;n"), WentBack("En proceso de devolución")),
        (known("Cancelado"), WentBack("Cancelado")),
        (known("Algo que nadie conoce"), Away("state_not_understood")),
        (known(""), Away("state_not_understood")),
        ("", Away("page_not_understood")),
        ("<html><body>Mantenimiento</body></html>", Away("page_not_understood")),
        (OFFERS.replace("formato=XML", "formato=OTRO"), Away("page_not_understood")),
        ("<!--" + OFFERS.replace("<!--", "").replace("-->", "") + "-->", Away("page_not_understood")),
        (OFFERS + '<div class="info">Lo sentimos</div>', Away("page_not_understood")),
    ],
)
def test_every_page_is_what_it_says_and_never_more(banxico: Portal, page: str, answer: CepAnswer) -> None:
    banxico.page, banxico.cep = page, CEP.xml()
    assert ask(banxico) == answer
    assert banxico.downloads == []


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (TOO_MANY.encode(), RateLimited(900)),
        (b"", Away("page_not_understood")),
        (b"<html>otra cosa</html>", Away("page_not_understood")),
        (b"<SPEI_Tercero", Away("cep_not_well_formed")),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><SPEI_Tercero/>', Away("cep_forbidden_xml")),
        (Transfer(amount="9135.01").xml(), Away("another_cep")),
        (Transfer(tracking_key="OTRA").xml(), Away("another_cep")),
        (Transfer(account="646180115700294220").xml(), Away("another_cep")),
        (Transfer(day="25032026").xml(), Away("another_cep")),
        (OFFERS.encode(), Away("page_not_understood")),
    ],
)
def test_a_download_that_is_not_the_cep_that_was_asked_for_is_no_success(
    banxico: Portal, body: bytes, answer: CepAnswer
) -> None:
    banxico.page, banxico.cep = OFFERS, body
    assert ask(banxico) == answer


@pytest.mark.parametrize("status", [302, 307, 403, 404, 500, 503])
def test_any_other_status_is_away_and_nobody_is_followed_elsewhere(banxico: Portal, status: int) -> None:
    banxico.status, banxico.headers = status, {"Location": "http://127.0.0.1:1/otro"}
    assert ask(banxico) == Away(f"status_{status}")
    banxico.status, banxico.page, banxico.download_status = 200, OFFERS, status
    assert ask(banxico) == Away(f"status_{status}")


def test_the_portals_own_word_on_when_to_come_back_is_kept(banxico: Portal) -> None:
    banxico.status, banxico.headers = 429, {"Retry-After": "120"}
    assert ask(banxico) == RateLimited(120)
    banxico.headers = {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}
    assert ask(banxico) == RateLimited(900)


def test_what_is_slow_drips_floods_or_is_not_there_is_away(banxico: Portal) -> None:
    banxico.slow_s = 1.0
    assert ask(banxico, timeout_s=0.2) == Away("timeout")
    banxico.slow_s, banxico.drips, banxico.page = 0, True, "x" * 2000
    assert ask(banxico, timeout_s=0.2) == Away("timeout")
    banxico.drips, banxico.page = False, "x" * 2_000_000
    assert ask(banxico) == Away("page_too_long")
    assert ADAPTER.ask(WANTED, base_url=f"http://127.0.0.1:{free_port()}/cep", timeout_s=1) == Away("unreachable")
