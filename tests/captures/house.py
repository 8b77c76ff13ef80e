"""A store where ana owns, beto captures and dora checks; carla is of another store; the bank is ours."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass

from django.conf import settings

from seguripago.foundations.people.commands import hire
from seguripago.foundations.stores.commands import assign_clabe
from seguripago.journey.bank.models import Deposit
from seguripago.ports.receipt_readers import PINS_FOLDER
from seguripago.values.actor import Actor
from seguripago.values.clabe import build
from tests.captures.ceps import SERIAL, Transfer, pem
from tests.money.bank import bank_store

_count = itertools.count(1)


@dataclass(frozen=True, slots=True)
class House:
    """A store with its people and an account of its own."""

    store_id: int
    account: str
    beto: Actor
    dora: Actor
    ana: Actor

    def cep(self, **said: object) -> Transfer:
        """A CEP of a transfer to this store's account."""
        return Transfer(account=self.account, **said)  # type: ignore[arg-type]


def house() -> House:
    """Open one."""
    store_id = bank_store()

    def person(name: str, role: str) -> Actor:
        email = f"{name.lower()}-{secrets.token_hex(4)}@tienda.example"
        number = f"A-{next(_count):04d}"
        user = hire(store_id, email=email, name=name, role=role, analyst_number=number, password=secrets.token_hex(8))
        return Actor.staff(user, name)

    return House(
        store_id,
        assign_clabe(store_id).clabe,
        person("Beto", "payments"),
        person("Dora", "supervisor"),
        person("Ana", "owner"),
    )


def pin_the_bank() -> None:
    """The operator pins the key of the tests' bank."""
    folder = settings.SEGURIPAGO.data_dir / PINS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{SERIAL}.pem").write_bytes(pem())


def unpin_the_bank() -> None:
    """And takes it back."""
    (settings.SEGURIPAGO.data_dir / PINS_FOLDER / f"{SERIAL}.pem").unlink(missing_ok=True)


def deposits(store_id: int) -> list[Deposit]:
    return list(Deposit.objects.filter(store_id=store_id).order_by("pk"))


def strangers_clabe() -> str:
    return build("0121800150", next(_count))
