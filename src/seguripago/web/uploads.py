"""A file that somebody gives us through a form: the same for the order page, a payer's page and a claim."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from seguripago.foundations.limits.commands import take
from seguripago.foundations.limits.rules import Limit
from seguripago.journey.evidence.commands import FileNotScanned
from seguripago.values.refusal import Refusal

MOST_BYTES = 10 * 1_048_576
OF_AN_ORDER: Final = Limit("order.files", 30, 3600)
BUSY_S: Final = 60


class UploadsSpent(Refusal):
    """Too many files were given for one order within an hour. `wait_s`: when there is room again, in seconds."""

    code: ClassVar[str] = "SP-454"

    def __init__(self, wait_s: int) -> None:
        super().__init__(f"again in {wait_s} s")
        self.wait_s = wait_s

    @property
    def says(self) -> str:
        """What whoever chose the file reads."""
        minutes = -(-self.wait_s // 60)
        return ngettext(
            "Recibimos muchos archivos de tu pedido en poco tiempo. Los anteriores no se pierden: "
            "espera %(n)s minuto y vuelve a enviar este.",
            "Recibimos muchos archivos de tu pedido en poco tiempo. Los anteriores no se pierden: "
            "espera %(n)s minutos y vuelve a enviar este.",
            minutes,
        ) % {"n": minutes}


def take_upload(order_id: int) -> None:
    """Count one file that is given for an order by its buyer, before anybody opens it. Raises UploadsSpent."""
    if wait := take(OF_AN_ORDER, order_id, at=timezone.now()):
        raise UploadsSpent(wait)


class Later(str):
    """Why a file is not taken now, in its giver's words; the same file may come again after `wait_s` seconds."""

    wait_s: int

    def __new__(cls, says: str, wait_s: int) -> Later:
        made = super().__new__(cls, says)
        made.wait_s = wait_s
        return made


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
    `why`: what a refusal means here. What is only refused for the moment is a `Later`.
    """
    file = request.FILES.get("file")
    if file is None:
        return nothing
    try:
        keep(file.name or "", file.read(MOST_BYTES + 1))
    except Refusal as refusal:
        says = why(refusal) or _("No pudimos guardar ese archivo. Prueba con otro.")
        wait_s = BUSY_S if isinstance(refusal, FileNotScanned) else getattr(refusal, "wait_s", 0)
        return Later(says, wait_s) if wait_s else says
    return ""


def told(request: HttpRequest, error: str, *, page: Callable[[], HttpResponse]) -> HttpResponse:
    """Answer a script by JSON (`message` says why not), and a plain form by `page`.

    A `Later` is 429 with the seconds to wait, so that the script offers the same file again.
    """
    if request.headers.get("Accept", "").startswith("application/json"):
        response: HttpResponse = JsonResponse({"message": error}, status=422 if error else 200)
    else:
        response = page()
    if isinstance(error, Later):
        response.status_code = 429
        response["Retry-After"] = str(error.wait_s)
    return response
