"""Every address of the site, as everybody tries it. An address without a line in the table fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from http.cookies import SimpleCookie
from itertools import product
from typing import Any, Final
from urllib.parse import quote

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from seguripago.foundations.people.models import User
from seguripago.foundations.staffing.commands import be_present
from seguripago.foundations.staffing.team_commands import make_team
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import WriteCannedReply
from seguripago.journey.assistance.models import Attachment
from seguripago.journey.catalogue.queries import shelf
from seguripago.journey.evidence.commands import keep_evidence
from seguripago.values.actor import Actor
from seguripago.web.assistant.remembering import keep_talk
from seguripago.web.shop.cookies import keep_order
from tests.architecture.house import SOURCE
from tests.assistance.builders import Shop, open_shop, place
from tests.evidence.files import pdf
from tests.web.addresses import VISITORS, table
from tests.web.staff import hired

pytestmark = pytest.mark.django_db

NOBODYS: Final[dict[str, Any]] = dict.fromkeys(
    (
        "mail_id",
        "place",
        "proposal_id",
        "deposit_id",
        "notice_id",
        "case_id",
        "charge_id",
        "announcement_id",
        "file_id",
        "return_id",
        "shipment_id",
        "proof_id",
        "refund_id",
        "account_id",
        "statement_id",
        "row_id",
        "question_id",
    ),
    999_999,
) | {"signed": "nada", "what": "aceptar", "verb": "importar", "key": "nada", "secret": "nada", "answer": "aprobar"}
ODD: Final = "/medios-de-pago/propuesta/%(proposal_id)s/%(answer)s/"
OF_TALKS: Final = "<int:conversation_id>"
FIELDS: Final = re.compile(r"\.get(?:list)?\(.([a-z_-]+).[,)]")
"""How the views ask for what was sent."""
LETS_IN: Final = ("hooks/",)
"""What other machines send: it is signed, and no browser's cookie counts."""


@dataclass(frozen=True, slots=True)
class World:
    """A store where everything stands that an address can name, and who tries it."""

    ids: dict[str, Any]
    browsers: dict[str, Client]
    others: tuple[int, ...]


def routes(patterns: Any = None, before: str = "") -> Iterator[str]:
    """Every address as the URLconf writes it."""
    for each in get_resolver().url_patterns if patterns is None else patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns, route)
        else:
            assert isinstance(each, URLPattern)
            yield route


def address(route: str, ids: dict[str, Any]) -> str:
    """The address with ids in it."""
    if route.startswith("^"):
        return ODD % ids
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(ids[found[1]]), route)


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def world(now: datetime) -> World:
    shop, other = open_shop(), open_shop("otra-tienda")
    by = Actor.staff(shop.sofia, "Sofía Paz")
    people = {
        "dario": hired(shop.store_id, "analyst", "dario"),
        "payments": hired(shop.store_id, "payments", "memo"),
        "owner": hired(shop.store_id, "owner", "ana"),
    }
    users = {name: User.objects.get(email=email) for name, email in people.items()}
    users |= {"supervisor": User.objects.get(pk=shop.sofia), "carla": User.objects.get(pk=other.beto)}
    users["rival"] = User.objects.get(pk=other.sofia)
    team = make_team(shop.store_id, "Ventas", topics=["order"], people_ids=[shop.beto], by=by, at=now)
    make_team(shop.store_id, "Facturas", topics=["invoice"], people_ids=[users["dario"].pk], by=by, at=now)
    for who, store_id in ((shop.beto, shop.store_id), (users["dario"].pk, shop.store_id), (other.beto, other.store_id)):
        be_present(who, store_id, "available", at=now)
    bought, unpaid = place(shop, at=now), place(shop, at=now, turn=2, email="otra@correo.test", phone="55 1111 2222")
    talks = [_talk(shop, f"t{turn}-" + "x" * 40, now) for turn in range(3)]
    taken, waiting, resolved = talks
    chat.take(taken, shop.beto, at=now)
    chat.identify_order(taken, bought.number, by=shop.by_beto, at=now)
    paper = keep_evidence(bought.id, filename="a.pdf", body=pdf(), by=Actor.buyer("Lucía"), at=now)
    chat.send_file(taken, shop.beto, filename="b.pdf", body=pdf(2), client_id=uuid.uuid4(), at=now)
    chat.take(resolved, shop.beto, at=now)
    chat.resolve(resolved, by=shop.by_beto, at=now)
    chat.write_canned_reply(
        shop.store_id, WriteCannedReply("hola", "Hola", "Hola {nombre}", is_active=True), reply_id=None, by=by, at=now
    )
    view = reading.conversation(taken)
    assert view is not None
    browsers = {name: Client() for name in VISITORS}
    for name, user in users.items():
        browsers[name].force_login(user)
    _remember(browsers["buyer"], view.code, bought.access_token)
    ids = NOBODYS | {
        "store": "sierra-alta",
        "store_slug": "sierra-alta",
        "product_slug": "molino",
        "product_id": shelf(shop.store_id)[0].id,
        "code": view.code,
        "conversation_id": taken,
        "evidence_id": paper,
        "attachment_id": Attachment.objects.get(conversation=taken).pk,
        "page": 1,
        "order_id": unpaid.id,
        "number": bought.number,
        "token": bought.access_token,
        "reply_id": reading.canned_replies(shop.store_id)[0].id,
        "team_id": team,
        "user_id": shop.beto,
        "feed": "sandbox",
        "store_key": "hook-sierra-alta",
        "gateway": "sandbox",
        "provider": "sandbox",
        "to": "csv",
        "day": "2026-01-07",
    }
    return World(ids, browsers, (waiting, resolved))


def _talk(shop: Shop, token: str, at: datetime) -> int:
    asked = chat.StartConversation(
        token, "Lucía Hernández", "lucia@correo.test", "55 5012 8846", "order", "Hola", "spei"
    )
    return chat.start_conversation(shop.store_id, asked, at=at)


def _remember(browser: Client, code: str, access_token: str) -> None:
    answer, request = HttpResponse(), HttpRequest()
    request.META |= {"SERVER_NAME": "testserver", "SERVER_PORT": "80"}
    keep_talk(request, answer, code, "t0-" + "x" * 40)
    keep_order(request, answer, access_token)
    for cookie in answer.cookies.values():
        browser.cookies[cookie.key] = cookie.value


def tried(browser: Client, verb: str, path: str, sent: dict[str, str] | None = None) -> int:
    """What somebody is told; nothing that it did stays."""
    ask, kept = browser.get if verb == "get" else browser.post, browser.cookies.output(header="", sep=";")
    with transaction.atomic():
        status = int(ask(path, sent, headers={"Origin": "http://testserver"}).status_code)
        transaction.set_rollback(True)
    browser.cookies = SimpleCookie(kept)
    return status


def test_every_address_has_its_line() -> None:
    assert set(routes()) == set(table())


@pytest.mark.parametrize("verb", ["get", "post"])
def test_everybody_gets_what_the_table_says(world: World, verb: str) -> None:
    wrong = []
    for route, answers in table().items():
        path = address(route, world.ids)
        said = tuple(tried(world.browsers[name], verb, path) for name in VISITORS)
        if said != answers[verb == "post"]:
            wrong.append(f"{verb} {route}: {' '.join(map(str, said))}")
    assert not wrong, "\n".join(wrong)


def test_what_waits_for_another_team_and_what_a_teammate_closed_is_nothing_to_an_analyst(world: World) -> None:
    faults = []
    for route, (get, _post) in table().items():
        if OF_TALKS not in route:
            continue
        verb = "post" if set(get) == {405} else "get"
        for talk in world.others:
            path = address(route, world.ids | {"conversation_id": talk})
            faults += [path for name in ("dario", "carla", "rival") if tried(world.browsers[name], verb, path) != 404]
    assert not faults


def test_no_form_of_the_staff_is_taken_from_another_site(world: World) -> None:
    """A browser of the owner or supervisor, whose cookies go along, and a page that knows no token."""
    faults = []
    for route, (_get, post) in table().items():
        if set(post) == {405} or route.startswith(LETS_IN) or route in ("healthz", "readyz"):
            continue
        for name in ("buyer", "supervisor", "owner"):
            browser = Client(enforce_csrf_checks=True)
            browser.cookies = SimpleCookie(world.browsers[name].cookies.output(header="", sep=";"))
            with transaction.atomic():
                answer = browser.post(address(route, world.ids), headers={"Origin": "https://otro.example"})
                transaction.set_rollback(True)
            faults += [f"{name} {route}: {answer.status_code}"] if answer.status_code != 403 else []
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("nonsense", ["\x00ab", "9" * 5000, "9999-12-31"])
def test_nothing_that_somebody_types_breaks_a_page(world: World, nonsense: str) -> None:
    """Every field that some view asks for, and every part of an address, at once."""
    names = {name for path in (SOURCE / "web").rglob("*.py") for name in FIELDS.findall(path.read_text())}
    sent = dict.fromkeys(names, nonsense) | {"periodo": "fechas"}
    bad = {key: quote(nonsense[:30]) for key in world.ids}
    broken = []
    for route, answers in table().items():
        paths = {address(route, world.ids), address(route, bad)}
        for verb, answer in zip(("get", "post"), answers, strict=True):
            who = ("buyer", "supervisor" if answer[-1] == answer[-2] else "owner")
            for name, path in product(who, paths) if set(answer) != {405} else ():
                world.browsers[name].raise_request_exception = False
                status = tried(world.browsers[name], verb, path, sent)
                broken += [f"{name} {verb} {path[:90]}: {status}"] if status >= 500 else []
    assert not broken, "\n".join(broken)
