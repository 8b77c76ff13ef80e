"""The token is exchanged once: it leaves the address, consumes nothing, and whatever is no link is answered alike."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.journey.payments import link_token
from seguripago.journey.payments.models import Link, LinkOpen
from tests.pay.payers import Sent, at_home, opened, sent

pytestmark = pytest.mark.django_db
CHAT_APP = "WhatsApp/2.24.1 A"
NONCE = re.compile(r'nonce="[^"]*"')


def test_the_token_leaves_the_address_for_a_cookie_of_the_link_s_own_path(client: Client) -> None:
    link = sent()
    answer = client.get(link.door)
    assert (answer.status_code, answer.url) == (302, link.address)
    assert link.token not in answer.url
    assert link.handle not in answer.url
    cookie = answer.cookies["sp_pago"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == (link.address, True, "Lax")
    assert cookie["max-age"] == 7200
    assert link.token not in cookie.value


def test_no_page_is_told_onwards_indexed_or_kept(client: Client) -> None:
    link = sent()
    answers = [client.get(link.door), client.get(link.address), client.get(f"{link.address}estado/")]
    for answer in [*answers, client.get("/pago/nada/"), client.get("/pago/"), Client().get(link.address)]:
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy.replace("report-uri /hooks", "")


def test_looking_consumes_nothing_whoever_looks(client: Client) -> None:
    link = sent()
    for _ in range(3):
        assert client.head(link.door).status_code == 302
        assert Client(headers={"User-Agent": CHAT_APP}).get(link.door, follow=True).status_code == 200
        assert Client(headers={"Sec-Purpose": "prefetch;prerender"}).get(link.door).status_code == 302
    assert link.page.is_valid
    assert "Antes de mostrarte los datos de pago" in opened(client, link)


def test_every_look_is_kept_with_its_kind_and_whether_it_was_the_buyer_s(client: Client) -> None:
    link = sent()
    client.get(link.door, headers={"User-Agent": CHAT_APP})
    client.get(link.door, headers={"User-Agent": "Mozilla/5.0 (X11)", "Sec-Purpose": "prefetch"})
    client.head(link.door)
    at_home(client, link)
    client.get(link.door, headers={"User-Agent": "Mozilla/5.0 (iPhone)"})
    rows = LinkOpen.objects.order_by("pk").values_list("agent", "own_session")
    assert list(rows) == [("preview", False), ("preview", False), ("preview", False), ("phone", True)]
    assert all(len(caller) == 32 for caller in LinkOpen.objects.values_list("caller", flat=True))


def test_each_link_has_a_path_of_its_own_for_its_cookies(client: Client) -> None:
    """A browser sends each page only its own (the test client knows no paths: see tests/e2e/test_q_pay_link.py)."""
    one, other = sent(), sent()
    paths = [client.get(link.door).cookies["sp_pago"]["path"] for link in (one, other)]
    assert paths == [one.address, other.address]
    assert one.address != other.address


def test_another_link_s_cookie_opens_nothing(client: Client) -> None:
    one, other = sent(), sent()
    opened(client, one)
    client.cookies["sp_pago"]["path"] = "/"
    body = client.get(other.address).content.decode()
    assert "Abre tu link otra vez" in body
    assert other.order.number not in body


@pytest.mark.parametrize("cookie", ["", "x", "{handle}", "{handle}:1vNothing:AAAA"])
def test_without_its_cookie_the_address_says_what_to_do_and_shows_nothing(cookie: str) -> None:
    link, browser = sent(), Client()
    if cookie:
        browser.cookies["sp_pago"] = cookie.format(handle=link.handle)
    for address in (link.address, f"{link.address}estado/", f"{link.address}pedido/"):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "bloquea las cookies" in answer.content.decode()
        assert link.order.number not in answer.content.decode()
    for act in ("comprobar", "aceptar", "link-nuevo"):
        assert "Abre tu link otra vez" in browser.post(f"{link.address}{act}/", {"said": "8846"}).content.decode()


def test_the_address_of_a_link_that_never_was_says_the_same() -> None:
    link = sent()
    answers = [Client().get(address).content.decode() for address in (link.address, "/pago/abierto/nadie/")]
    assert len({NONCE.sub("", answer) for answer in answers}) == 1


def of_another_key(link: Sent, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("seguripago.foundations.stores.keyring.ring", lambda: (b"z" * 32,))
    token = link_token.make(link.handle, store_id=link.page.store_id, expires_at=link.page.expires_at)
    monkeypatch.undo()
    return token


def test_whatever_is_no_link_gets_the_very_same_answer(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    link = sent()
    token, until = link.token, link.page.expires_at
    body, _, footer = token.partition(".")
    forged = [
        of_another_key(link, monkeypatch),
        link_token.make(link.handle, store_id=link.page.store_id + 1, expires_at=until),
        link_token.make("n" * 32, store_id=link.page.store_id, expires_at=until),
        token[:-4], token[:-1] + ("A" if token[-1] != "A" else "B"), body, f"{body[:-2]}.{footer}",
        f"{token}=", token.swapcase(), "x", "abierto", "a.b", "é", "%00", "A" * 3000,
    ]  # fmt: skip
    answers = [client.get(f"/pago/{each}/") for each in forged]
    said = {(answer.status_code, answer.content, tuple(sorted(answer.items()))) for answer in answers}
    assert len(said) == 1
    status, content, headers = said.pop()
    assert status == 404
    assert "No encontramos esta página" in content.decode()
    assert not any(name == "Set-Cookie" for name, _ in headers)
    assert not any(answer.cookies for answer in answers)
    assert LinkOpen.objects.count() == 0


def test_what_is_no_link_costs_the_same_queries(client: Client, django_assert_num_queries) -> None:
    link = sent()
    unknown = link_token.make("n" * 32, store_id=link.page.store_id, expires_at=link.page.expires_at)
    for each in (unknown, link.token[:-4], "x", "A" * 3000):
        with django_assert_num_queries(1):
            client.get(f"/pago/{each}/")


def test_one_that_expired_a_second_ago_is_told_that_it_expired(client: Client) -> None:
    link = sent()
    Link.objects.filter(handle=link.handle).update(expires_at=timezone.now() - timedelta(seconds=1))
    body = opened(client, link)
    assert "Este link venció" in body
    assert ", para cuidar tu compra." in body
    assert "más tiempo" not in body


def test_an_old_token_of_a_link_that_was_given_more_time_is_expired_too(client: Client) -> None:
    link = sent()
    early = timezone.now() - timedelta(minutes=1)
    old = link_token.make(link.handle, store_id=link.page.store_id, expires_at=early)
    answer = client.get(f"/pago/{old}/", follow=True)
    body = answer.content.decode()
    assert "Este link venció" in body
    assert "A este pago se le dio más tiempo, y este link es el de antes." in body
    assert "Antes de mostrarte los datos de pago" in opened(client, link)


def test_only_looking_is_allowed_at_the_door(client: Client) -> None:
    link = sent()
    for ask in (client.post, client.put, client.delete):
        assert ask(link.door).status_code == 405
