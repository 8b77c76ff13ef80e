"""What a refusal, a missing page or a fault looks like."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render

from seguripago.values.refusal import Refusal

log = logging.getLogger(__name__)


class RefusalMiddleware:
    """A refusal that a view did not explain becomes a page with its sentence and code, status 409.

    What carries a NUL, which no person types and no text in the database may hold, is a bad request, no fault of ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError | ValueError) and carries_nul(request):
            return HttpResponseBadRequest(content_type="text/plain")
        if not isinstance(error, Refusal):
            return None
        log.warning("%s %s on %s", error.code, type(error).__name__, request.path)
        return render(request, "components/refused.html", {"code": error.code}, status=409)


def carries_nul(request: HttpRequest) -> bool:
    """Whether somewhere in what was sent there is a NUL."""
    fields = [text for _name, texts in (*request.GET.lists(), *request.POST.lists()) for text in texts]
    names = [file.name or "" for _name, files in request.FILES.lists() for file in files]
    return any("\x00" in text for text in (request.path, *request.COOKIES.values(), *fields, *names))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "components/not_found.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "components/broken.html", status=500)
