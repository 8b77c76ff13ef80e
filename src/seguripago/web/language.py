"""Spanish unless somebody chose English. The browser's wish is not asked: the store speaks Spanish."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class ChosenLanguageMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wish = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wish if wish in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        with translation.override(language):
            return self.get_response(request)


def chosen(request: HttpRequest) -> dict[str, object]:
    """For every template: the language and whether this is the demo."""
    return {"LANGUAGE_CODE": translation.get_language(), "demo": settings.SEGURIPAGO.demo}
