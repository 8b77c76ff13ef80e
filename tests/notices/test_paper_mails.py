"""A comprobante in doubt is told by mail to a buyer who has not read of it on his screen, once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from seguripago.foundations.facts.commands import listen_once, number_facts
from seguripago.jobs import mail as jobs
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.listeners import LISTENERS as CHAT
from seguripago.journey.assistance.models import Conversation
from seguripago.journey.notices.commands import write_paper_doubt
from seguripago.journey.notices.commands.papers import PAPER_JOB
from seguripago.journey.notices.listeners import LISTENERS
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from tests.comprobantes.test_verdicts import come, show, verdict
from tests.money import bank

pytestmark = pytest.mark.django_db
FOREIGN = "012180001234567899"


@pytest.fixture(autouse=True)
def no_jobs_of_others() -> None:
    with connection.cursor() as cursor:
        # Jobs are no tables of Django: what a committed test left would stand in for the one that is looked for.
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def at() -> datetime:
    return timezone.now()


def hear(at: datetime) -> None:
    number_facts()
    for listener in (*CHAT, *LISTENERS):
        while listen_once(listener, at=at):
            number_facts()


def do_jobs(at: datetime) -> None:
    """What the worker does two minutes later."""
    for job in ProcrastinateJob.objects.filter(task_name=PAPER_JOB):
        write_paper_doubt(**job.args, at=at + timedelta(minutes=2))


def letters() -> list[Mail]:
    return list(Mail.objects.filter(template="paper_doubt").order_by("pk"))


@pytest.mark.parametrize("says", [{"clabe": FOREIGN}, {"amount": "", "tracking_key": ""}])
def test_who_does_not_read_it_is_written_to_once(at: datetime, says: dict[str, str]) -> None:
    sold = bank.sale(at)
    paper = show(sold, at, **says)
    hear(at)
    assert ProcrastinateJob.objects.get(task_name=PAPER_JOB).scheduled_at is not None
    do_jobs(at)
    do_jobs(at + timedelta(hours=1))
    [letter] = letters()
    bought = order(sold.order_id)
    assert letter.to == bought.buyer.email
    assert verdict(sold, paper).buyer_words in letter.text
    assert f"/pedido/{bought.access_token}/" in letter.text
    assert "lo confirma el banco" in letter.text


def test_what_waits_or_coincides_is_not_mailed(at: datetime) -> None:
    sold = bank.sale(at)
    show(sold, at, tracking_key="RASTREO000000001")
    come(sold, sold.total.plain, at=at, tracking_key="RASTREO000000001")
    hear(at)
    assert not ProcrastinateJob.objects.filter(task_name=PAPER_JOB).exists()


def test_who_reads_it_on_his_order_s_page_gets_no_mail(at: datetime, client: Client) -> None:
    sold = bank.sale(at)
    paper = show(sold, at, clabe=FOREIGN)
    hear(at)
    page = client.get(f"/pedido/{order(sold.order_id).access_token}/estado/").content.decode()
    assert verdict(sold, paper).buyer_words in page
    do_jobs(timezone.now())
    assert letters() == []


def test_who_reads_it_in_the_chat_gets_no_mail_and_who_left_the_chat_does(at: datetime) -> None:
    for is_there in (True, False):
        sold = bank.sale(at)
        asked = chat.StartConversation(
            f"t{is_there}" * 9, "Lucía", "lucia@correo.test", "55 5012 8846", "order", "Hola", "spei"
        )
        talk = chat.start_conversation(sold.store_id, asked, at=at)
        Conversation.objects.filter(pk=talk).update(order_id=sold.order_id)
        show(sold, at, clabe=FOREIGN)
        hear(at)
        if is_there:
            chat.buyer_saw(talk, Conversation.objects.get(pk=talk).seq, at=at)
        do_jobs(at)
        assert len(letters()) == (0 if is_there else 1)
        ProcrastinateJob.objects.all().delete()


def test_a_doubt_that_is_gone_is_not_told(at: datetime) -> None:
    sold = bank.sale(at)
    show(sold, at, amount="1.00", tracking_key="RASTREO000000001")
    come(sold, sold.total.plain, at=at, tracking_key="RASTREO000000009")
    hear(at)
    come(sold, "1.00", at=at, tracking_key="RASTREO000000001")
    hear(at)
    stale = ProcrastinateJob.objects.filter(task_name=PAPER_JOB).order_by("id").first()
    assert stale is not None
    newest = verdict(sold, stale.args["evidence_id"])
    assert newest.id != stale.args["verdict_id"]
    assert not write_paper_doubt(**stale.args, at=at + timedelta(minutes=2))
    assert letters() == []


def test_many_doubtful_files_bring_one_mail_in_ten_minutes(at: datetime) -> None:
    sold = bank.sale(at)
    for size in (40, 47, 55):
        show(sold, at, size=size, clabe=FOREIGN)
    hear(at)
    assert ProcrastinateJob.objects.filter(task_name=PAPER_JOB).count() == 3
    do_jobs(at)
    assert len(letters()) == 1


def test_the_job_of_that_name_exists() -> None:
    assert (jobs.paper_doubt.name, jobs.paper_doubt.queue) == (PAPER_JOB, "mail")
