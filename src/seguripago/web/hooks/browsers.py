"""What browsers say that they refused on our pages: counted by kind, never believed, never kept whole."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from seguripago.foundations.limits.rules import Limit
from seguripago.foundations.page_guard.commands import keep_report
from seguripago.foundations.page_guard.rules import page_of
from seguripago.web.limits import too_often

REPORTS: Final = Limit("browser.reports", 30, 600)
_MOST: Final = 16 * 1024
_FROM_OUTSIDE: Final = ("http", "https", "wss", "ws")


@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Count a violation of the content security policy (CSP level 3, `report-uri` and the Reporting API alike)."""
    try:
        body = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    if len(body) > _MOST:
        return HttpResponse(status=413)
    if too_often(REPORTS, request):
        return HttpResponse(status=429)
    for told in _violations(body):
        page = page_of(_parts(_word(told, "document-uri", "documentURL")).path)
        directive = _word(told, "effective-directive", "effectiveDirective", "violated-directive").split(" ")[0]
        blocked = _kind(_word(told, "blocked-uri", "blockedURL"))
        if directive:
            keep_report(page=page, directive=directive, blocked=blocked, at=timezone.now())
    return HttpResponse(status=204)


def _violations(body: bytes) -> list[dict[str, Any]]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return []
    if isinstance(said, dict):
        found = [said.get("csp-report")]
    else:
        found = [each.get("body") for each in said[:10] if isinstance(each, dict)] if isinstance(said, list) else []
    return [each for each in found if isinstance(each, dict)]


def _word(told: dict[str, Any], *names: str) -> str:
    """The first of these that is a text, without what a database cannot keep."""
    words = (told.get(name) for name in names)
    found = next((word for word in words if isinstance(word, str)), "").replace("\0", "")[:2000]
    return found.encode("utf-8", "replace").decode()  # Half of a pair of surrogates is no text.


def _parts(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "?", "", "")


def _kind(blocked: str) -> str:
    """`inline`, `eval`, a scheme, or the origin of what was refused: addresses may carry secrets."""
    parts = _parts(blocked)
    if parts.path == "?":
        return "?"
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}" if parts.scheme in _FROM_OUTSIDE else blocked[:20]
