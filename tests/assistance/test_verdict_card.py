"""A CEP in the chat: received, then what it proves, once; and never the money itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.listeners import show_in_chat
from seguripago.journey.evidence.commands import keep_evidence, keep_reading
from seguripago.journey.evidence.queries import evidence_of
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.reconciliation.commands.comprobantes import look_again
from seguripago.journey.reconciliation.facts import EvidenceJudged
from seguripago.journey.reconciliation.queries.comprobantes import verdicts_of
from seguripago.ports.receipt_readers import ReceiptKind, ReceiptReading, Seal
from seguripago.values.actor import Actor
from tests.assistance.builders import ALL, Shop, cards, hear, open_shop, pay, place, someone_is_there, start
from tests.captures.ceps import Transfer
from tests.captures.house import pin_the_bank, unpin_the_bank
from tests.evidence.files import picture
from tests.money import bank

pytestmark = pytest.mark.django_db


@pytest.fixture
def pinned() -> Iterator[None]:
    pin_the_bank()
    yield
    unpin_the_bank()


@dataclass(frozen=True, slots=True)
class Sold:
    """A conversation whose bank details were sent."""

    talk: int
    order_id: int
    clabe: str
    amount: str

    def cep(self, **said: str) -> Transfer:
        return Transfer(**{"account": self.clabe, "amount": self.amount, **said})  # type: ignore[arg-type]


def sold(shop: Shop, at: datetime, turn: int = 1) -> Sold:
    someone_is_there(shop, at=at)
    bought = place(shop, at=at, turn=turn)
    talk = start(shop, at=at, own=(bought.access_token,), token=f"t{turn}")
    chat.take(talk, shop.beto, at=at)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    payment = payment_of(bought.id)
    assert payment is not None
    assert payment.instructions is not None
    return Sold(talk, bought.id, payment.instructions.clabe, payment.amount.plain)


def transfer(sale: Sold, at: datetime) -> None:
    """The bank tells of the whole amount."""
    store_id = order(sale.order_id).store_id
    bank.deliver(store_id, bank.notice(store_id, clabe=sale.clabe, amount=sale.amount, at=at), at=at)
    bank.turn(at)
    hear(at=at)


def verdicts(talk: int) -> list[tuple[str, str]]:
    found = [entry for entry in reading.entries(talk) if entry.card == "evidence_verdict"]
    return [(str(entry.body["verdict"]), entry.text) for entry in found]


def given(sale: Sold, body: bytes, at: datetime, name: str = "cep.xml") -> list[tuple[str, str]]:
    assert chat.drop_document(sale.talk, body, name, at=at) == "evidence"
    hear(at=at)
    return verdicts(sale.talk)


@pytest.mark.usefixtures("pinned")
@pytest.mark.parametrize("as_paper", [False, True])
def test_a_genuine_cep_says_so_once_and_confirms_nothing(at: datetime, as_paper: bool) -> None:
    sale = sold(open_shop(), at)
    cep = sale.cep()
    [(verdict, text)] = given(sale, cep.pdf() if as_paper else cep.xml(), at, "cep.pdf" if as_paper else "cep.xml")
    assert verdict == "verified_by_cep"
    assert "auténtico" in text
    assert "Confirmamos cuando el banco nos avise" in text
    assert cards(sale.talk)[-2:] == ["evidence_received", "evidence_verdict"]
    [body] = [entry.body for entry in reading.entries(sale.talk) if entry.card == "evidence_verdict"]
    # Of several comprobantes, which one it is worth.
    assert body["filename"] == ("cep.pdf" if as_paper else "cep.xml")
    paper = body["evidence_id"]
    store_id = reading.conversation(sale.talk).store_id  # type: ignore[union-attr]
    told = {"store_id": store_id, "at": at, "order_id": sale.order_id, "evidence_id": int(str(paper))}
    again = EvidenceJudged(**told, verdict_id=1, verdict="verified_by_cep")
    show_in_chat([again, again], at + timedelta(minutes=1))
    assert len(verdicts(sale.talk)) == 1
    assert cards(sale.talk).count("evidence_received") == 1
    payment = payment_of(sale.order_id)
    assert payment is not None
    assert not payment.is_confirmed


@pytest.mark.usefixtures("pinned")
def test_a_genuine_cep_of_another_account_is_to_be_cleared_up(at: datetime) -> None:
    sale = sold(open_shop(), at)
    [(verdict, text)] = given(sale, sale.cep(account="646180115700294217").xml(), at)
    assert verdict == "contradicts"
    assert "no es la de tu pedido" in text
    assert "por aclarar" in text


@pytest.mark.usefixtures("pinned")
def test_a_genuine_cep_of_a_part_is_one_and_what_lacks_is_for_the_bank_to_say(at: datetime) -> None:
    sale = sold(open_shop(**bank.bank_secrets()), at)
    [(verdict, text)] = given(sale, sale.cep(amount="1.00").xml(), at)
    assert verdict == "verified_by_cep"
    assert "Confirmamos cuando el banco nos avise" in text
    # Once the order is paid by other money, it is no comprobante of it.
    transfer(sale, at)
    first, now = verdicts(sale.talk)
    assert first[0] == "verified_by_cep"
    assert now[0] == "contradicts"
    assert "Monto por aclarar" in now[1]


@pytest.mark.usefixtures("pinned")
def test_an_altered_cep_does_not_back_the_operation(at: datetime) -> None:
    sale = sold(open_shop(), at)
    whole = sale.cep(amount="1.00").xml()
    [(verdict, text)] = given(sale, whole.replace(b'MontoPago="1.00"', f'MontoPago="{sale.amount}"'.encode()), at)
    assert verdict == "contradicts"
    assert "no coincide con sus datos" in text


@pytest.mark.usefixtures("pinned")
def test_a_cep_that_another_order_showed_says_so(at: datetime) -> None:
    shop = open_shop()
    first, second = sold(shop, at), sold(shop, at, turn=2)
    cep = first.cep()
    assert [verdict for verdict, _text in given(first, cep.xml(), at)] == ["verified_by_cep"]
    [(verdict, text)] = given(second, cep.xml(), at)
    assert verdict == "reused"
    assert "ya se había presentado en otra compra" in text


def test_without_the_banks_key_nothing_is_claimed_and_pixels_that_nobody_read_get_no_verdict(at: datetime) -> None:
    sale = sold(open_shop(), at)
    assert given(sale, picture(), at, "captura.png") == []
    [(verdict, text)] = given(sale, sale.cep().xml(), at)
    assert verdict == "waiting_for_bank"
    assert "lo detectamos automáticamente" in text


def read_in(sale: Sold, at: datetime) -> int:
    """A picture whose reader read the right amount and account."""
    given(sale, picture(), at, "captura.png")
    [paper] = evidence_of(sale.order_id)
    fields = {"amount": sale.amount, "clabe": sale.clabe}
    reading = ReceiptReading(ReceiptKind.IMAGE, Seal.NONE, fields, (), confidences=dict.fromkeys(fields, 0.95))
    keep_reading(paper.id, reading, at=at)
    hear(at=at)
    return paper.id


def test_a_picture_waits_and_its_card_follows_the_money(at: datetime) -> None:
    sale = sold(open_shop(**bank.bank_secrets()), at)
    read_in(sale, at)
    assert [verdict for verdict, _text in verdicts(sale.talk)] == ["waiting_for_bank"]
    transfer(sale, at)
    waited, found = [entry for entry in reading.entries(sale.talk) if entry.card == "evidence_verdict"]
    assert (waited.closed, waited.closed_as) == (True, "replaced")
    assert found.body["verdict"] == "matches_deposit"
    assert found.text == "Detectamos tu depósito automáticamente y tu comprobante coincide."


def test_when_waiting_ends_only_the_desk_is_told_and_no_state_changes(at: datetime) -> None:
    sale = sold(open_shop(), at)
    paper = read_in(sale, at)
    before = payment_of(sale.order_id)
    until = verdicts_of(sale.order_id)[paper].asks_until
    assert until is not None
    for _time in range(2):
        look_again(at=until)
        hear(at=until)
    assert not [each for each in reading.entries(sale.talk) if each.body.get("status") == "evidence_unanswered"]
    all_said = reading.entries(sale.talk, audience="desk")
    told = [each for each in all_said if each.body.get("status") == "evidence_unanswered"]
    assert [each.visibility for each in told] == ["desk"]
    after = payment_of(sale.order_id)
    assert before is not None
    assert after is not None
    assert (after.state, after.received) == (before.state, before.received)


def test_a_comprobante_of_the_orders_page_is_received_in_the_chat_and_answers_what_was_asked(at: datetime) -> None:
    sale = sold(open_shop(), at)
    pay(sale.order_id, at=at)
    hear(at=at)
    assert cards(sale.talk)[-1] != "evidence_received"
    keep_evidence(sale.order_id, filename="spei.png", body=picture(), by=Actor.buyer("Lucía"), at=at)
    for _time in range(2):
        hear(at=at)
    shown = {entry.card: entry for entry in reading.entries(sale.talk)}
    assert cards(sale.talk).count("evidence_received") == 1
    assert shown["evidence_received"].body["filename"] == "spei.png"
    assert shown["evidence_requested"].closed
