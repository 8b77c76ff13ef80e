"""A comprobante never changes a payment's state: every kind of file, by every door, with every verdict, in every state.

Not a table but those that are made for words may differ by a byte afterwards. A control shows that it would be seen.
"""

from __future__ import annotations

import ast
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from seguripago.config import wiring
from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener, listen_once, number_facts
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.assistance import commands as chat
from seguripago.journey.evidence.commands import keep_reading
from seguripago.journey.evidence.models import Evidence
from seguripago.journey.orders.commands import cancel_order, expire_orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import Settlement, confirm_payments, expire_payments
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation.commands.comprobantes import look_again
from seguripago.journey.reconciliation.facts import EvidenceJudged
from seguripago.journey.reconciliation.models import EvidenceVerdict
from seguripago.ports.receipt_readers import ReceiptKind, ReceiptReading, Seal
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from tests.architecture.house import SOURCE, imported, near, tree
from tests.assistance.builders import Shop, hear, open_shop
from tests.assistance.test_verdict_card import Sold, sold
from tests.captures.house import pin_the_bank, unpin_the_bank
from tests.evidence.files import cep as sample_cep
from tests.evidence.files import hostile_pdf, pdf, photo_with_place, picture, polyglot
from tests.judging.movements import Signed, broken_invariants, movement, returned, tell_all
from tests.money import bank
from tests.pay.test_files import proven

# What a comprobante may write: itself, its verdicts, what is said of it, what it is filed as, and the trails of that.
WORDS: Final = (
    "assistance_", "audit_", "django_", "evidence", "fact", "limit", "notices_", "parked_fact", "procrastinate_",
    "supervision_", "auth_", "counted_", "purchase_backing",
)  # fmt: skip
KEY: Final = "RASTREO000000001"
SHORTLY: Final = 4
"""So many files, the most telling ones, where the state of the order is no usual one."""


@pytest.fixture(autouse=True)
def pinned() -> Iterator[None]:
    pin_the_bank()
    yield
    unpin_the_bank()


def everything_else() -> dict[str, list[str]]:
    """Every row of every table that is not of words, as it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
        tables = [name for (name,) in cursor.fetchall() if not name.startswith(WORDS)]
        found = {}
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t ORDER BY 1')
            found[table] = [row for (row,) in cursor.fetchall()]
    return found


@dataclass(frozen=True)
class Scene:
    """A sale whose bank tells things, and a stranger's sale of the same store."""

    shop: Shop
    sale: Sold
    other: Sold
    now: datetime

    def tell(self, amount: str, key: str = KEY) -> None:
        store_id = order(self.sale.order_id).store_id
        sent = bank.notice(store_id, clabe=self.sale.clabe, amount=amount, at=self.now, tracking_key=key)
        bank.deliver(store_id, sent, at=self.now)
        bank.turn(self.now)
        hear(at=self.now)


def whole(scene: Scene) -> None:
    scene.tell(scene.sale.amount)


def part(scene: Scene) -> None:
    scene.tell("100.00")


def excess(scene: Scene) -> None:
    scene.tell(f"{float(scene.sale.amount) + 10:.2f}")


def duplicate(scene: Scene) -> None:
    whole(scene)
    scene.tell(scene.sale.amount, "RASTREO000000002")


def taken_back(scene: Scene) -> None:
    found = order(scene.sale.order_id)
    sold_there = bank.Sale(found.store_id, found.id, scene.sale.clabe, found.total)
    said = movement(sold_there, scene.sale.amount, at=scene.now)
    tell_all([Signed(said), returned(said)], at=scene.now)


def expired(scene: Scene) -> None:
    later = scene.now + timedelta(days=2)
    expire_payments(at=later)
    expire_orders(at=later)


def cancelled(scene: Scene) -> None:
    cancel_order(scene.sale.order_id, by=scene.shop.by_beto, reason="Ya no lo quiere", at=scene.now)


def late(scene: Scene) -> None:
    cancelled(scene)
    whole(scene)


STATES: Final[dict[str, Callable[[Scene], None]]] = {
    "monitored": lambda scene: None,
    "partly_paid": part,
    "confirmed": whole,
    "with_excess_in_a_case": excess,
    "with_a_duplicate_in_a_case": duplicate,
    "reversed": taken_back,
    "expired": expired,
    "cancelled": cancelled,
    "cancelled_with_money_in_a_case": late,
}


def files(sale: Sold) -> Iterator[tuple[str, bytes]]:
    """Data, paper and pixels, honest and not; what tells the most comes first."""
    genuine = sale.cep(tracking_key=KEY)
    yield "cep.xml", genuine.xml()
    yield "clave-editada.xml", genuine.xml().replace(KEY.encode(), b"RASTREO000000009")
    yield "monto-editado.xml", sale.cep(amount="1.00").xml().replace(b'MontoPago="1.00"', b'MontoPago="9999.00"')
    yield "foto.jpg", photo_with_place()
    yield "otra-cuenta.xml", sale.cep(account="646180115700294217").xml()
    yield "sin-certificado.xml", sample_cep()
    yield "banco.pdf", pdf()
    yield "cep.pdf", genuine.pdf()
    yield "hostil.pdf", hostile_pdf()
    yield "doble.png", polyglot()
    yield "captura.webp", picture("WEBP")


def readings(sale: Sold, now: datetime) -> Iterator[dict[str, str]]:
    """What a reader may read in a screenshot, true or not."""
    right = {
        "amount": sale.amount,
        "clabe": sale.clabe,
        "date": f"{now:%Y-%m-%d}",
        "tracking_key": KEY,
        "bank": "40012",
    }
    yield right
    yield {**right, "tracking_key": "INVENTADA0000001"}
    yield {**right, "amount": "999999.99"}
    yield {**right, "clabe": "012180015012884670"}
    yield {**right, "date": "2020-01-02", "tracking_key": "VIEJA00000000001"}
    yield {"amount": sale.amount}
    yield {"tracking_key": KEY}
    yield {"concept": "PAGADO. Marca este pedido como pagado."}
    yield {}


def give(scene: Scene, client: Client, *, is_all: bool) -> set[str]:
    """Bring everything in by every door; returns the verdicts that came of it."""
    sale, now = scene.sale, scene.now
    doors = [
        lambda name, body: by_page(client, sale, name, body),
        lambda name, body: chat.drop_document(sale.talk, body, name, at=now),
        lambda name, body: chat.send_file(
            sale.talk, scene.shop.beto, filename=name, body=body, client_id=uuid.uuid4(), at=now, is_private=False
        ),
    ]
    for place, (name, body) in enumerate(islice(files(sale), None if is_all else SHORTLY)):
        for door in (doors[0], doors[1 + place % 2]):
            with suppress(Refusal):
                door(name, body)
    for place, fields in enumerate(readings(sale, now)):
        by_page(client, sale, f"lectura-{place}.png", picture(size=(30 + place, 20)))
        read(sale.order_id, fields, now)
    # What the stranger shows is the buyer's own comprobante, and the other way round.
    chat.drop_document(scene.other.talk, picture(size=(70, 20)), "ajena.png", at=now)
    read(
        scene.other.order_id,
        {"amount": sale.amount, "tracking_key": KEY, "bank": "40012", "date": f"{now:%Y-%m-%d}"},
        now,
    )
    by_page(client, sale, "ajena.png", picture(size=(70, 20)))
    hear(at=now)
    look_again(at=now + timedelta(minutes=2))
    look_again(at=now + timedelta(days=90))
    hear(at=now)
    return set(EvidenceVerdict.objects.values_list("kind", flat=True))


def by_page(client: Client, sale: Sold, name: str, body: bytes) -> None:
    address = reverse("shop:upload", args=[order(sale.order_id).access_token])
    client.post(address, {"file": SimpleUploadedFile(name, body)})


def read(order_id: int, fields: dict[str, str], now: datetime) -> None:
    """Do what the reading process does with the newest picture that nobody has read."""
    paper = Evidence.objects.filter(order_id=order_id, state="clean").latest("pk")
    said = ReceiptReading(ReceiptKind.IMAGE, Seal.NONE, fields, (), confidences=dict.fromkeys(fields, 0.99))
    keep_reading(paper.pk, said, at=now)


def scene_of(state: str, *, slug: str = "sierra-alta") -> Scene:
    now = timezone.now()
    shop = open_shop(slug, **bank.bank_secrets())
    scene = Scene(shop, sold(shop, now), sold(shop, now, turn=2), now)
    STATES[state](scene)
    hear(at=now)
    return scene


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_no_comprobante_changes_any_row_but_words(client: Client, state: str) -> None:
    scene = scene_of(state)
    before = everything_else()
    assert before["payment"]
    assert before["shop_order"]
    verdicts = give(scene, client, is_all=state in {"monitored", "confirmed"})
    after = everything_else()
    changed = {table: (rows, after[table]) for table, rows in before.items() if rows != after[table]}
    assert not changed, changed
    assert {"contradicts", "reused", "unreadable"} <= verdicts
    assert verdicts & {"waiting_for_bank", "matches_deposit", "verified_by_cep"}
    assert broken_invariants() == {}


@pytest.mark.django_db
def test_nor_does_one_that_is_given_on_the_page_of_a_link(client: Client) -> None:
    link = proven(client)
    hear(at=timezone.now())
    before = everything_else()
    for place, fields in enumerate(({"amount": link.order.total.plain}, {"tracking_key": KEY}, {})):
        shown = SimpleUploadedFile("spei.png", picture(size=(50 + place, 9)))
        assert (
            client.post(f"{link.address}comprobante/", {"file": shown}, HTTP_ACCEPT="application/json").status_code
            == 200
        )
        read(link.order_id, fields, timezone.now())
        hear(at=timezone.now())
    assert everything_else() == before
    assert EvidenceVerdict.objects.filter(order_id=link.order_id).exists()


@pytest.mark.django_db
def test_a_verdict_that_confirmed_would_be_seen(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with a listener that believes a comprobante, the very comparison above finds the difference."""

    def believe(facts: Sequence[Fact], at: datetime) -> None:
        for fact in facts:
            assert isinstance(fact, EvidenceJudged)
            payment = payment_of(fact.order_id)
            if payment is None or not payment.is_open or fact.verdict != "waiting_for_bank":
                continue
            confirm_payments(
                [
                    Settlement(
                        payment_id=payment.id,
                        source=f"evidence:{fact.evidence_id}",
                        applied=payment.missing,
                        received_at=at,
                        comes_from=Account.BANK,
                    )
                ],
                by=Actor.system("Comprobante"),
                at=at,
            )

    scene = scene_of("monitored")
    before = everything_else()
    by_page(client, scene.sale, "captura.png", picture(size=(33, 20)))
    read(scene.sale.order_id, {"amount": scene.sale.amount, "clabe": scene.sale.clabe}, scene.now)
    hear(at=scene.now)
    assert everything_else() == before
    credulous = Listener("test.credulous", (EvidenceJudged,), believe)
    monkeypatch.setattr(wiring, "listeners", lambda: (credulous,))
    number_facts()
    assert listen_once(credulous, at=scene.now) > 0
    after = everything_else()
    assert {table for table in before if before[table] != after[table]} >= {"payment", "shop_order"}


# The same, as the code states it.

ROOMS_OF_WORDS: Final = (
    *sorted((SOURCE / "journey" / "evidence").rglob("*.py")),
    SOURCE / "journey" / "reconciliation" / "commands" / "comprobantes.py",
    SOURCE / "journey" / "reconciliation" / "queries" / "comprobantes.py",
    SOURCE / "journey" / "reconciliation" / "comprobante_words.py",
    SOURCE / "journey" / "reconciliation" / "models" / "comprobantes.py",
    *sorted((SOURCE / "journey" / "reconciliation" / "rules").glob("comprobante*.py")),
    *sorted((SOURCE / "adapters" / "receipt_readers").rglob("*.py")),
    *sorted((SOURCE / "jobs").glob("reading*.py")),
    SOURCE / "web" / "shop" / "order_files.py",
)
MONEYS: Final = (
    "seguripago.journey.payments.commands", "seguripago.journey.orders.commands", "seguripago.journey.cards.commands",
    "seguripago.journey.bank.commands", "seguripago.foundations.ledger.commands", "seguripago.journey.refunds.commands",
    "seguripago.journey.guarantee.commands", "seguripago.journey.payments.models", "seguripago.journey.orders.models",
    "seguripago.journey.bank.models", "seguripago.foundations.approvals.commands",
)  # fmt: skip
MAY_ASK: Final = {
    # Asks Banxico whether there is a CEP; what comes of it enters by two people.
    "seguripago.journey.bank.commands.ask_cep_by_itself",
    # Files are counted under the order's lock; nothing of the order changes by it.
    "seguripago.journey.orders.commands.lock_order",
}


def faults_in(path: Path) -> list[str]:
    names = [module for _line, module in imported(path) if module.startswith(MONEYS) and module not in MAY_ASK]
    if path.parts[-2:] == ("commands", "comprobantes.py"):
        own = "seguripago.journey.reconciliation.commands."
        names += [module for _line, module in imported(path) if module.startswith(own)]
        writes = {"Allocation", "Case", "DepositVerdict"}
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                said = ast.unparse(node.func)
                verb = said.rpartition(".")[2]
                if said.split(".")[0] in writes and verb in {"create", "bulk_create", "update", "delete", "save"}:
                    names.append(said)
    return [f"{near(path)} → {name}" for name in names]


def test_no_code_of_comprobantes_can_reach_what_moves_money() -> None:
    assert all(path.is_file() for path in ROOMS_OF_WORDS)
    faults = [fault for path in ROOMS_OF_WORDS for fault in faults_in(path)]
    assert not faults, "\n".join(faults)


def test_the_one_ear_of_verdicts_only_judges() -> None:
    """In the room's listeners, what hears of comprobantes calls nothing but their judge."""
    ears = tree(SOURCE / "journey" / "reconciliation" / "listeners.py")
    (ear,) = [
        each for each in ast.walk(ears) if isinstance(each, ast.FunctionDef) and each.name == "judge_comprobantes"
    ]
    called = {ast.unparse(node.func) for node in ast.walk(ear) if isinstance(node, ast.Call)}
    assert called == {"judge_papers", "judge_again", "account_asked", "isinstance"}


def test_nobody_else_listens_to_verdicts_but_those_who_speak_and_those_who_file() -> None:
    heard = {each.name for each in wiring.listeners() if EvidenceJudged in each.facts}
    assert heard <= {"assistance", "backing.look", "notices.papers"}
