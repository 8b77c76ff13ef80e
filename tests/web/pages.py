"""Pages that only the tests have: one that breaks, one that refuses, one that is read by anybody."""

from __future__ import annotations

from typing import NoReturn

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from seguripago.values.refusal import Refusal


class TooLate(Refusal):
    """The moment has passed."""

    code = "SP-998"


def broken(request: HttpRequest) -> NoReturn:
    raise RuntimeError("the page broke")


def refused(request: HttpRequest) -> NoReturn:
    raise TooLate


def fine(request: HttpRequest) -> HttpResponse:
    return render(request, "components/base.html")


urlpatterns = [
    path("rota/", broken),
    path("tarde/", refused),
    path("bien/", fine),
    path("", include("seguripago.config.urls")),
]
handler404 = "seguripago.web.refusals.not_found"
handler500 = "seguripago.web.refusals.broken"
