"""The demo's gateway as it runs, behind a post that can lose or spoil its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar, Literal

import httpx
from standardwebhooks.webhooks import Webhook

from seguripago.adapters.card_gateways.sandbox import ADAPTER
from seguripago.ports.card_gateways import CardGateway, GatewayAccount
from seguripago.ports.store_secrets import store_secret
from tests.adapters.gateway_stand import Notice, Outcome, Stand
from tests.adapters.provider import Question, Reply
from tests.sandbox.conftest import MAIN_KEY, STORE_KEY, Running, Site

CARDS = {"paid": "4242424242424242", "declined": "4000000000009995"}


@dataclass
class SandboxStand(Stand):
    running: Running | None = None
    site: Site | None = None

    gateway: ClassVar[CardGateway] = ADAPTER
    has_page: ClassVar[bool] = True
    amount_fields: ClassVar[tuple[str, ...]] = ("centavos",)

    @property
    def there(self) -> str:
        assert self.running is not None
        return self.running.url

    @property
    def account(self) -> GatewayAccount:
        return GatewayAccount(
            self.url,
            STORE_KEY,
            store_secret(MAIN_KEY, "card:sandbox", STORE_KEY),
            store_secret(MAIN_KEY, "card:sandbox:webhook", STORE_KEY),
        )

    def token(self, outcome: Outcome) -> str:
        return ""

    def count(self) -> int:
        made = [each for each in self.asked if each.method == "POST" and each.path == "/api/charges"]
        return len({each.headers["idempotency-key"] for each in made})

    def answer(self, question: Question) -> Reply:
        kept = {name: value for name, value in question.headers.items() if name not in {"host", "content-length"}}
        got = httpx.request(question.method, self.there + question.path, headers=kept, content=question.body)
        return Reply(got.content, got.status_code, {"content-type": got.headers["content-type"]})

    def finish(self, ref: str, outcome: Literal["paid", "declined"]) -> None:
        form = {"expiry": "12/40", "cvc": "123", "name": "LUCIA HERNANDEZ", "step": "pay", "number": CARDS[outcome]}
        assert httpx.post(f"{self.there}/pagar/{ref}/", data=form).status_code == 303

    def notice(self, ref: str, *, secret: str = "") -> Notice:

        assert self.site is not None
        self.site.wait_for(1)
        _, body, headers = next(each for each in self.site.heard if ref.encode() in each[1])
        if secret:
            other = store_secret(b"other-key-other-key-other-key-32", "card:sandbox:webhook", secret)
            at, found = datetime.now(UTC), dict(headers)
            found["webhook-signature"] = Webhook(other).sign(headers["webhook-id"], at, body.decode())
            found["webhook-timestamp"] = str(int(at.timestamp()))
            return Notice(body, found)
        return Notice(body, headers)
