"""Anyone may ask what is genuine, and learns nothing that is not printed on the paper in their hand."""

from __future__ import annotations

from datetime import datetime

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.core.cache import cache
from django.db import connection
from django.test import Client

from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.people.commands import hire
from seguripago.foundations.stores.commands import set_guarantee_mode
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.guarantee.listeners import LISTENERS as GUARANTEE
from seguripago.journey.guarantee.queries import certificate_document, guarantee_of
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import refund_payment
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.receipts import queries, rules
from seguripago.ports.documents import printer
from seguripago.ports.paper_seal import raw_public_key
from seguripago.values.money import Money
from seguripago.web.limits import VERIFICATIONS
from tests.delivery.builders import BETO, listen
from tests.orders.builders import make_store
from tests.receipts.purchases import receipted

pytestmark = pytest.mark.django_db
NOT_FOUND = "No lo encontramos"


@pytest.fixture(autouse=True)
def nobody_asked_before() -> None:
    cache.clear()


@pytest.fixture
def order_id(at: datetime) -> int:
    found = receipted(at)
    listen(*GUARANTEE, at=at)
    return found


def ask(client: Client, **typed: str) -> str:
    answer = client.get("/verificar/", typed)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_asks_one_thing_and_nothing_else(client: Client) -> None:
    said = ask(client).split("<main")[1].split("</main>")[0]
    assert said.count("<input") == 1
    assert "Recibo, certificado, CLABE o número de analista" in said
    assert NOT_FOUND not in said
    assert "style=" not in said


def test_the_qr_of_a_receipt_shows_store_number_amount_and_date_but_no_person(client: Client, order_id: int) -> None:
    found = queries.receipt_of(order_id)
    assert found is not None
    said = ask(client, n=found.number, k=found.key)
    for shown in ("Recibo auténtico", found.number, str(found.amount), "Café de Ana", "11 de marzo de 2026"):
        assert shown in said
    for hidden in ("Lucía", "Hernández", "Orizaba", "@correo", "5012"):
        assert hidden not in said


def test_a_number_without_its_digits_shows_no_amount(client: Client, order_id: int) -> None:
    found = queries.receipt_of(order_id)
    assert found is not None
    said = ask(client, q=found.number.lower())
    assert "Recibo auténtico" in said
    assert str(found.amount) not in said
    assert str(found.amount) in ask(client, q=f"{found.number} {found.hash[:8]} {found.hash[8:16]}")


def test_a_certificate_is_shown_to_whoever_has_its_key(client: Client, order_id: int) -> None:
    held = guarantee_of(order_id)
    assert held is not None
    key = "-".join(held.key[place : place + 4] for place in range(0, len(held.key), 4))
    for said in (ask(client, q=f"{held.number} {key}"), ask(client, n=held.number, k=held.key)):
        assert "Certificado auténtico" in said
        assert str(held.amount) in said
        assert "Hernández" not in said
    assert NOT_FOUND in ask(client, q=held.number)
    assert NOT_FOUND in ask(client, q=f"{held.number} AAAA-AAAA-AAAA-AAAA-AAAA")


def test_the_link_printed_on_the_certificate_opens_its_answer(client: Client, order_id: int) -> None:
    paper = certificate_document(order_id)
    assert paper is not None
    assert printer().pdf(paper).startswith(b"%PDF-")
    said = client.get("/verificar/?" + paper.verify_url.split("?", 1)[1]).content.decode()
    assert "Certificado auténtico" in said


def test_a_certificate_says_who_answers_as_it_was_issued(client: Client, order_id: int, at: datetime) -> None:
    held = guarantee_of(order_id)
    assert held is not None
    store = store_by_id(order(order_id).store_id)
    set_guarantee_mode(store.id, "licensed_partner", "Pagos del Golfo", by=BETO, at=at)
    said = ask(client, n=held.number, k=held.key)
    assert f"{store.legal_name}, la tienda" in said
    assert "Pagos del Golfo" not in said
    later = receipted(at, store_id=store.id, tracking_key="MBAN01002611220072999")
    listen(*GUARANTEE, at=at)
    newer = guarantee_of(later)
    assert newer is not None
    assert "a cargo de Pagos del Golfo, institución autorizada" in ask(client, n=newer.number, k=newer.key)


def test_a_certificate_that_has_ended_promises_nothing_more(client: Client, order_id: int, at: datetime) -> None:
    held = guarantee_of(order_id)
    assert held is not None
    assert "Tu compra está garantizada" in ask(client, n=held.number, k=held.key)
    payment = payment_of(order_id)
    assert payment is not None
    refund_payment(payment.id, payment.amount, source="refund:1", comes_from=Account.BANK, by=BETO, at=at)
    listen(*GUARANTEE, at=at)
    said = ask(client, n=held.number, k=held.key)
    assert "Esta garantía ya concluyó" in said
    assert "Tu compra está garantizada" not in said


def test_a_receipt_says_what_became_of_its_money_to_whoever_holds_it(
    client: Client, order_id: int, at: datetime
) -> None:
    found, payment = queries.receipt_of(order_id), payment_of(order_id)
    assert found is not None
    assert payment is not None
    assert "Pago confirmado" in ask(client, n=found.number, k=found.key)
    refund_payment(payment.id, Money(1_00), source="refund:1", comes_from=Account.BANK, by=BETO, at=at)
    assert "Reembolsado en parte" in ask(client, n=found.number, k=found.key)
    assert "Reembolsado" not in ask(client, q=found.number), "receipts count up: that is the holder's alone"


def test_a_clabe_is_known_or_not_and_never_written_in_full(client: Client, order_id: int) -> None:
    paid = payment_of(order_id)
    assert paid is not None
    assert paid.instructions is not None
    clabe = paid.instructions.clabe
    said = ask(client, q=f"{clabe[:3]} {clabe[3:6]} {clabe[6:]}")
    assert "CLABE auténtica" in said
    assert "Café de Ana" in said
    assert clabe[:3] + " •••" in said
    wrong = clabe[:-1] + str((int(clabe[-1]) + 1) % 10)
    assert NOT_FOUND in ask(client, q=wrong)
    assert NOT_FOUND in ask(client, q="012180001234567897")


def test_an_analyst_is_known_by_number_and_first_name_only(client: Client) -> None:
    store_id = make_store()
    hire(
        store_id,
        email="mariana@demo.test",
        name="Mariana Ríos Peña",
        role="analyst",
        analyst_number="A-104",
        password="una frase bastante larga",
    )
    said = ask(client, q=" a-104 ")
    assert "Analista de la tienda" in said
    assert "Mariana" in said
    assert "Ríos" not in said
    assert "mariana@demo.test" not in said


@pytest.mark.parametrize(
    "typed",
    ["R-2026-999999", "R-2026-000001 000000000000", "GC-2026-000001", "CM-7K3F-92QX", "A-999", "hola", "1" * 18,
     "' OR 1=1 --", "<script>alert(1)</script>", "x" * 5000, "\x00"],
)  # fmt: skip
def test_whatever_is_not_ours_is_not_found_alike(client: Client, order_id: int, typed: str) -> None:
    said = ask(client, q=typed)
    assert "auténtic" not in said
    assert "<script>alert" not in said
    assert NOT_FOUND in said or typed == "\x00"


def test_a_receipt_that_was_touched_in_the_database_is_said_to_be_unclear(client: Client, order_id: int) -> None:
    found = queries.receipt_of(order_id)
    assert found is not None
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE receipt DISABLE TRIGGER receipt_is_append_only")
        cursor.execute("UPDATE receipt SET body = replace(body, '\"spei\"', '\"card\"')")
        cursor.execute("ALTER TABLE receipt ENABLE TRIGGER receipt_is_append_only")
    said = ask(client, n=found.number, k=found.key)
    assert "por aclarar" in said
    assert "auténtic" not in said


def test_an_address_that_asks_too_often_waits_a_minute(client: Client) -> None:
    for _ in range(VERIFICATIONS.most):
        ask(client, q="R-2026-000001")
    answer = client.get("/verificar/", {"q": "R-2026-000001"})
    assert answer.status_code == 429
    assert answer["Retry-After"] == "60"
    assert "Espera un minuto" in answer.content.decode()
    assert ask(client)
    assert client.get("/verificar/", {"q": "hola"}, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_the_public_key_is_handed_out_and_checks_the_file_offline(client: Client, order_id: int) -> None:
    found = queries.receipt_of(order_id)
    assert found is not None
    answer = client.get(f"/verificar/llave/{store_by_id(found.store_id).slug}.pem")
    assert load_pem_public_key(answer.content)
    key = raw_public_key(answer.content)
    assert key is not None
    assert rules.faults_of_file(found.file, key) == ()
    assert client.get("/verificar/llave/no-hay.pem").status_code == 404


def test_the_page_only_answers_questions(client: Client) -> None:
    assert client.post("/verificar/", {"q": "R-2026-000001"}).status_code == 405
