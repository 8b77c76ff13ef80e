"""What nobody has read is read by the job: once, whatever dies meanwhile, and never again and again."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from bench.receipts.catalogue import draw
from bench.receipts.looks import LOOKS
from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.foundations.facts.models import FactRow
from seguripago.jobs import reading
from seguripago.jobs.reading import Reader, ReaderGone, read_all
from seguripago.journey.evidence.commands import keep_evidence, keep_reading
from seguripago.journey.evidence.listeners import LISTENERS, READ_JOB
from seguripago.journey.evidence.models import Evidence
from seguripago.journey.evidence.queries import evidence_of, unread
from seguripago.journey.evidence.rules import Door
from seguripago.journey.payments.queries import payment_of
from seguripago.ports.file_stores import file_store
from seguripago.ports.receipt_readers import ReceiptKind, ReceiptReading, Seal
from tests.evidence.files import cep, picture
from tests.orders.builders import LUCIA, placed
from tests.reading.test_process import bank_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def order_id(at: datetime) -> int:
    return placed(at)


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader()
    yield made
    made.stop()


def keep(order_id: int, body: bytes, at: datetime) -> int:
    return keep_evidence(order_id, filename="comprobante", body=body, by=LUCIA, at=at)


def facts_read(order_id: int) -> int:
    return FactRow.objects.filter(kind="EvidenceRead", subject=f"order:{order_id}").count()


def test_a_pdf_of_a_bank_is_read_once_and_moves_no_money(order_id: int, at: datetime, reader: Reader) -> None:
    body, told = bank_pdf()
    evidence_id = keep(order_id, body, at)
    before = payment_of(order_id)
    assert unread() == (evidence_id,)
    assert read_all(reader.read) == 1
    shown = evidence_of(order_id)[0]
    assert (shown.state, shown.seal, dict(shown.fields)) == ("read", "none", told)
    assert set(shown.confidences) == set(told)
    assert (unread(), read_all(reader.read), facts_read(order_id)) == ((), 0, 1)
    assert payment_of(order_id) == before


def test_the_job_is_asked_for_by_facts_and_only_where_something_is_unread(order_id: int, at: datetime) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name=READ_JOB)
    keep(order_id, cep(), at)
    number_facts()
    listen_once(LISTENERS[0], at=at)
    assert not jobs.exists()
    keep(order_id, bank_pdf()[0], at)
    number_facts()
    listen_once(LISTENERS[0], at=at)
    assert jobs.count() == 1


def test_a_reader_that_is_killed_costs_one_more_try_and_nothing_is_kept_twice(
    order_id: int, at: datetime, reader: Reader
) -> None:
    keep(order_id, draw(LOOKS[5], "tuned", 4).body, at)
    reader.read(bank_pdf()[0])
    first = reader.pid or 0
    threading.Timer(0.15, os.kill, (first, signal.SIGKILL)).start()
    assert read_all(reader.read) == 1
    assert reader.pid not in {None, first}
    shown = evidence_of(order_id)[0]
    assert shown.fields["tracking_key"] == draw(LOOKS[5], "tuned", 4).told["tracking_key"]
    assert facts_read(order_id) == 1


def test_a_worker_that_dies_before_it_kept_the_reading_leaves_the_file_to_the_next(
    order_id: int, at: datetime, reader: Reader
) -> None:
    keep(order_id, bank_pdf()[0], at)

    def dies(body: bytes) -> ReceiptReading:
        reader.read(body)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_all(dies)
    assert len(unread()) == 1
    assert read_all(reader.read) == 1
    assert facts_read(order_id) == 1


def test_a_file_that_ends_every_reader_is_unreadable_and_never_asked_for_again(
    order_id: int, at: datetime, reader: Reader
) -> None:
    keep(order_id, draw(LOOKS[0], "tuned", 4).body, at)
    other = keep(order_id, bank_pdf()[0], at)
    tries = []

    def impatient(body: bytes) -> ReceiptReading:
        tries.append(body)
        return reader.read(body, patience_s=0.02 if not body.startswith(b"%PDF-") else 30)

    assert read_all(impatient) == 2
    assert len(tries) == reading.TRIES + 1
    said = {each.id: each for each in evidence_of(order_id)}
    assert said.pop(other).fields["tracking_key"]
    assert [(each.state, each.reasons, each.fields) for each in said.values()] == [
        ("read", ("reader_gave_up", "unreadable"), {})
    ]
    assert read_all(impatient) == 0


def test_a_copy_that_is_lost_is_told_and_holds_up_nobody(order_id: int, at: datetime, reader: Reader) -> None:
    evidence_id = keep(order_id, bank_pdf()[0], at)
    file_store().remove(Evidence.objects.get(pk=evidence_id).clean_name)
    assert read_all(reader.read) == 1
    assert evidence_of(order_id)[0].reasons == ("file_missing", "unreadable")


def test_two_who_read_the_same_file_keep_one_reading(order_id: int, at: datetime, reader: Reader) -> None:
    evidence_id = keep(order_id, bank_pdf()[0], at)

    def overtaken(body: bytes) -> ReceiptReading:
        first = ReceiptReading(ReceiptKind.PDF, Seal.NONE, {"amount": "1.00"}, ("not_a_cep",))
        assert keep_reading(evidence_id, first, at=at)
        return reader.read(body)

    assert read_all(overtaken) == 0
    assert dict(evidence_of(order_id)[0].fields) == {"amount": "1.00"}
    assert facts_read(order_id) == 1


def test_pictures_wait_for_nobody_where_the_operator_wants_no_looking(
    order_id: int, at: datetime, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SEGURIPAGO", replace(settings.SEGURIPAGO, reads_pictures=False))
    keep(order_id, draw(LOOKS[0], "tuned", 4).body, at)
    keep(order_id, bank_pdf()[0], at)
    assert read_all(reader.read) == 2
    pdf, picture = evidence_of(order_id)
    assert pdf.fields["tracking_key"]
    assert (picture.fields, picture.reasons) == ({}, ("not_a_cep", "ocr_off", "unreadable"))


def test_a_reader_that_cannot_start_is_told_and_not_waited_for() -> None:
    with pytest.raises(ReaderGone):
        Reader(("/bin/false",)).read(b"%PDF-")
    with pytest.raises(ReaderGone):
        Reader(("/nowhere/reader",)).read(b"%PDF-")


def quick_to_end() -> Reader:
    """A reader whose process has a third of a second of the processor for a file, not sixty seconds."""
    told = "import sys; from seguripago.jobs import reading_process as it; it.CPU_S = 0.3; sys.exit(it.main())"
    return Reader((sys.executable, "-c", told))


def test_a_file_that_takes_all_its_seconds_twice_is_unreadable_and_the_next_one_is_read(
    order_id: int, at: datetime
) -> None:
    """The machine ends the process by its own clock, not we by ours."""
    slow = keep(order_id, draw(LOOKS[0], "tuned", 4).body, at)
    other = keep(placed(at), bank_pdf()[0], at)
    quick, tries = quick_to_end(), list[int | None]()

    def counted(body: bytes) -> ReceiptReading:
        try:
            return quick.read(body)
        finally:
            tries.append(quick.pid)

    try:
        assert read_all(counted) == 2
    finally:
        quick.stop()
    assert len(tries) == reading.TRIES + 1
    assert tries[:2] == [None, None], "it was gone each time"
    assert evidence_of(order_id)[0].id == slow
    assert evidence_of(order_id)[0].reasons == ("reader_gave_up", "unreadable")
    assert Evidence.objects.get(pk=other).fields["tracking_key"]


def test_orders_take_turns(order_id: int, at: datetime) -> None:
    """Somebody gives many at once; who comes while the first of them is read is next."""
    many = [keep(order_id, picture(size=(8, 8 + place)), at) for place in range(6)]
    other, late = placed(at), placed(at)
    second = [keep(other, picture(size=(8, 8 + place)), at) for place in range(2)]
    linked = keep_evidence(order_id, filename="a", body=picture(size=(9, 9)), by=LUCIA, at=at, door=Door.LINK)
    assert unread() == (many[0], second[0], linked, many[1], second[1], *many[2:])
    read: list[bytes] = []
    first: list[int] = []

    def reads(body: bytes) -> ReceiptReading:
        read.append(body)
        if len(read) == 1:
            first.append(keep(late, picture(size=(8, 99)), at))
        return ReceiptReading(ReceiptKind.IMAGE, Seal.NONE, {}, ("not_a_cep",))

    assert read_all(reads) == 10
    order = list(FactRow.objects.filter(kind="EvidenceRead").order_by("pk").values_list("body__evidence_id", flat=True))
    assert order == [many[0], second[0], linked, first[0], many[1], second[1], *many[2:]]
