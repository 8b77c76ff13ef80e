"""«Respaldada»: receipt, certificate and what shows the money are filed. It is said once, and nothing waits for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.models import FactRow
from seguripago.journey.backing import rules
from seguripago.journey.backing.commands import back_purchases, file_overdue, note_dossier, remind_of_papers
from seguripago.journey.backing.models import PurchaseBacking
from seguripago.journey.backing.queries import backing_of
from seguripago.journey.backing.rules import Backed, Filed, Movement, Papers, Shown, backed_by
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.journey.orders.queries import order
from tests.backing.purchases import KEY, LUCIA, everybody, paid, show_cep
from tests.captures.ceps import Transfer
from tests.captures.house import pin_the_bank, unpin_the_bank
from tests.evidence.files import picture
from tests.money import bank
from tests.orders.builders import BETO

DAY = timedelta(days=1)
WHOLE = Papers("R-2026-000001", "GC-2026-000001", (), (Movement(3, KEY, "10.00"),), ())


@pytest.fixture
def pinned() -> Iterator[None]:
    pin_the_bank()
    yield
    unpin_the_bank()


@pytest.mark.parametrize(
    ("papers", "late", "backed"),
    [
        (WHOLE, False, None),
        (WHOLE, True, Backed(Filed.BANK_NOTICE, "deposit:3")),
        (Papers("", "GC-1", (), WHOLE.movements, ()), True, None),
        (Papers("R-1", "", (), WHOLE.movements, ()), True, None),
        (Papers("R-1", "GC-1", (), (), ()), True, None),
        (Papers("R-1", "GC-1", (), (), (8, 9)), False, Backed(Filed.CARD_VOUCHER, "charge:8")),
        (Papers("R-1", "GC-1", (), WHOLE.movements, (8,)), False, None),
        (Papers("R-1", "GC-1", (Shown(5, True, False),), WHOLE.movements, ()), False, None),
        (
            Papers("R-1", "GC-1", (Shown(5, True, False), Shown(6, True, True)), WHOLE.movements, ()),
            False,
            Backed(Filed.CEP, "evidence:6"),
        ),
        (
            Papers("R-1", "GC-1", (Shown(5, False, True),), WHOLE.movements, ()),
            False,
            Backed(Filed.COMPROBANTE, "evidence:5"),
        ),
    ],
)
def test_what_backs_a_purchase(papers: Papers, late: bool, backed: Backed | None, at: datetime) -> None:
    assert backed_by(papers, file_by=at, at=at if late else at - DAY) == backed


@pytest.mark.django_db
def test_a_verified_cep_of_the_very_movement_backs_at_once(at: datetime, pinned: None) -> None:
    sold = paid(at)
    before = backing_of(sold.order_id)
    assert before is not None
    assert not before.is_backed
    evidence_id = show_cep(sold, at)
    found = backing_of(sold.order_id)
    assert found is not None
    assert (found.is_backed, found.filed, found.subject) == (True, "cep", f"evidence:{evidence_id}")
    assert (found.receipt[:2], found.certificate[:3]) == ("R-", "GC-")
    assert [entry.action for entry in history(sold.store_id, f"order:{sold.order_id}")].count("purchase.backed") == 1
    assert FactRow.objects.filter(kind="PurchaseBacked").count() == 1
    show_cep(sold, at + DAY)
    assert (back_purchases([sold.order_id], at=at + 9 * DAY), file_overdue(at + 9 * DAY)) == (0, 0)
    assert FactRow.objects.filter(kind="PurchaseBacked").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("told", [{"tracking_key": "OTHER260311000012345"}, {"amount": "1.00"}])
def test_a_cep_of_another_movement_and_a_picture_back_nothing(at: datetime, pinned: None, told: dict[str, str]) -> None:
    sold = paid(at)
    show_cep(sold, at, **told)
    keep_evidence(sold.order_id, filename="captura.png", body=picture(), by=LUCIA, at=at)
    everybody(at)
    found = backing_of(sold.order_id)
    assert found is not None
    assert not found.is_backed


@pytest.mark.django_db
def test_a_genuine_cep_to_another_account_with_the_movements_key_backs_nothing(at: datetime, pinned: None) -> None:
    sold = paid(at)
    elsewhere = Transfer(account="646180115700294217", amount=sold.total.plain, tracking_key="AJENA00000001")
    edited = elsewhere.xml().replace(b"AJENA00000001", KEY.encode())
    keep_evidence(sold.order_id, filename="cep.xml", body=edited, by=LUCIA, at=at)
    everybody(at)
    found = backing_of(sold.order_id)
    assert found is not None
    assert not found.is_backed


@pytest.mark.django_db
def test_without_a_comprobante_it_is_asked_for_once_and_then_the_banks_notice_is_filed(at: datetime) -> None:
    sold = paid(at)
    assert (remind_of_papers(at + DAY - timedelta(seconds=1)), remind_of_papers(at + DAY)) == (0, 1)
    assert (remind_of_papers(at + 2 * DAY), FactRow.objects.filter(kind="ComprobanteReminded").count()) == (0, 1)
    assert file_overdue(at + 3 * DAY - timedelta(seconds=1)) == 0
    assert file_overdue(at + 3 * DAY) == 1
    found = backing_of(sold.order_id)
    assert found is not None
    assert (found.filed, found.subject.split(":")[0], found.backed_at) == ("bank_notice", "deposit", at + 3 * DAY)
    assert file_overdue(at + 4 * DAY) == 0


@pytest.mark.django_db
def test_who_showed_something_is_not_reminded(at: datetime) -> None:
    sold = paid(at)
    keep_evidence(sold.order_id, filename="captura.png", body=picture(), by=LUCIA, at=at)
    assert remind_of_papers(at + DAY) == 0
    assert not FactRow.objects.filter(kind="ComprobanteReminded").exists()


@pytest.mark.django_db
def test_nothing_waits_for_it(at: datetime) -> None:
    sold = paid(at)
    found = order(sold.order_id)
    assert (found.state, found.shipping_hold) == ("preparing", False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE purchase_backing SET filed = 'cep'",
        "UPDATE purchase_backing SET backed_at = NULL, filed = '', subject = '', receipt = '', certificate = ''",
        "DELETE FROM purchase_backing",
    ],
)
def test_what_backs_a_purchase_never_changes(at: datetime, statement: str) -> None:
    paid(at)
    file_overdue(at + 3 * DAY)
    with pytest.raises(DatabaseError, match="does not change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.django_db
def test_the_database_knows_no_backed_purchase_that_lacks_a_paper(at: datetime) -> None:
    paid(at)
    with pytest.raises(IntegrityError, match="purchase_backed_has_all_papers"), transaction.atomic():
        PurchaseBacking.objects.update(backed_at=at, filed="cep", subject="evidence:1", receipt="R-1")
    PurchaseBacking.objects.update(backed_at=at, filed="cep", subject="evidence:1", receipt="R-1", certificate="GC-1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inv_purchase_backed_without_papers")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
@pytest.mark.parametrize("guarded", [True, False])
def test_four_who_look_at_once_say_it_once_and_without_the_condition_more(
    at: datetime, guarded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    sold = paid(at)
    late, gate = at + 3 * DAY, threading.Barrier(4)
    if not guarded:
        real = PurchaseBacking.objects.filter

        def anyway(*args: Any, **said: Any) -> Any:
            return real(*args, **({"pk": said["pk"]} if "pk" in said else said))

        monkeypatch.setattr(PurchaseBacking.objects, "filter", anyway)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE purchase_backing DISABLE TRIGGER purchase_backing_is_kept")

    def look(_: int) -> int:
        try:
            with transaction.atomic():
                waiting = list(PurchaseBacking.objects.filter(order_id=sold.order_id))
                assert waiting
                gate.wait()
                from seguripago.journey.backing.commands import _back

                return int(_back(waiting[0], at=late))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        done = sum(pool.map(look, range(4)))
    said = FactRow.objects.filter(kind="PurchaseBacked").count()
    if not guarded:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE purchase_backing ENABLE TRIGGER purchase_backing_is_kept")
    assert (done == said == 1) is guarded


@pytest.mark.django_db
def test_the_page_and_the_chat_say_that_it_is_backed(at: datetime, client: Client, pinned: None) -> None:
    sold = paid(at)
    address = reverse("shop:order", args=[order(sold.order_id).access_token])
    assert "Por respaldar con tu comprobante" in client.get(address).content.decode()
    show_cep(sold, at)
    page = client.get(address).content.decode()
    assert "Respaldada el" in page
    assert "tu CEP, con sello válido" in page


@pytest.mark.django_db
def test_who_takes_the_evidence_file_says_why_and_it_is_written_down(at: datetime) -> None:
    sold = bank.sale(at)
    for given in ("", "    ", "ok", "x" * 201):
        with pytest.raises(rules.ReasonNeeded):
            note_dossier(sold.order_id, reason=given, sha256="a" * 64, by=BETO, at=at)
    note_dossier(sold.order_id, reason="  Contracargo   del banco ", sha256="a" * 64, by=BETO, at=at)
    (entry,) = [
        one for one in history(sold.store_id, f"order:{sold.order_id}") if one.action == "purchase.dossier_taken"
    ]
    assert (entry.said["reason"], entry.actor_name) == ("Contracargo del banco", BETO.name)
