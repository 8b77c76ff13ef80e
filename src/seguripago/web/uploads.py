"""A file that somebody gives us through a form: the same for the order page, a payer's page and a claim."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from seguripago.values.refusal import Refusal

MOST_BYTES = 10 * 1_048_576


def own_words(refusal: Refusal) -> str:
    """What a refusal says by itself, if it does."""
    return str(getattr(refusal, "says", ""))


def taken(
    request: HttpRequest,
    keep: Callable[[str, bytes], object],
    *,
    nothing: str,
    why: Callable[[Refusal], str] = own_words,
) -> str:
    """Give the form's file to `keep(name, body)`; answer what was wrong in the giver's words, empty when it is kept.

    Of a file that is too long one byte more than allowed is read: whoever keeps it says no. `nothing`: no file came.
    `why`: what a refusal means here.
    """
    file = request.FILES.get("file")
    if file is None:
        return nothing
    try:
        keep(file.name or "", file.read(MOST_BYTES + 1))
    except Refusal as refusal:
        return why(refusal) or _("No pudimos guardar ese archivo. Prueba con otro.")
    return ""


def told(request: HttpRequest, error: str, *, page: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer a script by JSON (`message` says why not), and a plain form by `page`."""
    if not request.headers.get("Accept", "").startswith("application/json"):
        return page()
    return JsonResponse({"message": error}, status=422 if error else 200)
