"""A body that no page takes is refused before it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from seguripago.web.sizes import MOST, MOST_OF_STATEMENTS, SizeMiddleware

STATEMENTS = "/medios-de-pago/estados-de-cuenta/"


class Untouchable:
    """A body whose reading fails the test."""

    def read(self, *_size: Any) -> bytes:
        raise AssertionError("a byte of it was read")


def answered(path: str, said: str) -> HttpResponse:
    request = HttpRequest()
    request.path, request.method = path, "POST"
    request.META = {"CONTENT_LENGTH": said, "wsgi.input": Untouchable()}
    return SizeMiddleware(lambda _request: HttpResponse(status=204))(request)


@pytest.mark.parametrize(
    ("path", "said", "status"),
    [
        ("/entrar/", str(MOST), 204),
        ("/entrar/", str(MOST + 1), 413),
        ("/asistente/sierra-alta/c/AAA-AAA/archivo/", str(10**12), 413),
        (STATEMENTS, str(MOST + 1), 204),
        (STATEMENTS, str(MOST_OF_STATEMENTS + 1), 413),
        ("/entrar/", "", 204),
        ("/entrar/", "-5", 204),
        ("/entrar/", "9" * 5000, 413),
    ],
)
def test_what_no_page_takes_is_refused_unread(path: str, said: str, status: int) -> None:
    answer = answered(path, said)
    assert answer.status_code == status
    assert ("demasiado grande" in answer.text) == (status == 413)
