"""Stripe's stand-in for a browser: localstripe, a process of its own, behind a door that asks it as Stripe is asked.

localstripe 1.15.10 is GPL: nothing here imports it; it is started, spoken to by HTTP, and ended by its process id. It
keeps state and plays Stripe.js, and it knows less than Stripe: of what our adapter sends as Stripe's reference says, it
refuses `use_stripe_sdk`, `return_url` and `description`, and it makes payment methods for a secret key alone. The door
takes those away, notes what was asked, and can lose an answer. It mends nothing else: that localstripe ignores
idempotency keys and takes refunds beyond the charge is what our own rows and locks are tried against.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from tests.adapters.provider import Question, Reply, provider
from tests.ports import is_free, two_free_ports

PORT: Final = 8420
SECRET_KEY: Final = "sk_test_stand_in"
PUBLIC_KEY: Final = "pk_test_stand_in"
WEBHOOK_SECRET: Final = "whsec_stand_in"
UNKNOWN_THERE: Final = frozenset({"use_stripe_sdk", "return_url", "description"})
COMPLETED: Final = Path(__file__).with_name("stripe_js.js")
"""What a page's Stripe.js lacks there, for `context.add_init_script`."""


@dataclass(slots=True)
class StandIn:
    """The door: `url` is what a store's account names. `loses`: so many answers to a new charge never arrive."""

    inside: str
    url: str = ""
    loses: int = 0
    asked: list[Question] = field(default_factory=list)

    @property
    def script_url(self) -> str:
        return f"{self.url}/js.stripe.com/v3/"

    def made(self, number: str) -> list[Question]:
        """The calls that asked for a new charge of this order, as they came to the door."""
        calls = [each for each in self.asked if each.method == "POST" and each.path == "/v1/payment_intents"]
        return [each for each in calls if number in dict(parse_qsl(each.body.decode())).values()]

    def of(self, number: str) -> list[dict[str, Any]]:
        """The PaymentIntents that it holds for this order, the oldest first."""
        said = httpx.get(f"{self.inside}/v1/payment_intents?limit=100", headers=_bearer(), timeout=10).json()
        return [each for each in said["data"] if each["metadata"].get("seguripago_order") == number]

    def tell(self, url: str) -> None:
        """Have notices sent there, signed."""
        said = {"url": url, "secret": WEBHOOK_SECRET}
        httpx.post(f"{self.inside}/_config/webhooks/site", data=said, timeout=10).raise_for_status()


@contextmanager
def stand_in() -> Iterator[StandIn]:
    """Start localstripe and the door before it; end both."""
    if importlib.util.find_spec("localstripe") is None:
        pytest.fail("localstripe is not here: `make test` installs it (the group stripe_stand_in)")
    port = PORT if is_free(PORT) else two_free_ports()
    found = StandIn(f"http://127.0.0.1:{port}")
    with _running(port), provider(lambda question: _pass_on(found, question)) as there:
        found.url = there.url
        yield found


@contextmanager
def _running(port: int) -> Iterator[None]:
    words = [sys.executable, "-m", "localstripe", "--from-scratch", "--port", str(port)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + 30
        while True:
            assert process.poll() is None, f"localstripe ended: does somebody else listen on {port}?"
            assert time.monotonic() < deadline, "localstripe does not answer"
            try:
                httpx.get(f"http://127.0.0.1:{port}/js.stripe.com/v3/", timeout=2).raise_for_status()
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(10)
        # What it kept of its state, where it always does.
        (Path(tempfile.gettempdir()) / "localstripe.pickle").unlink(missing_ok=True)


def _pass_on(door: StandIn, question: Question) -> Reply:
    door.asked.append(question)
    path, body, headers = urlsplit(question.path).path, question.body, dict(question.headers)
    if question.method == "POST" and path == "/v1/payment_intents":
        asked = [(name, value) for name, value in parse_qsl(body.decode()) if name not in UNKNOWN_THERE]
        body = urlencode(asked).encode()
    if path == "/v1/payment_methods" and b"key=pk_" in body:
        asked = [(name, value) for name, value in parse_qsl(body.decode()) if name != "key"]
        body, headers = urlencode(asked).encode(), {**headers, **_bearer()}
    kept = {name: value for name, value in headers.items() if name in {"authorization", "content-type", "origin"}}
    said = httpx.request(question.method, f"{door.inside}{question.path}", headers=kept, content=body, timeout=20)
    if door.loses and question.method == "POST" and path == "/v1/payment_intents":
        door.loses -= 1
        return Reply(b"", 502)
    shown = {name: value for name, value in said.headers.items() if name.startswith(("content-type", "access-control"))}
    return Reply(said.content, said.status_code, shown)


def _bearer() -> dict[str, str]:
    return {"authorization": f"Bearer {SECRET_KEY}"}
