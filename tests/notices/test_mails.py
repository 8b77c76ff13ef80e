"""Which fact writes which mail, and how it leaves the house."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from seguripago.journey.delivery.commands import send_parcel
from seguripago.journey.delivery.listeners import LISTENERS as DELIVERY
from seguripago.journey.guarantee.commands import release_due
from seguripago.journey.guarantee.listeners import LISTENERS as GUARANTEE
from seguripago.journey.notices import rules
from seguripago.journey.notices.commands import send_due_mails
from seguripago.journey.notices.commands.leasing import take_due
from seguripago.journey.notices.listeners import LISTENERS, QUEUE, SEND_JOB
from seguripago.journey.notices.models import Mail
from seguripago.journey.notices.queries import mail, mail_attachment, mails
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order
from seguripago.journey.payments.commands import send_payment_link
from seguripago.journey.payments.queries import link
from seguripago.ports import registry
from seguripago.ports.messengers import Letter, NotCarried
from tests.delivery.builders import BETO, arrive, listen, open_shop, paid_order, pay, place, verify

pytestmark = pytest.mark.django_db
CLABE = re.compile(r"\d{18}|\d{3} \d{3} \d{11} \d")


class Postman:
    """A messenger that keeps what it carried, and can have a bad day."""

    slug = "outbox"
    title = "Cartero"

    def __init__(self) -> None:
        self.carried: list[Letter] = []
        self.refuses: NotCarried | None = None

    def carry(self, letter: Letter) -> None:
        if self.refuses:
            raise self.refuses
        assert len(connection.savepoint_ids) <= 1, "a letter was carried inside a transaction"
        self.carried.append(letter)


@pytest.fixture
def postman() -> Iterator[Postman]:
    before = dict(registry.adapters("messengers"))
    postman = Postman()
    registry.fill("messengers", {**before, "outbox": postman})
    yield postman
    registry.fill("messengers", before)


@pytest.fixture
def store_id() -> int:
    return open_shop()


def read(at: datetime) -> None:
    listen(*DELIVERY, *GUARANTEE, *LISTENERS, at=at)


def templates() -> list[str]:
    return list(Mail.objects.order_by("pk").values_list("template", flat=True))


def test_an_order_writes_at_once_with_its_number_its_way_back_and_its_pre_invoice(
    store_id: int, at: datetime, postman: Postman
) -> None:
    found = order(place(store_id, at=at))
    read(at)
    assert send_due_mails(10, at=at) == 1
    [letter] = postman.carried
    assert letter.to == "lucia@correo.test"
    assert found.number in letter.subject
    assert f"{settings.SEGURIPAGO.base_url}/pedido/{found.access_token}/" in letter.text
    assert f"/pedido/{found.access_token}/" in letter.html
    [paper] = letter.attachments
    assert paper.filename == f"PRE-FACTURA-{found.number}.pdf"
    assert paper.body.startswith(b"%PDF")
    assert mails(store_id)[0].state == "sent"


def test_the_same_facts_read_again_write_nothing_new(store_id: int, at: datetime) -> None:
    place(store_id, at=at)
    read(at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE fact_cursor SET seq = 0 WHERE listener = 'notices.mail'")
    read(at)
    assert templates() == ["order_placed"]


def test_every_step_of_the_way_has_its_mail(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    read(at)
    send_parcel(order_id, None, carrier="dhl", tracking_number="4410887201", by=BETO, at=at)
    read(at)
    arrive(order_id, by=BETO, at=at)
    read(at)
    release_due(at + timedelta(days=7))
    read(at + timedelta(days=7))
    assert templates() == [
        "order_placed",
        "transfer_details",
        "payment_confirmed",
        "shipment_sent",
        "shipment_delivered",
        "guarantee_released",
    ]
    sent = Mail.objects.get(template="shipment_sent")
    assert "4410887201" in sent.text
    assert "https://www.dhl.com/mx-es/" in sent.text


def test_bank_details_and_links_are_told_without_any_clabe(store_id: int, at: datetime) -> None:
    order_id = verify(place(store_id, at=at), at=at)
    pay(order_id, at=at, centavos=100_00)
    read(at)
    send_payment_link(order_id, token="m" * 32, by=BETO, at=at)
    read(at)
    assert templates() == ["order_placed", "transfer_details", "partial_received", "payment_link"]
    partial = Mail.objects.get(template="partial_received")
    assert "Llevas $100.00 MXN" in partial.text
    assert "faltan $9,035.00 MXN" in partial.text
    mailed = re.search(r"/pago/(\S+)/", Mail.objects.get(template="payment_link").text)
    assert mailed is not None
    opened = link(mailed[1])
    assert opened is not None
    assert opened.order_id == order_id
    for row in Mail.objects.all():
        assert not CLABE.search(row.text + row.html)


def test_a_cancelled_order_says_why(store_id: int, at: datetime) -> None:
    order_id = place(store_id, at=at)
    orders.cancel_order(order_id, by=BETO, reason="Ya no tenemos ese color", at=at)
    read(at)
    assert templates() == ["order_placed", "order_cancelled"]
    assert "Motivo: Ya no tenemos ese color" in Mail.objects.get(template="order_cancelled").text


def test_texts_are_whole_sentences_with_nothing_escaped_or_missing(store_id: int, at: datetime) -> None:
    order_id = paid_order(store_id, at=at)
    read(at)
    send_parcel(order_id, None, carrier="manual", tracking_number="VAN-1", by=BETO, at=at)
    arrive(order_id, by=BETO, at=at)
    release_due(at + timedelta(days=9))
    read(at)
    for row in Mail.objects.all():
        assert "Hola, Lucía:" in row.text
        assert "&" not in row.text
        assert "%(" not in row.text + row.subject
        assert "None" not in row.text
        assert "{{" not in row.text + row.html


def test_old_news_are_not_mailed(store_id: int, at: datetime) -> None:
    place(store_id, at=at)
    read(at + timedelta(days=4))
    assert templates() == []


def test_the_listener_enqueues_one_job_in_its_own_transaction(store_id: int, at: datetime) -> None:
    with connection.cursor() as cursor:
        # Jobs are no tables of Django: what a committed test left would stand in for the one that is looked for.
        cursor.execute("DELETE FROM procrastinate_jobs")
    place(store_id, at=at, turn=1)
    place(store_id, at=at, turn=2)
    read(at)
    jobs = ProcrastinateJob.objects.filter(task_name=SEND_JOB, queue_name=QUEUE)
    assert jobs.count() == 1


def test_the_job_of_that_name_exists() -> None:
    from seguripago.jobs import mail as jobs

    assert jobs.send_due.name == SEND_JOB
    assert jobs.send_due.queue == QUEUE


def test_a_letter_that_does_not_leave_is_tried_again_and_then_parked(
    store_id: int, at: datetime, postman: Postman, caplog: pytest.LogCaptureFixture
) -> None:
    place(store_id, at=at)
    read(at)
    postman.refuses = NotCarried("421 try later", is_permanent=False)
    now = at
    for _ in range(len(rules.PAUSES)):
        assert send_due_mails(10, at=now) == 1
        row = Mail.objects.get()
        assert row.state == "failed"
        assert send_due_mails(10, at=row.due_at - timedelta(seconds=1)) == 0
        now = row.due_at
    assert send_due_mails(10, at=now) == 1
    assert Mail.objects.get().state == "parked"
    assert "parked" in caplog.text
    assert send_due_mails(10, at=now + timedelta(days=9)) == 0


def test_a_wrong_address_is_parked_at_the_first_answer(store_id: int, at: datetime, postman: Postman) -> None:
    place(store_id, at=at)
    read(at)
    postman.refuses = NotCarried("550 no such user", is_permanent=True)
    send_due_mails(10, at=at)
    parked = mail(mails(store_id)[0].id)
    assert parked is not None
    assert (parked.state, parked.attempts, parked.error) == ("parked", 1, "550 no such user")


def test_a_worker_that_died_gives_its_mail_back(store_id: int, at: datetime, postman: Postman) -> None:
    place(store_id, at=at)
    read(at)
    assert len(take_due(Mail.objects.filter(state__in=rules.WAITING), 10, lease=rules.LEASE, at=at)) == 1
    assert send_due_mails(10, at=at + rules.LEASE - timedelta(seconds=1)) == 0
    assert send_due_mails(10, at=at + rules.LEASE) == 1
    assert len(postman.carried) == 1


def test_every_attempt_carries_the_same_message_id(store_id: int, at: datetime, postman: Postman) -> None:
    place(store_id, at=at)
    read(at)
    send_due_mails(10, at=at)
    Mail.objects.update(state="queued", sent_at=None)
    send_due_mails(10, at=at + timedelta(days=1))
    first, second = postman.carried
    assert first.message_id == second.message_id


def test_an_attachment_can_be_read_again_and_only_where_there_is_one(store_id: int, at: datetime) -> None:
    place(store_id, at=at)
    read(at)
    mail_id = mails(store_id)[0].id
    drawn = mail_attachment(mail_id, 0)
    assert drawn is not None
    assert drawn[1].startswith(b"%PDF")
    assert mail_attachment(mail_id, 1) is None
    assert mail_attachment(mail_id + 1, 0) is None
