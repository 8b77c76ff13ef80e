"""What a refusal, a missing page or a fault looks like."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from seguripago.values.refusal import Refusal

log = logging.getLogger(__name__)


class RefusalMiddleware:
    """A refusal that a view did not explain becomes a page with its sentence and code, status 409."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        log.warning("%s %s on %s", error.code, type(error).__name__, request.path)
        return render(request, "components/refused.html", {"code": error.code}, status=409)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "components/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "components/broken.html", status=500)
