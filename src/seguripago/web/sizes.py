"""How much may be sent: refused by what the request says of itself, before a byte of it is read or kept on a disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

MB: Final = 1_048_576
MOST: Final = 32 * MB
"""Well above what a page takes, so that who sends a photo that is a little too large reads why."""
MOST_OF_STATEMENTS: Final = 194 * MB
STATEMENTS: Final = "/medios-de-pago/estados-de-cuenta/"
WORDS: Final = "Lo que enviaste es demasiado grande y no se guardó. Regresa y elige un archivo más pequeño."
"""In Spanish for everybody: who asks and in which language is not looked at before the size is."""


class SizeMiddleware:
    """413 for a body that no page takes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most = MOST_OF_STATEMENTS if request.path.startswith(STATEMENTS) else MOST
        if size_of(request) > most:
            return HttpResponse(WORDS, status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def size_of(request: HttpRequest) -> int:
    """What the request says it brings. Who does not say brings nothing: no page reads further than that."""
    said = str(request.META.get("CONTENT_LENGTH") or "0")
    if not said.isdecimal():
        return 0
    return int(said[:19])
