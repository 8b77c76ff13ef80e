"""What this browser remembers, signed and unreadable by scripts: its choice about cookies and its conversations."""

from __future__ import annotations

import re
import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

CHOICE: Final = "sp_cookies"
TALKS: Final = "sp_conversation"
_SALT: Final = "seguripago.assistant"
_PATH: Final = "/asistente/"
_CHOICE_DAYS: Final = 180
_TALK_DAYS: Final = 30
_MOST_TALKS: Final = 10
_FORM_S: Final = 24 * 3600
_TALK: Final = re.compile(r"([A-Z0-9]{3}-[A-Z0-9]{3})~([A-Za-z0-9_-]{32,64})")


def choice(request: HttpRequest, version: str) -> str:
    """Answer `necessary` or `all` when this version of the policy was answered, else an empty text."""
    kept = (request.get_signed_cookie(CHOICE, default="", salt=_SALT) or "").split(".")
    return kept[2] if len(kept) == 3 and kept[1] == version else ""


def keep_choice(response: HttpResponse, *, visitor: str, version: str, chosen: str) -> None:
    _keep(response, CHOICE, f"{visitor}.{version}.{chosen}", days=_CHOICE_DAYS)


def new_visitor() -> str:
    return secrets.token_urlsafe(16)


def talks(request: HttpRequest) -> dict[str, str]:
    """Answer this browser's conversations, newest first: {code: token}."""
    kept = request.get_signed_cookie(TALKS, default="", salt=_SALT) or ""
    return {found[1]: found[2] for part in kept.split("|") if (found := _TALK.fullmatch(part))}


def keep_talk(request: HttpRequest, response: HttpResponse, code: str, token: str) -> None:
    kept = {code: token} | {other: its for other, its in talks(request).items() if other != code}
    _keep(response, TALKS, "|".join(f"{name}~{its}" for name, its in list(kept.items())[:_MOST_TALKS]), days=_TALK_DAYS)


def new_form_key() -> str:
    """Draw the secret of the conversation that a form will open: the form sent twice opens one conversation."""
    return signing.TimestampSigner(salt=_SALT).sign(secrets.token_urlsafe(32))


def token_of_form(key: str) -> str:
    """Answer the secret in a form's key, empty when the key is not ours or older than a day."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(key, max_age=_FORM_S)
    except signing.BadSignature:
        return ""


def _keep(response: HttpResponse, name: str, value: str, *, days: int) -> None:
    response.set_signed_cookie(
        name,
        value,
        salt=_SALT,
        max_age=days * 86_400,
        path=_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
