"""HTTP as the sandbox needs it: a request with its whole body, an answer, and the ASGI dance between them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

MAX_BODY_BYTES: Final = 65_536

type Scope = dict[str, Any]
type Receive = Callable[[], Awaitable[dict[str, Any]]]
type Send = Callable[[dict[str, Any]], Awaitable[None]]


class BadRequest(Exception):
    """The request cannot be taken as it is: `status` and `code` say why."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request. `headers` have lower-case names."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def form(self) -> dict[str, str]:
        """Read a form's fields, the last of each name."""
        return _last_of_each(self.body.decode("utf-8", errors="replace"))

    def json(self) -> dict[str, Any]:
        """Read a JSON object; raises BadRequest."""
        try:
            value = json.loads(self.body)
        except ValueError:
            raise BadRequest("not_json") from None
        if not isinstance(value, dict):
            raise BadRequest("not_an_object")
        return value

    def bearer(self) -> str:
        """Give the token of `Authorization: Bearer …`, or an empty text."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else ""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer to send: after `delay_s`, or, when it `is_lost`, a line that breaks before it is said."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    delay_s: float = 0.0
    is_lost: bool = False

    @classmethod
    def of_json(cls, value: Mapping[str, Any], status: int = 200) -> Response:
        return cls(status, json.dumps(value, ensure_ascii=False).encode(), "application/json")

    @classmethod
    def see_other(cls, url: str, headers: Mapping[str, str] | None = None) -> Response:
        return cls(303, headers={"location": url, **(headers or {})})


async def receive_request(scope: Scope, receive: Receive) -> Request:
    """Take a whole request in; raises BadRequest when it is longer than MAX_BODY_BYTES."""
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("gone")
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise BadRequest("too_long", 413)
        if not message.get("more_body", False):
            break
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = _last_of_each(scope.get("query_string", b"").decode("latin-1"))
    return Request(scope["method"], scope["path"], query, headers, body)


async def send_response(response: Response, send: Send) -> None:
    """Send an answer whole, unless it is to be lost: then the server breaks the connection."""
    if response.delay_s:
        await asyncio.sleep(response.delay_s)
    headers = {"content-type": response.content_type, "content-length": str(len(response.body)), **_SAFE}
    headers.update(response.headers)
    pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": pairs})
    if not response.is_lost:
        await send({"type": "http.response.body", "body": response.body})


_SAFE: Final = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}


def _last_of_each(encoded: str) -> dict[str, str]:
    return {name: values[-1] for name, values in parse_qs(encoded, keep_blank_values=True).items()}
