"""Web push against a push service on this machine, read with the browser's own keys (RFC 8291, RFC 8292)."""

from __future__ import annotations

import base64
import json
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from django.utils import timezone

from seguripago.config.command_line_keys import make_push_keys
from seguripago.foundations.people.commands import dismiss
from seguripago.foundations.people.facts import MemberDismissed
from seguripago.foundations.staffing.commands import be_present
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.notices.commands import note_calls, send_due_pushes, subscribe
from seguripago.journey.notices.listeners import forget_dismissed
from seguripago.journey.notices.models import PushNote, PushSubscription
from seguripago.ports.pushers import Browser, pusher
from seguripago.values.actor import Actor
from tests.assistance.builders import PASSWORD, Shop, open_shop, say, someone_is_there, start


def text_of(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Phone:
    """A browser with keys of its own; only it can read."""

    def __init__(self, name: str = "one") -> None:
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"0123456789abcdef"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def read(self, sealed: bytes) -> dict[str, str]:
        """Decrypt as RFC 8291 says, written from the text of the standard and not with our library."""
        salt, size, length = sealed[:16], int.from_bytes(sealed[16:20], "big"), sealed[20]
        theirs, cipher = sealed[21 : 21 + length], sealed[21 + length :]
        assert size >= len(cipher)
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = HKDF(hashes.SHA256(), 32, self.secret, b"WebPush: info\x00" + self.point + theirs).derive(shared)
        key = HKDF(hashes.SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(hashes.SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
        plain = AESGCM(key).decrypt(nonce, cipher, None)
        said: dict[str, str] = json.loads(plain.rstrip(b"\x00")[:-1])
        return said


@dataclass(frozen=True, slots=True)
class Got:
    path: str
    headers: dict[str, str]
    body: bytes


class PushService(ThreadingHTTPServer):
    """Takes what is pushed; `status` is what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.got: list[Got] = []
        self.status = 201
        self.statuses: dict[str, int] = {}

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class Counter(BaseHTTPRequestHandler):
    server: PushService

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(Got(self.path, dict(self.headers), body))
        self.send_response(self.server.statuses.get(self.path, self.server.status))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    with PushService() as service:
        thread = threading.Thread(target=service.serve_forever, daemon=True)
        thread.start()
        key = make_push_keys()["SEGURIPAGO_PUSH_KEY"]
        settings.SEGURIPAGO = replace(settings.SEGURIPAGO, push_key=key, push_hosts=(service.host,))
        yield service
        service.shutdown()
        thread.join()


@pytest.fixture
def at() -> datetime:
    return timezone.now()


def browser(phone: Phone, service: PushService) -> Browser:
    endpoint = f"http://{service.host}/send/{phone.name}"
    return Browser(endpoint=endpoint, p256dh=text_of(phone.point), auth=text_of(phone.secret))


def beto_left(shop: Shop, phone: Phone, service: PushService, at: datetime) -> int:
    """Beto attends a conversation, allows calls, and closes the desk."""
    someone_is_there(shop, at=at - timedelta(minutes=3))
    talk = start(shop, at=at - timedelta(minutes=3))
    be_present(shop.beto, shop.store_id, "available", at=at - timedelta(minutes=3))
    chat.take(talk, shop.beto, at=at - timedelta(minutes=3))
    chat.reply(talk, shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=99, at=at - timedelta(minutes=2))
    assert subscribe(shop.store_id, shop.beto, browser(phone, service), at=at)
    return talk


@pytest.mark.django_db
def test_words_of_a_buyer_wake_the_responsible_whose_desk_is_closed(service: PushService, at: datetime) -> None:
    shop, phone = open_shop(), Phone()
    talk = beto_left(shop, phone, service, at)
    assert note_calls(at=at) == 0
    say(talk, "Soy Lucía, mi teléfono es 55 5012 8846, ¿ya llegó?", at=at)
    assert note_calls(at=at) == 1
    assert note_calls(at=at) == 0
    assert send_due_pushes(10, at=at) == 1
    assert send_due_pushes(10, at=at) == 0
    (got,) = service.got
    view = reading.conversation(talk)
    assert view is not None
    assert phone.read(got.body) == {"title": f"Mensaje nuevo en {view.code}", "body": "", "url": f"/mesa/{talk}/"}
    assert b"Luc" not in got.body
    assert got.headers["Content-Encoding"] == "aes128gcm"
    assert got.headers["TTL"] == "600"
    assert len(got.headers["Topic"]) <= 32


@pytest.mark.django_db
def test_the_push_is_signed_with_the_key_that_the_browser_knows(service: PushService, at: datetime) -> None:
    shop, phone = open_shop(), Phone()
    say(beto_left(shop, phone, service, at), "¿Hola?", at=at)
    note_calls(at=at)
    send_due_pushes(10, at=at)
    scheme, _, rest = service.got[0].headers["Authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert scheme == "vapid"
    assert parts["k"] == pusher().public_key()
    head, claims, signature = parts["t"].split(".")
    raw = bytes_of(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), bytes_of(parts["k"]))
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    said = json.loads(bytes_of(claims))
    assert said["aud"] == f"http://{service.host}"
    assert said["sub"].startswith(("mailto:", "https://"))
    assert timedelta(hours=1) < datetime.fromtimestamp(said["exp"], UTC) - at < timedelta(hours=23), "RFC 8292: a day"


@pytest.mark.django_db
def test_who_waits_calls_those_who_may_take_him_and_whose_desk_is_closed(service: PushService, at: datetime) -> None:
    shop, mine, hers = open_shop(), Phone("beto"), Phone("sofia")
    subscribe(shop.store_id, shop.beto, browser(mine, service), at=at)
    subscribe(shop.store_id, shop.sofia, browser(hers, service), at=at)
    be_present(shop.beto, shop.store_id, "available", at=at - timedelta(minutes=5))
    be_present(shop.sofia, shop.store_id, "available", at=at)
    talk = start(shop, at=at)
    assert note_calls(at=at) == 1
    send_due_pushes(10, at=at)
    (got,) = service.got
    view = reading.conversation(talk)
    assert view is not None
    assert got.path == "/send/beto"
    assert mine.read(got.body) == {"title": "Alguien espera", "body": view.code, "url": f"/mesa/{talk}/"}


@pytest.mark.django_db
@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(service: PushService, at: datetime, status: int) -> None:
    shop = open_shop()
    say(beto_left(shop, Phone(), service, at), "¿Hola?", at=at)
    service.status = status
    note_calls(at=at)
    send_due_pushes(10, at=at)
    assert not PushSubscription.objects.exists()
    assert not PushNote.objects.filter(state__in=["queued", "failed"]).exists()


@pytest.mark.django_db
def test_a_service_that_is_away_is_tried_again_and_not_for_ever(service: PushService, at: datetime) -> None:
    shop = open_shop()
    say(beto_left(shop, Phone(), service, at), "¿Hola?", at=at)
    service.status = 503
    note_calls(at=at)
    for minute in range(9):
        send_due_pushes(10, at=at + timedelta(minutes=minute))
    assert len(service.got) == 5
    assert PushNote.objects.get().state == "dropped"
    assert PushSubscription.objects.exists()


@pytest.mark.django_db
def test_a_service_with_too_much_to_do_is_asked_again_later(service: PushService, at: datetime) -> None:
    shop = open_shop()
    say(beto_left(shop, Phone(), service, at), "¿Hola?", at=at)
    service.status = 429
    note_calls(at=at)
    send_due_pushes(10, at=at)
    service.status = 201
    assert send_due_pushes(10, at=at + timedelta(seconds=4)) == 0
    assert send_due_pushes(10, at=at + timedelta(seconds=6)) == 1
    assert PushNote.objects.get().state == "sent"


@pytest.mark.django_db
@pytest.mark.parametrize("refused_for_good", ["one", "two"])
def test_a_browser_that_is_refused_for_good_keeps_no_other_from_being_called(
    service: PushService, at: datetime, refused_for_good: str
) -> None:
    shop = open_shop()
    talk = beto_left(shop, Phone("one"), service, at)
    subscribe(shop.store_id, shop.beto, browser(Phone("two"), service), at=at)
    say(talk, "¿Hola?", at=at)
    service.status = 503
    service.statuses = {f"/send/{refused_for_good}": 403}
    note_calls(at=at)
    send_due_pushes(10, at=at)
    assert PushNote.objects.get().state == "failed"
    service.statuses |= {f"/send/{name}": 201 for name in {"one", "two"} - {refused_for_good}}
    send_due_pushes(10, at=at + timedelta(seconds=6))
    assert [got.path for got in service.got].count(f"/send/{'two' if refused_for_good == 'one' else 'one'}") == 2


@pytest.mark.django_db
def test_an_address_that_cannot_be_called_keeps_nobody_else_waiting(service: PushService, at: datetime) -> None:
    shop, hers = open_shop(), Phone("sofia")
    talk = beto_left(shop, Phone("one"), service, at)
    PushSubscription.objects.update(endpoint=f"http://{service.host}/send/\x7f")
    other, before = start(shop, at=at - timedelta(minutes=3), token="t2"), at - timedelta(minutes=3)
    be_present(shop.sofia, shop.store_id, "available", at=before)
    chat.take(other, shop.sofia, at=before)
    chat.reply(other, shop.sofia, "Hola", client_id=uuid.uuid4(), seen_seq=99, at=before)
    subscribe(shop.store_id, shop.sofia, browser(hers, service), at=at)
    for each in (talk, other):
        say(each, "¿Hola?", at=at)
    assert note_calls(at=at) == 2
    send_due_pushes(10, at=at)
    assert [got.path for got in service.got] == ["/send/sofia"]
    assert PushSubscription.objects.count() == 1


@pytest.mark.django_db
def test_neither_keys_nor_addresses_of_browsers_are_logged(
    service: PushService, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    shop, phone = open_shop(), Phone("abcdefghijkl")
    with caplog.at_level("INFO"):
        say(beto_left(shop, phone, service, at), "¿Hola?", at=at)
        note_calls(at=at)
        for minute, status in enumerate((503, 403, 410)):
            service.status = status
            PushNote.objects.update(state="queued", due_at=at)
            send_due_pushes(10, at=at + timedelta(minutes=minute))
    kept = " ".join(PushNote.objects.values_list("error", flat=True))
    for secret in (phone.name, text_of(phone.point), text_of(phone.secret), settings_key()):
        assert secret not in caplog.text + kept


def settings_key() -> str:
    from django.conf import settings

    return str(settings.SEGURIPAGO.push_key)


@pytest.mark.django_db
def test_who_is_dismissed_is_called_no_more(service: PushService, at: datetime) -> None:
    shop = open_shop()
    say(beto_left(shop, Phone(), service, at), "¿Hola?", at=at)
    note_calls(at=at)
    dismiss(shop.store_id, shop.beto, by=Actor.system(), at=at)
    forget_dismissed([MemberDismissed(store_id=shop.store_id, at=at, user_id=shop.beto)], at)
    assert not PushSubscription.objects.exists()
    assert PushNote.objects.get().state == "dropped"
    assert send_due_pushes(10, at=at) == 0
    assert service.got == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "endpoint",
    [
        "https://127.0.0.1/x",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com.example.mx/x",
        "https://fcm.googleapis.com:8443/x",
        "https://example.mx/.push.apple.com",
        "file:///etc/passwd",
        "https://[::1",
    ],
)
def test_no_other_address_is_ever_called(service: PushService, at: datetime, endpoint: str) -> None:
    shop, phone = open_shop(), Phone()
    wanted = Browser(endpoint=endpoint, p256dh=text_of(phone.point), auth=text_of(phone.secret))
    assert not subscribe(shop.store_id, shop.beto, wanted, at=at)
    assert pusher().takes("https://fcm.googleapis.com/fcm/send/x")
    assert pusher().takes("https://web.push.apple.com/x")


@pytest.mark.django_db
def test_a_browser_subscribes_at_the_desk_and_takes_it_back(service: PushService) -> None:
    open_shop()
    client, phone = Client(), Phone()
    assert client.login(username="beto@sierra-alta.test", password=PASSWORD)
    assert pusher().public_key() in client.get("/mesa/").content.decode()
    one = browser(phone, service)
    said = {"subscription": {"endpoint": one.endpoint, "keys": {"p256dh": one.p256dh, "auth": one.auth}}}
    for wanted, kept in ((True, 1), (True, 1), (False, 0)):
        answer = client.post("/mesa/avisos/", json.dumps(said | {"wanted": wanted}), content_type="application/json")
        assert answer.status_code == 204
        assert PushSubscription.objects.count() == kept
    assert client.post("/mesa/avisos/", "[]", content_type="application/json").status_code == 422
    for wrong in ("https://fcm.googleapis.com:99999/x", "https://fcm.googleapis.com/\ud800", "https://[", "x" * 9000):
        strange = {"wanted": True, "subscription": said["subscription"] | {"endpoint": wrong}}
        answer = client.post("/mesa/avisos/", json.dumps(strange), content_type="application/json")
        assert answer.status_code == 422, wrong
    assert Client().post("/mesa/avisos/", "{}", content_type="application/json").status_code == 302
    worker = Client().get("/mesa/sw.js")
    assert worker["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in worker


@pytest.mark.django_db
def test_without_a_key_the_desk_offers_no_push() -> None:
    open_shop()
    client = Client()
    assert client.login(username="beto@sierra-alta.test", password=PASSWORD)
    assert 'id="push-on"' not in client.get("/mesa/").content.decode()
    assert client.post("/mesa/avisos/", "{}", content_type="application/json").status_code == 422
