"""A receipt: once per payment, without gaps, chained, signed, and worth nothing once a byte is touched."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.models import FactRow
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.facts import PaymentConfirmed
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.receipts import queries, rules
from seguripago.journey.receipts.commands import ConfirmedPayment, issue_receipts
from seguripago.journey.receipts.listeners import issue_for_confirmed
from seguripago.journey.receipts.models import Receipt
from seguripago.ports.documents import printer
from seguripago.values.money import Money
from tests.orders.builders import make_store
from tests.receipts.purchases import confirmed, let_receipts_be_issued, receipted

pytestmark = pytest.mark.django_db
VIEWS = ("inv_receipt_chain_broken", "inv_receipt_end_missing", "inv_receipt_hash_differs")


def key_of(store_id: int) -> bytes:
    return base64.b64decode(store_by_id(store_id).public_key)


def broken_invariants() -> list[str]:
    with connection.cursor() as cursor:
        found = []
        for view in VIEWS:
            cursor.execute(f"SELECT count(*) FROM {view}")
            found += [view] * bool(cursor.fetchone()[0])
    return found


def payment(order_id: int, at: datetime) -> ConfirmedPayment:
    found, paid = order(order_id), payment_of(order_id)
    assert paid is not None
    return ConfirmedPayment(found.store_id, order_id, paid.id, "spei", found.total, at)


def test_a_confirmed_payment_gets_a_signed_receipt_that_says_what_was_paid(at: datetime) -> None:
    order_id = receipted(at)
    found, bought = queries.receipt_of(order_id), order(order_id)
    assert found is not None
    assert found.number == "R-2026-000001"
    assert found.body["amount"] == bought.total.plain
    assert found.amount == bought.total
    assert found.body["order_number"] == bought.number
    assert found.body["tracking_key"] == "MBAN01002611220072913"
    assert queries.verify(found.id) == queries.Verification(True, ())
    assert rules.faults_of_file(found.file, key_of(found.store_id)) == ()
    assert [line.action for line in history(bought.store_id, f"order:{order_id}")].count("receipt.issued") == 1


def test_a_receipt_names_nobody_but_the_store(at: datetime) -> None:
    found = queries.receipt_of(receipted(at))
    assert found is not None
    said = found.file.decode()
    for personal in ("Lucía", "Hernández", "@correo", "5012", "Orizaba", "HERL"):
        assert personal not in said


def test_the_same_fact_read_again_issues_nothing_new(at: datetime) -> None:
    order_id = receipted(at)
    row = FactRow.objects.get(kind="PaymentConfirmed", subject=f"order:{order_id}")
    with transaction.atomic():
        issue_for_confirmed([PaymentConfirmed.from_json(row.body)] * 3, at)
    assert Receipt.objects.filter(order_id=order_id).count() == 1
    assert FactRow.objects.filter(kind="ReceiptIssued", subject=f"order:{order_id}").count() == 1


def test_each_store_counts_its_own_receipts_without_gaps_and_anew_each_year(at: datetime) -> None:
    ana, carla = make_store(), make_store()
    for store_id in (ana, carla, ana):
        receipted(at, store_id=store_id)
    next_year = datetime(2027, 1, 1, 6, 0, tzinfo=UTC)
    receipted(next_year - timedelta(minutes=1), store_id=ana)
    receipted(next_year, store_id=ana)
    numbers = list(Receipt.objects.filter(store_id=ana).order_by("place").values_list("place", "number"))
    assert numbers == [(1, "R-2026-000001"), (2, "R-2026-000002"), (3, "R-2026-000003"), (4, "R-2027-000001")]
    assert Receipt.objects.get(store_id=carla).number == "R-2026-000001"
    assert broken_invariants() == []


def test_a_transaction_that_fails_leaves_no_gap(at: datetime) -> None:
    store_id = make_store()
    receipted(at, store_id=store_id)
    second = confirmed(at, store_id=store_id)
    with transaction.atomic():
        issue_receipts([payment(second, at)], at=at)
        transaction.set_rollback(True)
    assert queries.receipt_of(second) is None
    let_receipts_be_issued(at)
    found = queries.receipt_of(second)
    assert found is not None
    assert found.number == "R-2026-000002"
    assert broken_invariants() == []


@pytest.mark.parametrize("statement", ["UPDATE receipt SET body = '{}'", "DELETE FROM receipt"])
def test_the_table_refuses_to_change_or_forget_a_receipt(at: datetime, statement: str) -> None:
    receipted(at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "seen"),
    [
        ("DELETE FROM receipt WHERE place = 2", "inv_receipt_chain_broken"),
        ("DELETE FROM receipt WHERE place = 3", "inv_receipt_end_missing"),
        ("UPDATE receipt SET body = replace(body, 'spei', 'card') WHERE place = 2", "inv_receipt_hash_differs"),
    ],
)
def test_whoever_gets_past_the_trigger_is_seen(at: datetime, statement: str, seen: str) -> None:
    store_id = make_store()
    orders = [receipted(at, store_id=store_id) for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE receipt DISABLE TRIGGER receipt_is_append_only")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE receipt ENABLE TRIGGER receipt_is_append_only")
    assert seen in broken_invariants()
    verdicts = [queries.verify(view.id).valid for view in map(queries.receipt_of, orders) if view is not None]
    assert not all(verdicts) or len(verdicts) == 2


def test_one_flipped_byte_anywhere_in_the_file_fails(at: datetime) -> None:
    found = queries.receipt_of(receipted(at))
    assert found is not None
    key = key_of(found.store_id)
    for place in range(len(found.file)):
        for bit in (0x01, 0x20):
            touched = bytearray(found.file)
            touched[place] ^= bit
            assert rules.faults_of_file(bytes(touched), key), f"byte {place} ^ {bit:#x} went unseen"
    assert rules.faults_of_file(found.file + b"\n", key) == ("written_differently",)


def test_a_receipt_made_with_another_key_is_not_the_stores(at: datetime) -> None:
    found = queries.receipt_of(receipted(at))
    assert found is not None
    assert set(rules.faults_of_file(found.file, key_of(make_store()))) == {"other_key", "signature_invalid"}


@pytest.mark.parametrize(
    "junk", [b"", b"{}", b"[]", b"\xff\xfe", b'{"format":1}', b"[" * 60_000, b"x" * 70_000, b"NaN"]
)
def test_what_is_no_receipt_is_said_to_be_none(junk: bytes) -> None:
    assert rules.faults_of_file(junk, bytes(32)) == ("not_a_receipt",)


def test_a_number_alone_answers_only_when_one_store_has_it(at: datetime) -> None:
    first = queries.receipt_of(receipted(at))
    assert first is not None
    assert queries.receipt_by_number("r-2026-000001 ") == first
    second = queries.receipt_of(receipted(at))
    assert second is not None
    assert queries.receipt_by_number("R-2026-000001") is None
    assert queries.receipt_by_number("R-2026-000001", second.key) == second
    assert queries.receipt_by_number("R-2026-000001", first.key) == first
    assert queries.receipt_by_number("R-2026-000001", second.key[:6]) is None
    assert queries.receipt_by_number("R-2026-000001", "0" * 12) is None


def test_the_paper_of_a_receipt_can_be_printed(at: datetime) -> None:
    order_id = receipted(at)
    paper, found = queries.receipt_document(order_id), queries.receipt_of(order_id)
    assert paper is not None
    assert found is not None
    assert paper.verify_url.endswith(f"/verificar/?n={found.number}&k={found.key}")
    assert paper.amount == Money.sum(line.amount for line in paper.lines) + (paper.shipping_fee or Money.zero())
    assert printer().pdf(paper).startswith(b"%PDF-")


def test_an_order_without_money_has_no_receipt(at: datetime) -> None:
    assert queries.receipt_of(confirmed(at)) is None
    assert queries.receipt_document(confirmed(at)) is None


def test_the_body_is_json_that_a_stranger_can_read(at: datetime) -> None:
    found = queries.receipt_of(receipted(at))
    assert found is not None
    said = json.loads(found.file)
    assert said["body"]["currency"] == "MXN"
    assert said["prev_hash"] == "0" * 64
    assert said["body"]["issued_at"] == "2026-03-11T16:30:00Z"
