"""ClamAV over INSTREAM, spoken with a daemon of a few lines that keeps to clamd(8)."""

from __future__ import annotations

import dataclasses
import socketserver
import struct
import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.test import override_settings

from seguripago.journey.evidence import commands, queries
from seguripago.ports.scanners import Harmful, Harmless, NotScanned, scanner
from tests.evidence.files import picture
from tests.orders.builders import LUCIA, placed

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.BaseRequestHandler):
    """Answers zINSTREAM: FOUND for EICAR, nothing at all for a file that says HANG UP."""

    def handle(self) -> None:
        read = self.request.makefile("rb").read
        assert read(10) == b"zINSTREAM\0"
        body = b""
        while size := struct.unpack("!I", read(4))[0]:
            body += read(size)
        if b"HANG UP" in body:
            return
        self.request.sendall(b"stream: Eicar-Test FOUND\0" if EICAR in body else b"stream: OK\0")


def at_address(address: str) -> override_settings:
    return override_settings(SEGURIPAGO=dataclasses.replace(settings.SEGURIPAGO, clamd_address=address))


@pytest.fixture
def clamd() -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with at_address("{}:{}".format(*server.server_address)):
            yield
        server.shutdown()


@pytest.mark.usefixtures("clamd")
def test_the_daemon_is_asked_and_its_answer_read() -> None:
    assert scanner("clamav").scan(b"x" * 200_000) == Harmless()
    assert scanner("clamav").scan(b"x" * 70_000 + EICAR) == Harmful("Eicar-Test")


@pytest.mark.usefixtures("clamd")
def test_a_daemon_that_hangs_up_has_not_scanned() -> None:
    assert scanner("clamav").scan(b"HANG UP") == NotScanned("clamd hung up")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.sock", "nonsense"])
def test_a_daemon_that_is_away_has_not_scanned(address: str) -> None:
    with at_address(address):
        assert isinstance(scanner("clamav").scan(b"x"), NotScanned)


@pytest.mark.django_db
@pytest.mark.usefixtures("clamd")
def test_what_the_scanner_finds_is_refused_and_not_kept(at: datetime) -> None:
    order_id = placed(at)
    with pytest.raises(commands.FileIsHarmful) as refused:
        commands.keep_evidence(order_id, filename="a.png", body=picture() + EICAR, by=LUCIA, at=at)
    assert (refused.value.code, refused.value.name) == ("SP-406", "Eicar-Test")
    assert queries.evidence_of(order_id) == ()
    assert commands.keep_evidence(order_id, filename="a.png", body=picture(), by=LUCIA, at=at)
