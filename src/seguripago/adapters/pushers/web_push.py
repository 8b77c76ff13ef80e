"""Web push: encrypted for one browser (RFC 8291), signed with our key (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import os
from datetime import datetime, timedelta
from functools import cache
from typing import Final
from urllib.parse import urlsplit

import http_ece
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from seguripago.ports.pushers import NotPushed, Push

TIMEOUT_S: Final = 10
SIGNED_FOR: Final = timedelta(hours=12)
"""RFC 8292 allows a day, by the clock of the push service."""
# The address comes from a browser: nobody shall make this house call whomever he likes.
SERVICES: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)


class WebPush:
    """Sends to the push services of browsers; 404 and 410 say that a browser is gone."""

    slug = "web_push"
    title = "Web push"

    def public_key(self) -> str:
        """The uncompressed point of our key, as `applicationServerKey` wants it."""
        key = settings.SEGURIPAGO.push_key
        if not key:
            return ""
        point = _signer(key).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return _text(point)

    def takes(self, endpoint: str) -> bool:
        """Known services over TLS, and hosts that the settings name."""
        try:
            parts = urlsplit(endpoint)
            host, port, named = parts.hostname or "", parts.port, parts.netloc in settings.SEGURIPAGO.push_hosts
        except ValueError:
            return False
        if named:
            return parts.scheme in ("http", "https")
        known = any(host == service or (service[0] == "." and host.endswith(service)) for service in SERVICES)
        return parts.scheme == "https" and known and port in (None, 443)

    def push(self, push: Push) -> None:
        """Encrypt, sign, send once."""
        if not self.takes(push.browser.endpoint):
            raise NotPushed("address not taken", is_gone=True)
        try:
            body = _encrypted(push)
        except (ValueError, http_ece.ECEException) as error:
            raise NotPushed(f"keys of the browser: {type(error).__name__}", is_gone=True) from error
        headers = {
            "Authorization": _authorization(push.browser.endpoint, push.at),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(push.lasts_s),
            "Topic": push.topic,
            "Urgency": "high",
        }
        try:
            answer = httpx.post(push.browser.endpoint, content=body, headers=headers, timeout=TIMEOUT_S)
        except httpx.InvalidURL as error:
            raise NotPushed("address not possible", is_gone=True) from error
        except httpx.HTTPError as error:
            raise NotPushed(type(error).__name__) from error
        if answer.status_code in (404, 410):
            raise NotPushed(str(answer.status_code), is_gone=True)
        if not 200 <= answer.status_code < 300:
            lasting = 400 <= answer.status_code < 500 and answer.status_code not in (408, 429)
            raise NotPushed(
                f"{answer.status_code} from {urlsplit(push.browser.endpoint).hostname}", is_permanent=lasting
            )


def _encrypted(push: Push) -> bytes:
    # A key pair and a salt for this one message: that is what RFC 8291 asks for.
    mine = ec.generate_private_key(ec.SECP256R1())
    sealed: bytes = http_ece.encrypt(
        push.body,
        salt=os.urandom(16),
        private_key=mine,
        dh=_bytes(push.browser.p256dh),
        auth_secret=_bytes(push.browser.auth),
        version="aes128gcm",
    )
    return sealed


def _authorization(endpoint: str, at: datetime) -> str:
    parts, base = urlsplit(endpoint), settings.SEGURIPAGO.base_url
    about = base if base.startswith("https://") else "mailto:avisos@seguripago.example"
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "sub": about, "exp": int((at + SIGNED_FOR).timestamp())}
    signed: dict[str, str] = _signer(settings.SEGURIPAGO.push_key).sign(claims)
    return signed["Authorization"]


@cache
def _signer(key: str) -> Vapid02:
    return Vapid02.from_raw(key.encode())


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(body: bytes) -> str:
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


ADAPTER = WebPush()
