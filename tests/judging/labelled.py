"""A labelled set: thousands of drawn deposits, the nasty kinds too, each with the verdict that is right for it.

Orders are a crowd of the rooms' own rows; what happened to them before (expired, cancelled, claimed) happened by the
rooms' own commands; the deposits come by the bank's own doors. Seeded: the same seed draws the same set.
"""

from __future__ import annotations

import random
import secrets
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from bench.crowd import crowd
from seguripago.journey.orders.commands import cancel_order, expire_orders
from seguripago.journey.payments.commands import claim_transfer, expire_payments
from seguripago.values import clabe as clabes
from seguripago.values import order_number
from seguripago.values.money import Money
from tests.judging.movements import Said, Signed, Telling
from tests.money import bank

FIRST: Final = ("Lucía", "José Luis", "María Guadalupe", "Juan", "Ana Sofía", "Raúl", "Jorge", "Paola", "Itzel")
LAST: Final = ("Hernández", "Robles", "Peña", "Ochoa", "Ibáñez", "Cruz", "Rentería", "Nava", "Zúñiga", "Solís")
TYPOS: Final = {"0": "O", "1": "I", "8": "B", "5": "S", "2": "Z", "B": "8", "S": "5", "Z": "2", "G": "6"}
LATE_DAYS: Final = 60


@dataclass(frozen=True, slots=True)
class Target:
    """An order of the crowd that waits for its transfer."""

    order_id: int
    payment_id: int
    number: str
    clabe: str
    total: Money
    buyer: str
    store_id: int


@dataclass(frozen=True, slots=True)
class Label:
    """What is right for one deposit.

    `verdict` is certain, doubtful, unknown or none (no deposit at all); `case` the kind of its case, empty for none.
    `owner` and `applied` belong to certain ones; `meant` are the orders that a suggestion should name.
    """

    kind: str
    tracking_key: str
    sending_institution: str
    verdict: str
    case: str = ""
    owner: str = ""
    applied: int = 0
    meant: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Play:
    """What is told, in this order, and what is right for each deposit of it. `later`: told when the rest was judged."""

    tellings: tuple[Telling, ...]
    labels: tuple[Label, ...]
    later: tuple[Telling, ...] = ()


class Scene:
    """A store with its waiting orders, another store, and the dice."""

    def __init__(self, at: datetime, *, seed: int, orders: int) -> None:
        self.at = at
        self.dice = random.Random(seed)
        self.store_id = bank.bank_store()
        self.other = bank.sale(at)
        self._targets = self._draw(orders)
        self._keys = 0

    def target(self) -> Target:
        """The next order that nothing happened to."""
        return next(self._targets)

    def said(self, target: Target, amount: Money, **more: object) -> Said:
        """A movement to the order's CLABE with marks of its own; the payer is somebody."""
        self._keys += 1
        values: dict[str, object] = {
            "store_id": self.store_id,
            "clabe": target.clabe,
            "amount": amount.plain,
            "at": self.at,
            "tracking_key": f"ET{self._keys:06d}{self.dice.randrange(10**6):06d}",
            "sending_institution": self.dice.choice(("40012", "40002", "40014", "40072", "40021")),
            "payer": as_bank_writes(person(self.dice)),
            "concept": self.dice.choice(("Pago", "Compra", "Transferencia", "gracias", "pago de pedido")),
            "reference": self.dice.randrange(1, 10**6),
        }
        return Said(**{**values, **more})  # type: ignore[arg-type]

    def nobodys_clabe(self, target: Target) -> str:
        """A CLABE of the store's that was never given out."""
        return clabes.build(target.clabe[:10], 9_000_000 + self.dice.randrange(900_000))

    def _draw(self, count: int) -> Iterator[Target]:
        made = crowd(self.store_id, open_payments=count)
        ids = list(made.open_orders)
        numbers = [order_number.draw(self.dice.choice) for _ in ids]
        names = [person(self.dice) for _ in ids]
        emails = [f"{place}.{secrets.token_hex(3)}@correo.example" for place in range(len(ids))]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE shop_order o SET number = n.number, buyer_name = n.name, buyer_email = n.email,"
                " search = lower(n.number || ' ' || n.folded || ' ' || n.email)"
                " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])"
                " AS n(id, number, name, email, folded) WHERE o.id = n.id",
                [ids, numbers, names, emails, [as_bank_writes(name) for name in names]],
            )
            cursor.execute(
                "SELECT p.order_id, p.id, o.number, i.clabe, p.amount_centavos, o.buyer_name FROM payment p"
                " JOIN shop_order o ON o.id = p.order_id JOIN transfer_instructions i ON i.payment_id = p.id"
                " WHERE o.id = ANY(%s) ORDER BY md5(o.number)",
                [ids],
            )
            rows = cursor.fetchall()
            cursor.execute("ANALYZE")
        targets = [Target(o, p, n, c, Money(total), name, self.store_id) for o, p, n, c, total, name in rows]
        return iter(targets)


def person(dice: random.Random) -> str:
    return f"{dice.choice(FIRST)} {dice.choice(LAST)} {dice.choice(LAST)}"


def as_bank_writes(name: str) -> str:
    """Capitals without accents, surnames sometimes cut."""
    return name.upper().translate(str.maketrans("ÁÉÍÓÚÑÜ", "AEIOUNU"))[:39]


def mistyped(number: str, dice: random.Random) -> str:
    """The number as a hurried person types it: look-alikes, spaces, accents, small letters, words around it."""
    plain = order_number.bare(number)
    places = [place for place in range(2, 10) if plain[place] in TYPOS]
    for place in dice.sample(places, min(len(places), dice.choice((0, 1, 1, 2)))):
        plain = plain[:place] + TYPOS[plain[place]] + plain[place + 1 :]
    shaped = dice.choice(
        (
            plain,
            plain.lower(),
            f"{plain[:2]} {plain[2:6]} {plain[6:]}",
            f"{plain[:2]}-{plain[2:6]}.{plain[6:]}",
            plain[2:],
        )
    )
    return dice.choice(("{}", "pedido {}", "Café {} compra", "PAGO: {}", "{} de ana")).format(shaped)


def one_digit_off(number: str, dice: random.Random) -> str:
    """A neighbour in one digit far from the end, with the right control digit: nobody's, but well formed."""
    place = dice.choice((10, 11))
    digit = dice.choice([d for d in string.digits[1:] if d != number[place]])
    return clabes.build(number[:10], int(number[10:17][: place - 10] + digit + number[place + 1 : 17]))


def at_once(scene: Scene, targets: Sequence[Target], *, expires_at: datetime, watch_until: datetime) -> None:
    """Let the clocks of these orders be others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE payment SET expires_at = %s, watch_until = %s WHERE id = ANY(%s)",
            [expires_at, watch_until, [target.payment_id for target in targets]],
        )
        cursor.execute(
            "UPDATE shop_order SET expires_at = %s WHERE id = ANY(%s)",
            [expires_at, [target.order_id for target in targets]],
        )


def expired(scene: Scene, count: int) -> list[Target]:
    """Orders whose time ended two hours ago, by the clock's own commands; their late money is still watched for."""
    targets = [scene.target() for _ in range(count)]
    ended = scene.at - timedelta(hours=2)
    at_once(scene, targets, expires_at=ended, watch_until=scene.at + timedelta(days=15))
    while expire_payments(at=scene.at):
        pass
    while expire_orders(scene.at):
        pass
    return targets


def cancelled(scene: Scene, count: int) -> list[Target]:
    targets = [scene.target() for _ in range(count)]
    for target in targets:
        cancel_order(target.order_id, by=bank.ANALYST, reason="Ya no lo quiere.", at=scene.at)
    return targets


def claimed(scene: Scene, target: Target, said: Said) -> None:
    claim_transfer(target.order_id, bank="BBVA", date=said.at.date(), tracking_key=said.tracking_key, at=scene.at)


def certain(kind: str, said: Said, target: Target, applied: Money, case: str = "", meant: str = "") -> Label:
    return Label(
        kind, said.tracking_key, said.sending_institution, "certain", case, target.number, applied.centavos,
        frozenset({meant} if meant else ()),
    )  # fmt: skip


def doubtful(kind: str, said: Said, case: str) -> Label:
    return Label(kind, said.tracking_key, said.sending_institution, "doubtful", case)


def unknown(kind: str, said: Said, *meant: Target, case: str = "unknown") -> Label:
    numbers = frozenset(target.number for target in meant)
    return Label(kind, said.tracking_key, said.sending_institution, "unknown", case, meant=numbers)


def told(said: Said, *labels: Label) -> Play:
    return Play((Signed(said),), labels)
