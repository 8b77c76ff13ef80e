"""`/reclamar/`: the way to one's claim, for whoever has no link at hand, and nothing for whoever guesses."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from seguripago.jobs import mail as jobs
from seguripago.journey.notices.commands.claim_door import WAY_JOB
from seguripago.journey.notices.models import Mail
from seguripago.journey.orders.queries import order
from seguripago.journey.orders.shapes import OrderView
from seguripago.web.limits import WAYS_TO_CLAIM, WAYS_TO_CLAIM_OF_CALLER
from seguripago.web.shop.cookies import keep_order
from tests.delivery.builders import open_shop, paid_order, place

pytestmark = pytest.mark.django_db
PAGE = "/reclamar/"
SENT = f"{PAGE}?enviado=1"
MAIL, PHONE = "lucia@correo.test", "55 1234 5678"
NOBODYS = "CM-7K3F-92QX"


@pytest.fixture(autouse=True)
def no_jobs_of_others() -> None:
    with connection.cursor() as cursor:
        # Jobs are no tables of Django: what a committed test left would stand in for the one that is looked for.
        cursor.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def store_id() -> int:
    return open_shop()


@pytest.fixture
def bought(store_id: int, at: datetime) -> OrderView:
    return order(paid_order(store_id, at=at))


def ask(number: str, proof: str, client: Client | None = None) -> HttpResponse:
    answer: HttpResponse = (client or Client()).post(PAGE, {"number": number, "proof": proof})
    return answer


def do_jobs() -> None:
    """What the worker does with what was enqueued; nothing is sent, for no messenger is asked."""
    for job in ProcrastinateJob.objects.filter(task_name=WAY_JOB, status="todo"):
        jobs.way_to_claim.func(**job.args)


def test_how_to_claim_says_where_to_write_and_until_when(client: Client, store_id: int) -> None:
    shown = client.get(PAGE).content.decode()
    assert "mailto:reclamaciones@sierra-alta.test" in shown
    assert "7 días desde la entrega" in shown
    assert "además de la garantía legal" in shown


def test_with_several_stores_each_has_its_contact_and_one_form_serves_all(client: Client, store_id: int) -> None:
    open_shop("otra")
    shown = client.get(PAGE).content.decode()
    assert "?tienda=otra" in shown
    assert 'name="number"' in shown
    assert "reclamaciones@otra.test" in client.get(f"{PAGE}?tienda=otra").content.decode()
    assert client.get(f"{PAGE}?tienda=ninguna").status_code == 404


@pytest.mark.parametrize("proof", [MAIL, " LUCIA@correo.test ", PHONE, "+52 (55) 1234-5678", "５５１２３４５６７８"])
def test_number_and_second_proof_bring_one_mail_to_the_order_s_own_address(bought: OrderView, proof: str) -> None:
    answer = ask(bought.number.lower().replace("-", " "), proof)
    assert (answer.status_code, answer["Location"]) == (302, SENT)
    assert bought.access_token not in str(answer.headers)
    do_jobs()
    do_jobs()
    letter = Mail.objects.get(template="claim_door")
    assert letter.to == MAIL
    assert f"/pedido/{bought.access_token}/reclamacion/" in letter.text
    assert f"/pedido/{bought.access_token}/reclamacion/" in letter.html


@pytest.mark.parametrize("proof", ["otra@correo.test", "55 1234 5679", "5678", "%", "' OR 1=1 --", "lucia@correo"])
def test_a_wrong_proof_brings_no_mail_and_the_same_answer(bought: OrderView, proof: str) -> None:
    right, wrong, nobodys = ask(bought.number, MAIL), ask(bought.number, proof), ask(NOBODYS, MAIL)
    assert {(one.status_code, one["Location"], one.content) for one in (right, wrong, nobodys)} == {(302, SENT, b"")}
    Mail.objects.all().delete()
    ProcrastinateJob.objects.filter(args__order_ids=[bought.id]).delete()
    do_jobs()
    assert not Mail.objects.exists()


def test_the_same_work_is_done_whatever_was_typed(bought: OrderView) -> None:
    done = []
    for number, proof in ((bought.number, MAIL), (bought.number, "otra@correo.test"), (NOBODYS, MAIL)):
        with CaptureQueriesContext(connection) as caught:
            ask(number, proof)
        done.append([re.sub(r"'[^']*'|\d+", "?", each["sql"]) for each in caught])
    assert done[0] == done[1] == done[2]
    assert len(done[0]) > 2
    assert ProcrastinateJob.objects.filter(task_name=WAY_JOB).count() == 3, "who is nobody is worked for as long"


def test_the_page_after_it_tells_nothing(bought: OrderView) -> None:
    shown = Client().get(SENT).content.decode()
    assert "Si los datos coinciden" in shown
    assert bought.number not in shown


def test_an_order_gets_three_an_hour_and_wrong_tries_use_up_none_of_them(bought: OrderView) -> None:
    for _ in range(WAYS_TO_CLAIM.most + 2):
        assert ask(bought.number, "otra@correo.test")["Location"] == SENT
    for _ in range(WAYS_TO_CLAIM.most + 2):
        assert ask(bought.number, MAIL)["Location"] == SENT
    told = [job.args["order_ids"] for job in ProcrastinateJob.objects.filter(task_name=WAY_JOB)]
    assert told.count([bought.id]) == WAYS_TO_CLAIM.most


def test_a_caller_has_ten_tries_an_hour_and_loses_nothing_of_what_was_typed(bought: OrderView) -> None:
    caller = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(WAYS_TO_CLAIM_OF_CALLER.most):
        assert ask(NOBODYS, MAIL, caller).status_code == 302
    answer = ask(bought.number, MAIL, caller)
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    said = answer.content.decode()
    assert "Hiciste varios intentos seguidos" in said
    assert f'value="{bought.number}"' in said
    assert f'value="{MAIL}"' in said
    assert ask(bought.number, MAIL, Client(REMOTE_ADDR="203.0.113.10")).status_code == 302


def test_a_browser_that_placed_the_order_goes_straight_on(client: Client, bought: OrderView) -> None:
    stranger = client.get(PAGE).content.decode()
    assert bought.access_token not in stranger
    kept = HttpResponse()
    keep_order(client.get(PAGE).wsgi_request, kept, bought.access_token)
    client.cookies.update(kept.cookies)
    shown = client.get(PAGE).content.decode()
    assert f'href="/pedido/{bought.access_token}/reclamacion/"' in shown
    answer = ask(bought.number, "lo que sea", client)
    assert answer["Location"] == f"/pedido/{bought.access_token}/reclamacion/"
    assert not ProcrastinateJob.objects.filter(task_name=WAY_JOB).exists()
    assert client.get(answer["Location"]).status_code == 200


def test_what_is_not_paid_has_no_claim_to_go_straight_to(client: Client, store_id: int, at: datetime) -> None:
    unpaid = order(place(store_id, at=at))
    kept = HttpResponse()
    keep_order(client.get(PAGE).wsgi_request, kept, unpaid.access_token)
    client.cookies.update(kept.cookies)
    assert "Tus compras en este navegador" not in client.get(PAGE).content.decode()


@pytest.mark.parametrize("number", ["", "CM-0000-0001", "hola", "x" * 500, "CM-7K3F\x00", "<script>alert(1)</script>"])
def test_a_number_that_is_none_is_said_beside_the_field(store_id: int, number: str) -> None:
    answer = ask(number, f"{MAIL}\x00<b>")
    assert answer.status_code == 422
    said = answer.content.decode()
    assert "Ese número no está completo o tiene un error" in said
    assert f'value="{MAIL}&lt;b&gt;"' in said
    assert "<script>alert" not in said


def test_an_empty_proof_is_said_beside_the_field(bought: OrderView) -> None:
    answer = ask(bought.number, " ")
    assert answer.status_code == 422
    assert "Escribe el correo o el teléfono con el que compraste." in answer.content.decode()


def test_hostile_proofs_are_only_wrong(bought: OrderView) -> None:
    for proof in ("\x00", "\ud800".encode("utf-8", "surrogatepass"), "‮" + MAIL, "x" * 100_000, "💥" * 300):
        answer = Client().post(PAGE, {"number": bought.number, "proof": proof})
        assert answer.status_code in {302, 422}
    do_jobs()
    assert not Mail.objects.filter(template="claim_door").exists()


def test_only_the_page_s_own_form_counts(bought: OrderView) -> None:
    assert ask(bought.number, MAIL, Client(enforce_csrf_checks=True)).status_code == 403
