"""No log line opens anything."""

from __future__ import annotations

import logging

import pytest
from django.conf import settings
from django.test import Client

from seguripago.config.logs import WithoutKeys
from seguripago.web.pay.views import door

KEY = "v7Fq-2xK_9sQ.eyJraWQiOiAiMWZjMjljZDUifQ"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"Internal Server Error: /pago/{KEY}/", "Internal Server Error: /pago/…/"),
        (f"SP-203 OrderEnded on /pedido/{KEY}/estado/?x=1", "SP-203 OrderEnded on /pedido/…/estado/?x=1"),
        ("GET /pago/abierto/0123456789abcdef01234567/", "GET /pago/abierto/0123456789abcdef01234567/"),
        ("Not Found: /t/sierra-alta/", "Not Found: /t/sierra-alta/"),
    ],
)
def test_an_address_that_is_its_own_key_is_kept_without_it(said: str, kept: str) -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "%s", (said,), None)
    assert WithoutKeys().filter(record)
    assert record.getMessage() == kept


def test_every_handler_of_the_program_leaves_keys_out() -> None:
    handlers = settings.LOGGING["handlers"].values()
    assert all("keys" in handler["filters"] for handler in handlers)


def test_a_fault_on_a_link_s_page_does_not_write_its_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(token: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(door, "link", breaks)
    handler = logging.StreamHandler()
    handler.addFilter(WithoutKeys())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    try:
        answer = Client(raise_request_exception=False).get(f"/pago/{KEY}/")
    finally:
        logger.removeHandler(handler)
    assert answer.status_code == 500
    assert "/pago/…/" in capsys.readouterr().err
