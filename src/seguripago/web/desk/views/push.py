"""Web push at the desk: a browser subscribes, or takes it back; and the worker that draws what arrives."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from seguripago.journey.notices import commands
from seguripago.ports.pushers import Browser, pusher
from seguripago.web.access import StaffRequest, staff_only

from ..screens import ROLES

WORKER: Final = Path(__file__).parent.parent / "static" / "desk" / "push-worker.js"
LARGEST: Final = 4096


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from an address whose folder is all that it may serve: the desk."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


@cache
def _worker() -> bytes:
    return WORKER.read_bytes()


@require_POST
@staff_only(*ROLES)
def subscription(request: StaffRequest) -> HttpResponse:
    """Keep or forget this browser; 422 for what no push service gave."""
    browser, wanted = _browser(request)
    member = request.member
    if browser is None or not pusher().public_key():
        return HttpResponse(status=422)
    if not wanted:
        commands.unsubscribe(member.user_id, browser.endpoint)
        return HttpResponse(status=204)
    kept = commands.subscribe(member.store_id, member.user_id, browser, at=timezone.now())
    return HttpResponse(status=204 if kept else 422)


def _browser(request: StaffRequest) -> tuple[Browser | None, bool]:
    try:
        said: Any = json.loads(request.body[:LARGEST])
        keys, endpoint = said["subscription"]["keys"], said["subscription"]["endpoint"]
        found = Browser(endpoint=str(endpoint), p256dh=str(keys["p256dh"]), auth=str(keys["auth"]))
        # What a push service gives is plain letters; half a letter could not even be hashed.
        is_plain = f"{found.endpoint}{found.p256dh}{found.auth}".isascii()
        return found if is_plain else None, said["wanted"] is True
    except (ValueError, KeyError, TypeError):
        return None, False
