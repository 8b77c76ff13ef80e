"""The pages' server ends in five seconds, whoever has not finished asking."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
from django.conf import settings
from django.db import connection

from bench.site import free_port

ENDS_IN_S = 5.0
HALF = b"POST /hooks/bank/stp/nadie/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\nhalf"


@pytest.mark.django_db(transaction=True)
def test_a_deploy_waits_for_nobody_who_stopped_in_the_middle_of_a_request() -> None:
    said, port = connection.settings_dict, free_port()
    login = f"{said['USER']}:{said['PASSWORD']}" if said["PASSWORD"] else said["USER"]
    url = f"postgres://{login}@{said['HOST']}:{said['PORT']}/{said['NAME']}"
    own = (sys.executable, "-m", "seguripago.config.command_line")
    server = subprocess.Popen(
        [*own, "web", "--port", str(port), "--workers", "2", "--threads", "2"],
        env={**os.environ, "DATABASE_URL": url, "SEGURIPAGO_SECRET_KEY": settings.SECRET_KEY},
    )
    with ExitStack() as stack:
        stack.callback(server.wait)
        stack.callback(server.kill)
        until = time.monotonic() + 30
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=2) as first:
                    first.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    assert b" 200 " in first.recv(64)
                break
            except OSError:
                assert time.monotonic() < until, "no pages"
                time.sleep(0.1)
        for _ in range(4):
            held = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            held.sendall(HALF)
        time.sleep(1)
        began = time.monotonic()
        server.terminate()
        server.wait(30)
        assert time.monotonic() - began <= ENDS_IN_S
