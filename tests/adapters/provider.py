"""A provider on loopback: a real server that answers what a test wrote down, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Question:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    body: bytes = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    waits_s: float = 0.0
    """Before the first byte."""
    drips_s: float = 0.0
    """Between every byte."""
    is_lost: bool = False
    """The connection ends without an answer."""


@dataclass(slots=True)
class Provider:
    url: str
    answer: Callable[[Question], Reply]
    asked: list[Question] = field(default_factory=list)


@contextlib.contextmanager
def provider(answer: Callable[[Question], Reply] | Reply) -> Iterator[Provider]:
    """Answer every question with `answer`, which may be changed while the server runs."""
    known = Provider("", answer if callable(answer) else lambda question: answer)

    class Desk(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            question = Question(self.command, self.path, headers, self.rfile.read(length))
            known.asked.append(question)
            reply = known.answer(question)
            with contextlib.suppress(OSError):
                time.sleep(reply.waits_s)
                if reply.is_lost:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(reply.body)))
                self.end_headers()
                if not reply.drips_s:
                    self.wfile.write(reply.body)
                    return
                for byte in reply.body:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(reply.drips_s)

        do_GET = do_POST = do_PUT = _serve  # noqa: N815 - the names that http.server looks for

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
    server.daemon_threads = True
    known.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
