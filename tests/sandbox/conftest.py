"""The sandbox as it runs: its own server on a real socket, and a site that keeps what it is sent."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from seguripago.ports.store_secrets import store_secret
from seguripago.web.sandbox.server import SandboxConfig, SandboxServer
from tests.ports import free_port

MAIN_KEY = b"k" * 32
STORE_KEY = "store-key"
FEED_SECRET = store_secret(MAIN_KEY, "bank:sandbox", STORE_KEY)


@dataclass
class Site:
    """What a site's hooks received, and what they answer next."""

    url: str
    heard: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def wait_for(self, count: int, seconds: float = 8.0) -> None:
        deadline = time.monotonic() + seconds
        while len(self.heard) < count:
            assert time.monotonic() < deadline, f"{len(self.heard)} of {count} notices came"
            time.sleep(0.01)


@dataclass
class Running:
    """A sandbox that runs."""

    url: str
    config: SandboxConfig

    def transfer(self, **asked: Any) -> httpx.Response:
        body = {"store_key": STORE_KEY, "secret": FEED_SECRET, "clabe": "646180115700294217", "amount": "9135.00"}
        headers = {"authorization": f"Bearer {self.config.demo_secret}"}
        return httpx.post(f"{self.url}/transfers", json={**body, **asked}, headers=headers, timeout=15)


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site("")

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            found.heard.append((self.path, body, {name.lower(): value for name, value in self.headers.items()}))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *said: object) -> None:
            """Say nothing: the test reads `heard`."""

    class Server(ThreadingHTTPServer):
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Hook) as server:
        found.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield found
        server.shutdown()
        thread.join()


class Stopper:
    """Starts and stops a sandbox on one folder, so that a test can restart it."""

    def __init__(self, folder: Path, site_url: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.config = SandboxConfig(folder, site_url, self.url, MAIN_KEY)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> Running:
        options = uvicorn.Config(SandboxServer(self.config), "127.0.0.1", self.port, log_level="warning", ws="none")
        self._server = uvicorn.Server(options)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < deadline, "the sandbox did not start"
            time.sleep(0.01)
        return Running(self.url, self.config)

    def stop(self) -> None:
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join()
        self._server = self._thread = None


@pytest.fixture
def stopper(tmp_path: Path, site: Site) -> Iterator[Stopper]:
    found = Stopper(tmp_path, site.url)
    yield found
    found.stop()


@pytest.fixture
def sandbox(stopper: Stopper) -> Running:
    return stopper.start()
