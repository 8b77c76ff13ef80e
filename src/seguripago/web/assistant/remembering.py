"""What this browser remembers, signed and unreadable by the page around: its choice about cookies, its conversations.

It is kept in two cookies. A browser that stores nothing sends the same, signed, in a header instead: the frame's script
holds it in memory until the page is left. A page of another site can send neither.
"""

from __future__ import annotations

import ipaddress
import re
import secrets
from http.cookies import Morsel
from typing import Any, Final

from django.core import signing
from django.http import HttpRequest, HttpResponse

CHOICE: Final = "sp_cookies"
TALKS: Final = "sp_conversation"
HEADER: Final = "Connectme-Memory"
NOTHING: Final = "-"
_SALT: Final = "seguripago.assistant"
_PATH: Final = "/asistente/"
_CHOICE_DAYS: Final = 180
_TALK_DAYS: Final = 30
_DAY_S: Final = 86_400
_HELD_S: Final = 7 * _DAY_S
_MOST_TALKS: Final = 10
_FORM_S: Final = 24 * 3600
_TALK: Final = re.compile(r"([A-Z0-9]{3}-[A-Z0-9]{3})~([A-Za-z0-9_-]{32,64})")


def choice(request: HttpRequest, version: str) -> str:
    """Answer `necessary` or `all` when this version of the policy was answered, else an empty text."""
    for kept in (_cookie(request, CHOICE, _CHOICE_DAYS), _held(request).get(CHOICE, "")):
        parts = kept.split(".")
        if len(parts) == 3 and parts[1] == version:
            return parts[2]
    return ""


def keep_choice(request: HttpRequest, response: HttpResponse, *, visitor: str, version: str, chosen: str) -> None:
    _keep(request, response, CHOICE, f"{visitor}.{version}.{chosen}", days=_CHOICE_DAYS)


def new_visitor() -> str:
    return secrets.token_urlsafe(16)


def talks(request: HttpRequest) -> dict[str, str]:
    """Answer this browser's conversations, newest first: {code: token}."""
    return _read(_held(request).get(TALKS, "")) | _read(_cookie(request, TALKS, _TALK_DAYS))


def keep_talk(request: HttpRequest, response: HttpResponse, code: str, token: str) -> None:
    """Remember a conversation, or for how long from now on: thirty days after the last look at it."""
    kept = {code: token} | {other: its for other, its in talks(request).items() if other != code}
    _keep(request, response, TALKS, _write(kept), days=_TALK_DAYS)


def hold(request: HttpRequest, response: HttpResponse) -> None:
    """Tell the frame's script what to hold from now on: nothing, when this browser's cookies hold it all."""
    if HEADER not in request.headers or HEADER in response.headers:
        return
    _hold(request, response, _held(request))


def new_form_key() -> str:
    """Draw the secret of the conversation that a form will open: the form sent twice opens one conversation."""
    return signing.TimestampSigner(salt=_SALT).sign(secrets.token_urlsafe(32))


def token_of_form(key: str) -> str:
    """Answer the secret in a form's key, empty when the key is not ours or older than a day."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(key, max_age=_FORM_S)
    except signing.BadSignature:
        return ""


def _read(kept: str) -> dict[str, str]:
    return {found[1]: found[2] for part in kept.split("|") if (found := _TALK.fullmatch(part))}


def _write(kept: dict[str, str]) -> str:
    return "|".join(f"{code}~{token}" for code, token in list(kept.items())[:_MOST_TALKS])


def _cookie(request: HttpRequest, name: str, days: int) -> str:
    return request.get_signed_cookie(name, default="", salt=_SALT, max_age=days * _DAY_S) or ""


def _held(request: HttpRequest) -> dict[str, str]:
    """What the frame's script held for us."""
    said = request.headers.get(HEADER, "")
    if said in ("", NOTHING):
        return {}
    try:
        held: dict[str, str] = signing.loads(said, salt=_SALT, max_age=_HELD_S)
    except signing.BadSignature:
        return {}
    return held


def _hold(request: HttpRequest, response: HttpResponse, held: dict[str, str]) -> None:
    chosen, talked = held.get(CHOICE, ""), _read(held.get(TALKS, ""))
    is_kept = chosen in ("", _cookie(request, CHOICE, _CHOICE_DAYS))
    is_kept = is_kept and talked.items() <= _read(_cookie(request, TALKS, _TALK_DAYS)).items()
    response[HEADER] = NOTHING if is_kept else signing.dumps(held, salt=_SALT, compress=True)


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str, *, days: int) -> None:
    is_secure = _takes_secure_cookies(request)
    response.set_signed_cookie(
        name,
        value,
        salt=_SALT,
        max_age=days * _DAY_S,
        path=_PATH,
        httponly=True,
        samesite="None" if is_secure else "Lax",
        secure=is_secure,
    )
    if is_secure:
        response.cookies[name] = _Partitioned.of(response.cookies[name])
    if HEADER in request.headers:
        _hold(request, response, _held(request) | {name: value})


def _takes_secure_cookies(request: HttpRequest) -> bool:
    """Whether this browser takes a Secure cookie from us: over TLS, and from its own machine if it trusts that.

    Only to a site that it trusts does a browser say where a request comes from (W3C Fetch Metadata, section 2), and
    whoever trusts http://localhost also takes its Secure cookies. Elsewhere nothing can be kept in a frame of another
    site; the header serves there.
    """
    if request.is_secure():
        return True
    return "Sec-Fetch-Site" in request.headers and _is_this_machine(request.get_host())


def _is_this_machine(host: str) -> bool:
    name = host.rsplit(":", 1)[0].strip("[]")
    try:
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class _Partitioned(Morsel[str]):
    """A cookie of which each embedding site has its own: browsers that refuse third parties let it pass.

    Python writes the attribute itself from 3.14 on.
    """

    @classmethod
    def of(cls, cookie: Morsel[str]) -> _Partitioned:
        made = cls()
        made.set(cookie.key, cookie.value, cookie.coded_value)
        made.update(cookie)
        return made

    def OutputString(self, attrs: Any = None) -> str:  # noqa: N802 - the name is the standard library's
        return f"{super().OutputString(attrs)}; Partitioned"
