"""«Enviarme un link nuevo» and «Me perdí el link»: to the order's own mail, with one answer for everybody."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from seguripago.jobs import links as jobs
from seguripago.journey.orders.queries import order as order_view
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.commands.again import AGAIN_JOB
from seguripago.journey.payments.models import Link
from seguripago.journey.payments.queries import links_of
from seguripago.values import order_number
from seguripago.values.money import Money
from tests.orders import builders
from tests.pay.payers import MEDIOS, Sent, opened, paid, sent

pytestmark = pytest.mark.django_db
SENT = "Si ese pedido espera un pago por link"


@pytest.fixture(autouse=True)
def no_jobs_of_others(db: None) -> None:
    with connection.cursor() as cursor:
        # Jobs are no tables of Django: what a committed test left would stand in for the one that is looked for.
        cursor.execute("DELETE FROM procrastinate_jobs")


def do_jobs() -> int:
    """Do what was asked for, as the worker does, and say how often it was."""
    asked = list(ProcrastinateJob.objects.filter(task_name=AGAIN_JOB, status="todo"))
    for job in asked:
        jobs.send_again.func(**job.args)
    return len(asked)


def expire(link: Sent) -> None:
    Link.objects.filter(handle=link.handle).update(expires_at=timezone.now() - timedelta(seconds=1))


def test_an_expired_link_brings_a_new_one_that_asks_for_the_same(client: Client) -> None:
    link = sent(purpose="deposit", amount=Money(30_000))
    expire(link)
    opened(client, link)
    answer = client.post(f"{link.address}link-nuevo/", {"email": "ladron@malo.example"}, follow=True)
    body = answer.content.decode()
    assert "en unos minutos llega un link nuevo al correo del pedido" in body
    assert "ladron" not in body
    newest = links_of(link.order_id, at=timezone.now())[0]
    assert newest.is_valid
    assert (newest.purpose, newest.amount) == ("deposit", Money(30_000))
    assert newest.handle not in body


def test_a_valid_a_paid_and_a_withdrawn_link_bring_no_other(client: Client) -> None:
    valid, bought, withdrawn = sent(), sent(), sent()
    for link in (valid, bought, withdrawn):
        opened(client, link)
    paid(bought)
    payments.revoke_link(withdrawn.page.id, why="", by=MEDIOS, at=timezone.now())
    for link in (valid, bought, withdrawn):
        client.get(link.door)
        assert client.post(f"{link.address}link-nuevo/").url == link.address
        assert len(links_of(link.order_id, at=timezone.now())) == 1


def test_a_lost_link_is_sent_again_by_the_number_however_it_is_typed(client: Client) -> None:
    link = sent()
    answer = client.post("/pago/", {"number": link.order.number.lower().replace("-", " ")})
    assert SENT in answer.content.decode()
    assert links_of(link.order_id, at=timezone.now())[0].handle == link.handle, "the page itself looks for nothing"
    assert do_jobs() == do_jobs() == 1
    newest, before = links_of(link.order_id, at=timezone.now())
    assert newest.is_valid
    assert (newest.handle != link.handle, before.handle) == (True, link.handle)
    assert newest.made_by == "Link nuevo, pedido en su página"


def test_every_number_gets_the_same_answer(client: Client) -> None:
    link, unasked, bought, withdrawn = sent(), builders.verified(timezone.now()), sent(), sent()
    paid(bought)
    payments.revoke_link(withdrawn.page.id, why="", by=MEDIOS, at=timezone.now())
    numbers = [
        link.order.number, order_view(unasked).number, bought.order.number, withdrawn.order.number,
        order_number.draw(lambda letters: letters[3]),
    ]  # fmt: skip
    answers = [Client(REMOTE_ADDR="203.0.113.1").post("/pago/", {"number": number}) for number in numbers]
    said = {(answer.status_code, _without_nonces(answer.content.decode())) for answer in answers}
    assert len(said) == 1
    assert do_jobs() == len(numbers), "a number of nobody is worked for as long"
    assert links_of(unasked, at=timezone.now()) == ()
    assert len(links_of(withdrawn.order_id, at=timezone.now())) == 1


def test_an_order_gets_three_an_hour_and_nobody_is_told(client: Client) -> None:
    link = sent()
    for _ in range(5):
        answer = client.post("/pago/", {"number": link.order.number})
        assert answer.status_code == 200
        assert SENT in answer.content.decode()
    assert do_jobs() == 3


def test_one_caller_asks_ten_times_an_hour() -> None:
    caller = Client(REMOTE_ADDR="203.0.113.2")
    numbers = [order_number.draw(secrets.choice) for _ in range(11)]
    statuses = [caller.post("/pago/", {"number": number}).status_code for number in numbers]
    assert statuses == [200] * 10 + [429]
    answer = caller.post("/pago/", {"number": numbers[0]})
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert f'value="{numbers[0]}"' in answer.content.decode()


@pytest.mark.parametrize("typed", ["", "CM-0000-0001", "hola", "x" * 500, "CM-7K3F\x00"])
def test_a_number_that_is_none_is_said_beside_the_field(client: Client, typed: str) -> None:
    answer = client.post("/pago/", {"number": typed})
    assert answer.status_code in {400, 422}
    if answer.status_code == 422:
        assert "Ese número no está completo o tiene un error" in answer.content.decode()


def _without_nonces(body: str) -> str:
    return re.sub(r'nonce="[^"]*"', "", body)
