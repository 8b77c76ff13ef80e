"""A card gateway on loopback: what every stand-in can do, so that one suite asks the same of every adapter.

A stand-in keeps charges and answers with the documented messages of `gateway_messages/`. It says so of itself: it is
made from documentation, and agreement with it is no proof that the real service agrees.
"""

from __future__ import annotations

import copy
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Literal

from seguripago.ports.bank_notice import read_json
from seguripago.ports.card_asking import written
from seguripago.ports.card_gateways import CardGateway, ChargeRequest, GatewayAccount, Payer
from seguripago.values.money import Money
from tests.adapters.provider import Question, Reply

MESSAGES = Path(__file__).with_name("gateway_messages")

type Outcome = Literal["paid", "declined", "step", "authorized"]
"""What the card does: `step` is one whose bank asks first."""


def message(gateway: str, name: str) -> Any:
    """Give a documented message's body, its numbers exact, to be changed at will."""
    return copy.deepcopy(read_json((MESSAGES / gateway / f"{name}.json").read_bytes())["body"])


def reply(value: object, status: int = 200) -> Reply:
    return Reply(exact(value).encode(), status)


def exact(value: object) -> str:
    """Write JSON with decimals as they are."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{exact(each)}" for name, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(exact(each) for each in value) + "]"
    return written(value)


@dataclass(frozen=True, slots=True)
class Notice:
    """A webhook as it arrives."""

    body: bytes
    headers: dict[str, str]
    query: dict[str, str] = field(default_factory=dict)


@dataclass
class Stand(ABC):
    """A stand-in. `url` is where it listens; `spoil` changes what it answers next, `loses` drops the answer."""

    url: str = ""
    loses: bool = False
    spoil: Callable[[bytes], Reply] | None = None
    asked: list[Question] = field(default_factory=list)

    gateway: ClassVar[CardGateway]
    has_page: ClassVar[bool] = False
    """The card is typed on the gateway's own page: a charge waits there whatever the card does."""
    amount_fields: ClassVar[tuple[str, ...]] = ("amount",)
    currency_field: ClassVar[str] = "currency"
    state_field: ClassVar[str] = "status"
    id_field: ClassVar[str] = "id"

    @property
    @abstractmethod
    def account(self) -> GatewayAccount: ...

    @abstractmethod
    def answer(self, question: Question) -> Reply:
        """Do what was asked and answer it."""

    @abstractmethod
    def token(self, outcome: Outcome) -> str: ...

    @abstractmethod
    def finish(self, ref: str, outcome: Literal["paid", "declined"]) -> None:
        """The buyer does what the gateway or the bank asked of him."""

    @abstractmethod
    def notice(self, ref: str, *, secret: str = "") -> Notice:
        """Sign a hint at this charge, with another secret when one is given."""

    @abstractmethod
    def count(self) -> int:
        """How many charges are kept."""

    def request(self, key: str, money: Money | None = None, outcome: Outcome = "paid", **changes: Any) -> ChargeRequest:
        known: dict[str, Any] = {
            "order_ref": "CM-7K3F-92QX",
            "amount": money or Money(913_550),
            "payer": Payer("Lucía Hernández Ruiz", "lucia@correo.example", "5512345678"),
            "idempotency_key": key,
            "return_url": "https://tienda.example/pedido/abc/?desde=tarjeta",
            "notify_url": "https://tienda.example/hooks/card/x/y/",
            "token": self.token(outcome),
            "description": "Pedido CM-7K3F-92QX",
        }
        return ChargeRequest(**{**known, **changes})

    def __call__(self, question: Question) -> Reply:
        self.asked.append(question)
        answered = self.answer(question)
        if self.loses:
            self.loses = False
            return Reply(is_lost=True)
        if self.spoil is not None:
            return self.spoil(answered.body)
        return answered


def of_body(question: Question) -> dict[str, Any]:
    """Read what was sent, numbers exact."""
    found = read_json(question.body or b"{}")
    assert isinstance(found, dict)
    return found


def altered(answered_with: int = 200, /, **changes: object) -> Callable[[bytes], Reply]:
    """Answer what was answered, with these fields changed."""
    return lambda body: reply({**read_json(body), **changes}, answered_with)
