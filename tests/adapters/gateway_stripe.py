"""Stripe on loopback with a memory: the shapes of `stripe_side`, charges that are kept, keys that repeat an answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal
from urllib.parse import urlsplit

from seguripago.adapters.card_gateways.stripe import ADAPTER
from seguripago.ports.card_gateways import CardGateway, GatewayAccount
from tests.adapters import stripe_side
from tests.adapters.gateway_stand import Notice, Outcome, Stand
from tests.adapters.provider import Question, Reply
from tests.adapters.stripe_side import error, form, says


@dataclass
class StripeStand(Stand):
    intents: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, tuple[str, bytes, Reply]] = field(default_factory=dict)

    gateway: ClassVar[CardGateway] = ADAPTER
    amount_fields: ClassVar[tuple[str, ...]] = ("amount", "amount_received")

    @property
    def account(self) -> GatewayAccount:
        return stripe_side.account(self.url)

    def token(self, outcome: Outcome) -> str:
        return f"pm_1{outcome}"

    def count(self) -> int:
        return len(self.intents)

    def finish(self, ref: str, outcome: Literal["paid", "declined"]) -> None:
        made = self.intents[ref]
        if outcome == "paid":
            self._pay(made)
        else:
            no = stripe_side.declined("authentication_required", "payment_intent_authentication_failure")
            made |= {name: no[name] for name in ("status", "last_payment_error")} | {"next_action": None}

    def notice(self, ref: str, *, secret: str = "") -> Notice:
        body = stripe_side.event(stripe_side.intent(id=ref))
        return Notice(body, stripe_side.signed(body, secret=secret or stripe_side.SECRET))

    def answer(self, question: Question) -> Reply:
        if question.headers.get("authorization") != "Bearer sk_test_contract":
            return error(401, message="Invalid API Key provided")
        asked, path = form(question), urlsplit(question.path).path.removeprefix("/v1/").split("/")
        match question.method, path:
            case "GET", ["payment_intents"]:
                return says(stripe_side.listed(*reversed(self.intents.values())))
            case "GET", ["payment_intents", "search"]:
                found = [each for each in self.intents.values() if each["metadata"]["seguripago_key"] in asked["query"]]
                return says({**stripe_side.listed(*found), "object": "search_result"})
            case "GET", ["payment_intents", ref] if ref in self.intents:
                return says(self.intents[ref])
            case "POST", ["payment_intents"]:
                return self._once(question, lambda: self._create(asked))
            case "POST", ["payment_intents", ref, "cancel"] if ref in self.intents:
                return self._once(question, lambda: self._cancel(self.intents[ref]))
            case "POST", ["refunds"] if asked["payment_intent"] in self.intents:
                return self._once(question, lambda: self._refund(self.intents[asked["payment_intent"]], asked))
        return error(404, code="resource_missing", param="intent", message="No such payment_intent")

    def _once(self, question: Question, work: Any) -> Reply:
        key = question.headers["idempotency-key"]
        if key in self.keys:
            path, body, known = self.keys[key]
            same = (path, body) == (question.path, question.body)
            return known if same else error(400, type="idempotency_error", message="Keys can only be used once")
        done: Reply = work()
        self.keys[key] = (question.path, question.body, done)
        return done

    def _create(self, asked: dict[str, str]) -> Reply:
        ref, outcome = f"pi_3Contract{len(self.intents)}", asked["payment_method"].removeprefix("pm_1")
        made = stripe_side.declined("insufficient_funds") if outcome == "declined" else stripe_side.waiting()
        made |= {"id": ref, "amount": int(asked["amount"]), "amount_received": 0}
        metadata = {name[9:-1]: value for name, value in asked.items() if name.startswith("metadata[")}
        self.intents[ref] = made | {"metadata": metadata}
        if outcome == "declined":
            no = {"type": "card_error", "code": "card_declined", "decline_code": "insufficient_funds"}
            return error(402, **no, payment_intent=self.intents[ref])
        if outcome == "paid":
            self._pay(self.intents[ref])
        return says(self.intents[ref])

    def _pay(self, made: dict[str, Any]) -> None:
        paid = stripe_side.intent(latest_charge=stripe_side.charge(amount=made["amount"]))
        kept = {name: made[name] for name in ("id", "amount", "metadata")}
        made |= paid | kept | {"amount_received": made["amount"]}

    def _cancel(self, made: dict[str, Any]) -> Reply:
        if made["status"] in {"succeeded", "canceled"}:
            return error(400, code="payment_intent_unexpected_state", message="It cannot be canceled.")
        made |= {"status": "canceled", "next_action": None}
        return says(made)

    def _refund(self, made: dict[str, Any], asked: dict[str, str]) -> Reply:
        charge, amount = made["latest_charge"], int(asked["amount"])
        if amount > charge["amount"] - charge["amount_refunded"]:
            return error(400, code="charge_already_refunded", param="amount", message="More than is left")
        refunds = charge["refunds"]["data"]
        back = stripe_side.refund(
            id=f"re_3Contract{len(refunds)}",
            amount=amount,
            payment_intent=made["id"],
            metadata={"seguripago_key": asked["metadata[seguripago_key]"]},
        )
        refunds.append(back)
        charge["amount_refunded"] += amount
        return says(back)
