"""What every page has, and what a page looks like when something is not as asked."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.http import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.orders.builders import make_store
from tests.web.staff import entered

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.pages")]


NONCE = re.compile(r"'nonce-[\w+/=-]{20,}'")
WITHOUT_SCRIPTS = "'nonce-of-a-page-that-runs-none'"


@pytest.fixture
def visitor() -> Client:
    """A browser that shows what a visitor would see of a fault."""
    return Client(raise_request_exception=False)


def plain_addresses(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Every address that needs nothing but itself."""
    for each in (resolver or get_resolver("seguripago.config.urls")).url_patterns:
        address = before + str(each.pattern)
        if "<" in address:
            continue
        if isinstance(each, URLPattern):
            yield address
        else:
            yield from plain_addresses(each, address)


def strict(answer: HttpResponseBase) -> bool:
    """Whether the page forbids inline scripts and styles, sniffing, and being framed by others."""
    policy = answer.headers.get("Content-Security-Policy", "")
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";") if rule.strip())
    return (
        rules.get("default-src") == "'none'"
        and NONCE.fullmatch(rules.get("script-src", WITHOUT_SCRIPTS)) is not None
        and rules.get("style-src") == "'self'"
        and "frame-ancestors" in rules
        and rules.get("base-uri") == "'none'"
        and "unsafe" not in policy
        and answer.headers.get("X-Content-Type-Options") == "nosniff"
        and answer.headers.get("Referrer-Policy") in {"same-origin", "no-referrer"}
        and answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin"
    )


@pytest.mark.parametrize("role", ["", "analyst", "supervisor", "owner"])
def test_every_page_carries_the_strict_policy(visitor: Client, role: str) -> None:
    store_id = make_store()
    client = entered(store_id, role) if role else visitor
    client.raise_request_exception = False
    answers = {address: client.get(address) for address in plain_addresses()}
    assert len(answers) > 10
    html = {
        address: each
        for address, each in answers.items()
        if each.headers.get("Content-Type", "").startswith("text/html")
    }
    assert [address for address, each in html.items() if not strict(each)] == []


@pytest.mark.parametrize(
    ("address", "status"), [("/rota/", 500), ("/tarde/", 409), ("/no-existe/", 404), ("/bien/", 200)]
)
def test_pages_of_trouble_carry_it_too(visitor: Client, address: str, status: int) -> None:
    answer = visitor.get(address)
    assert (answer.status_code, strict(answer)) == (status, True)


def test_a_refusal_says_its_code_and_what_to_do(visitor: Client) -> None:
    page = visitor.get("/tarde/").content.decode()
    assert "No se pudo hacer" in page
    assert "SP-998" in page
    assert "The moment" not in page, "the words for programmers stay inside"


def test_a_fault_is_told_to_the_visitor_without_details_and_logged_with_its_traceback(
    visitor: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        page = visitor.get("/rota/").content.decode()
    assert "Algo falló de nuestro lado" in page
    assert "RuntimeError" not in page
    [said] = [record for record in caplog.records if record.name == "django.request"]
    assert said.exc_info is not None
    assert "the page broke" in caplog.text
    assert "Traceback" in caplog.text


def test_errors_go_to_the_standard_error_of_every_server(settings: LazySettings) -> None:
    assert settings.LOGGING["root"]["handlers"] == ["stderr"]
    assert settings.LOGGING["disable_existing_loggers"] is False
    logger: logging.Logger | None = logging.getLogger("django.request")
    while logger is not None and logger.parent is not None:
        assert logger.propagate
        logger = logger.parent


@pytest.mark.parametrize("cookie", [None, "", "fr", "es-mx", "<script>"])
def test_the_language_is_spanish_whatever_the_browser_wishes(visitor: Client, cookie: str | None) -> None:
    if cookie is not None:
        visitor.cookies["sp_idioma"] = cookie
    page = visitor.get("/bien/", headers={"accept-language": "en-US,en;q=0.9"})
    assert '<html lang="es-MX"' in page.content.decode()


def test_english_is_a_choice_kept_in_a_cookie(visitor: Client) -> None:
    visitor.cookies["sp_idioma"] = "en"
    assert '<html lang="en"' in visitor.get("/bien/").content.decode()
    assert '<html lang="es-MX"' in Client().get("/bien/").content.decode(), "and of that browser only"


def test_alive_and_ready(visitor: Client) -> None:
    assert visitor.get("/healthz").json() == {"status": "ok"}
    assert visitor.get("/readyz").json() == {"status": "ready"}
