"""The end of the chain is signed once a day: nobody takes the last receipts out, not even with the counter."""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from seguripago.config.command_line_record import verify_audit
from seguripago.foundations.audit.commands import seal_entries
from seguripago.foundations.stores.queries import store_by_id
from seguripago.jobs.receipt_file import verify_receipts
from seguripago.journey.receipts import queries, rules
from seguripago.journey.receipts.commands import anchor_receipts
from seguripago.journey.receipts.models import ReceiptAnchor
from tests.orders.builders import make_store
from tests.receipts.purchases import receipted

pytestmark = pytest.mark.django_db


def broken_invariants() -> set[str]:
    """The views of this room that return a row."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT viewname FROM pg_views WHERE viewname LIKE 'inv_receipt_%'")
        views = [name for (name,) in cursor.fetchall()]
        cursor.execute(" UNION ALL ".join(f"SELECT '{view}' FROM {view}" for view in views))
        return {name for (name,) in cursor.fetchall()}


@pytest.fixture
def three(at: datetime) -> tuple[int, list[int]]:
    """A store with three receipts, anchored after the third."""
    store_id = make_store()
    orders = [receipted(at, store_id=store_id) for _ in range(3)]
    seal_entries()
    assert anchor_receipts(at) == 1
    return store_id, orders


def as_superuser(*statements: str) -> None:
    """Do what only somebody with the whole database can: past the triggers."""
    tables = ("receipt", "receipt_anchor")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


BACK = (
    "UPDATE receipt_counter SET last_place = 2, last_in_year = 2,"
    " last_hash = (SELECT hash FROM receipt WHERE place = 2)"
)
HASH = r"encode(sha256(convert_to('seguripago-receipt-1' || E'\n' || prev_hash || E'\n' || body, 'UTF8')), 'hex')"
HASHED_ANEW = (
    "UPDATE receipt SET body = replace(body, 'spei', 'card') WHERE place = 2",
    f"UPDATE receipt SET hash = {HASH} WHERE place = 2",
    "UPDATE receipt SET prev_hash = (SELECT hash FROM receipt r WHERE r.place = 2) WHERE place = 3",
    f"UPDATE receipt SET hash = {HASH} WHERE place = 3",
    "UPDATE receipt_counter SET last_hash = (SELECT hash FROM receipt WHERE place = 3)",
)
SWAPPED = (
    "UPDATE receipt SET place = 9 WHERE place = 2",
    "UPDATE receipt SET place = 2 WHERE place = 3",
    "UPDATE receipt SET place = 3 WHERE place = 9",
)


@pytest.mark.parametrize(
    ("tampering", "view", "fault"),
    [
        (("DELETE FROM receipt WHERE place = 3",), "inv_receipt_anchor_missing", "end_missing"),
        (("DELETE FROM receipt WHERE place = 3", BACK), "inv_receipt_anchor_missing", "anchor_missing"),
        (
            ("DELETE FROM receipt WHERE place = 3", BACK, "DELETE FROM receipt_anchor"),
            "inv_receipt_told_and_missing",
            None,
        ),
        (("DELETE FROM receipt WHERE place = 2",), "inv_receipt_told_and_missing", "chain_broken"),
        (
            ("UPDATE receipt SET body = replace(body, 'spei', 'card') WHERE place = 2",),
            "inv_receipt_hash_differs",
            "hash_differs",
        ),
        (HASHED_ANEW, "inv_receipt_told_and_missing", "signature_invalid"),
        (SWAPPED, "inv_receipt_chain_broken", "chain_broken"),
        (
            ("UPDATE receipt_anchor SET head = (SELECT hash FROM receipt WHERE place = 1), receipt_place = 1",),
            None,
            "audit_head_differs",
        ),
        (
            ('UPDATE receipt_anchor SET body = replace(body, \'"faults":[]\', \'"faults":["x"]\')',),
            "inv_receipt_anchor_chain_broken",
            "anchor:hash_differs",
        ),
    ],
)
def test_every_tampering_is_seen(
    three: tuple[int, list[int]], tampering: tuple[str, ...], view: str | None, fault: str | None
) -> None:
    assert broken_invariants() == set()
    assert verify_audit()["ok"]
    as_superuser(*tampering)
    if view:
        assert view in broken_invariants()
    proof = queries.prove_chains()
    assert [fault for _, faults in proof.broken for fault in faults].count(fault or "") == (1 if fault else 0)
    assert verify_audit()["ok"] is (fault is None)


def test_a_day_is_anchored_once_and_the_next_is_chained_to_it(at: datetime, three: tuple[int, list[int]]) -> None:
    store_id, _ = three
    assert anchor_receipts(at + timedelta(hours=1)) == 0
    receipted(at, store_id=store_id)
    assert anchor_receipts(at + timedelta(days=1)) == 1
    assert anchor_receipts(at + timedelta(days=2)) == 1
    first, second, third = ReceiptAnchor.objects.filter(store_id=store_id).order_by("place")
    assert (second.prev_hash, third.prev_hash, second.receipt_place) == (first.hash, second.hash, 4)
    assert [json.loads(row.body)["faults"] for row in (first, second, third)] == [[], [], []]
    assert json.loads(first.body)["audit_seq"] > 0
    assert broken_invariants() == set()


def test_the_daily_look_finds_what_was_touched_and_signs_that_it_did(
    at: datetime, three: tuple[int, list[int]], caplog: pytest.LogCaptureFixture
) -> None:
    store_id, _ = three
    as_superuser("DELETE FROM receipt WHERE place = 3", BACK)
    assert anchor_receipts(at + timedelta(days=1)) == 1
    last = ReceiptAnchor.objects.filter(store_id=store_id).order_by("-place")[0]
    assert last.faults == ["anchor_missing"]
    assert "not whole: anchor_missing" in caplog.text


@pytest.mark.parametrize("statement", ["UPDATE receipt_anchor SET faults = '[]'", "DELETE FROM receipt_anchor"])
def test_anchors_are_never_changed(three: tuple[int, list[int]], statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def folder_of(tmp_path: Path, orders: list[int], client: Client, store_id: int) -> tuple[str, str, str]:
    """The receipts of these orders in a folder, the store's key, and what it publishes of its chain's end."""
    folder = tmp_path / "recibos"
    folder.mkdir()
    for order_id in orders:
        found = queries.receipt_of(order_id)
        assert found is not None
        (folder / f"{found.number}.json").write_bytes(found.file)
    store = store_by_id(store_id)
    key, anchor = tmp_path / "llave.txt", tmp_path / "cadena.json"
    key.write_bytes(store.public_key.encode())
    anchor.write_bytes(client.get(reverse("verify:anchors", args=[store.slug])).content)
    return str(folder), str(key), str(anchor)


def test_a_folder_of_receipts_tells_which_one_is_missing(
    three: tuple[int, list[int]], tmp_path: Path, client: Client
) -> None:
    store_id, orders = three
    folder, key, anchor = folder_of(tmp_path, orders, client, store_id)
    whole = verify_receipts(folder=folder, key=key, anchor=anchor)
    assert (whole["valid"], whole["checked"], whole["from_the_first"]) == (True, 3, True)
    (Path(folder) / "R-2026-000002.json").unlink()
    without = verify_receipts(folder=folder, key=key)
    assert (without["reasons"], without["missing"]) == (["missing_before"], ["R-2026-000002"])
    (Path(folder) / "R-2026-000003.json").unlink()
    assert verify_receipts(folder=folder, key=key)["valid"]
    assert verify_receipts(folder=folder, key=key, anchor=anchor)["reasons"] == ["end_missing"]
    Path(anchor).write_bytes(Path(anchor).read_bytes().replace(b'"faults": []', b'"faults": [1]'))
    assert verify_receipts(folder=folder, key=key, anchor=anchor)["reasons"] == ["anchor_faulty"]
    Path(anchor).write_text("{}")
    assert verify_receipts(folder=folder, key=key, anchor=anchor)["reasons"] == ["anchor_unreadable"]


def test_a_folder_tells_an_altered_file_a_strangers_and_an_empty_one(
    three: tuple[int, list[int]], tmp_path: Path, client: Client
) -> None:
    store_id, orders = three
    folder, key, _ = folder_of(tmp_path, orders, client, store_id)
    second = Path(folder) / "R-2026-000002.json"
    second.write_bytes(second.read_bytes().replace(b"spei", b"card"))
    said = verify_receipts(folder=folder, key=key)
    assert said["faulty"] == [{"file": "R-2026-000002.json", "reasons": ["hash_differs"]}]
    assert said["reasons"] == ["missing_before", "faulty_files"]
    for file in Path(folder).iterdir():
        file.unlink()
    assert verify_receipts(folder=folder, key=key)["reasons"] == ["no_receipts"]
    assert verify_receipts(folder=str(tmp_path / "no"), key=key)["reasons"] == ["file_missing"]


def test_receipts_that_were_made_to_follow_one_another_wrongly_are_named() -> None:
    links = [
        rules.Link("R-2026-000001", rules.FIRST, "a"),
        rules.Link("R-2026-000002", "a", "b"),
        rules.Link("R-2026-000003", "a", "c"),
        rules.Link("R-2027-000001", "c", "d"),
        rules.Link("R-2027-000001", "c", "e"),
        rules.Link("R-2028-000001", "x", "f"),
    ]
    assert [(one.number, one.fault) for one in rules.breaks_in(links)] == [
        ("R-2026-000003", "chain_broken"),
        ("R-2027-000001", "two_of_one_number"),
        ("R-2028-000001", "missing_before"),
    ]


def test_what_is_published_counts_nobodys_sales_and_is_nobodys_secret(
    three: tuple[int, list[int]], client: Client
) -> None:
    store_id, _ = three
    file = client.get(reverse("verify:anchors", args=[store_by_id(store_id).slug])).content
    (one,) = rules.anchors_in_file(file)
    assert set(json.loads(one.body)) == {"store", "day", "head", "audit_seq", "audit_head", "faults"}
    assert rules.faults_of_anchors([one], base64.b64decode(store_by_id(store_id).public_key)) == ()
    assert client.get(reverse("verify:anchors", args=["nobody"])).status_code == 404
