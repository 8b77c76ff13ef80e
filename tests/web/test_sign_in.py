"""Signing in: five wrong tries, only addresses of our own, a home for every role."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.people.models import User
from seguripago.web.access import HOMES
from tests.orders.builders import make_store
from tests.web.staff import PASSWORD, entered, hired

pytestmark = pytest.mark.django_db
AT = "/entrar/"


def try_in(client: Client, email: str, password: str = PASSWORD, **more: str) -> tuple[int, str]:
    answer = client.post(AT, {"email": email, "password": password, **more})
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(("role", "home"), HOMES.items())
def test_every_role_comes_home(client: Client, role: str, home: str) -> None:
    assert try_in(client, hired(make_store(), role)) == (302, home)
    answer = client.get(home)
    assert answer.status_code == 200
    assert answer["Cache-Control"].count("no-store") == 1, "nothing of it stays in the browser"


def test_mail_in_capitals_and_with_blanks_is_the_same_person(client: Client) -> None:
    assert try_in(client, f"  {hired(make_store(), 'owner').upper()} ")[0] == 302


def test_the_fifth_wrong_try_locks_and_the_answer_stays_the_same(client: Client) -> None:
    email = hired(make_store(), "owner")
    answers = [client.post(AT, {"email": email, "password": "mala"}) for _ in range(5)]
    locked = client.post(AT, {"email": email, "password": PASSWORD})
    stranger = client.post(AT, {"email": email, "password": "otra"})
    assert {answer.status_code for answer in (*answers, locked, stranger)} == {401}
    assert "_auth_user_id" not in client.session
    said = {answer.context["error"] for answer in (*answers, locked, stranger)}
    assert len(said) == 1
    assert said == {client.post(AT, {"email": "nadie@demo.test", "password": "x"}).context["error"]}

    User.objects.filter(email=email).update(locked_until=timezone.now() - timedelta(seconds=1))
    assert try_in(client, email)[0] == 302


def test_four_wrong_tries_are_forgotten_by_the_right_one(client: Client) -> None:
    email = hired(make_store(), "owner")
    for _ in range(2):
        for _ in range(4):
            assert try_in(client, email, "mala")[0] == 401
        assert try_in(client, email)[0] == 302


@pytest.mark.parametrize(
    "target",
    ["https://otro.example/", "//otro.example/", "/\\otro.example", "javascript:alert(1)", "http:otro.example"],
)
def test_nobody_is_sent_to_another_site(client: Client, target: str) -> None:
    assert try_in(client, hired(make_store(), "owner"), next=target) == (302, "/oficina/")


def test_one_goes_on_to_the_page_that_was_asked_for() -> None:
    client = Client()
    asked = client.get("/oficina/productos/?q=molino")
    assert (asked.status_code, asked["Location"]) == (302, "/entrar/?next=%2Foficina%2Fproductos%2F%3Fq%3Dmolino")
    page = client.get(asked["Location"])
    assert page.context["next"] == "/oficina/productos/?q=molino"
    assert try_in(client, hired(make_store(), "owner"), next=page.context["next"]) == (
        302,
        "/oficina/productos/?q=molino",
    )


def test_signing_in_changes_the_session_and_signing_out_ends_it() -> None:
    client = Client()
    assert try_in(client, hired(make_store(), "owner"))[0] == 302
    first = client.cookies["sessionid"].value
    assert client.cookies["sessionid"]["httponly"]
    assert client.get("/salir/").status_code == 405, "a picture in a mail signs nobody out"
    answer = client.post("/salir/")
    assert (answer.status_code, answer["Location"]) == (302, AT)
    client.cookies["sessionid"] = first
    assert client.get("/oficina/").status_code == 302, "the old session is gone on the server too"


def test_a_form_from_elsewhere_is_refused_in_spanish() -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(AT, {"email": "a@b.c", "password": "x"})
    assert answer.status_code == 403
    assert "La página llevaba mucho tiempo abierta" in answer.content.decode()


def test_who_leaves_the_store_is_out_at_once() -> None:
    client = entered(make_store(), "owner")
    assert client.get("/oficina/").status_code == 200
    User.objects.update(is_active=False)
    assert client.get("/oficina/").status_code == 302
