"""Correo de pruebas: every mail of the demo, as the buyer would read it."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from seguripago.journey.notices.queries import mail, mail_attachment, mails


@require_GET
@never_cache
def mailbox(request: HttpRequest, mail_id: int | None = None) -> HttpResponse:
    """The list beside the mail that is read; the newest one when none was chosen."""
    _demo_only()
    rows = mails(None, limit=100)
    reading = mail(mail_id) if mail_id is not None else (mail(rows[0].id) if rows else None)
    if mail_id is not None and reading is None:
        raise Http404
    return render(request, "office/mailbox.html", {"rows": rows, "reading": reading})


@require_GET
@never_cache
def attachment(request: HttpRequest, mail_id: int, place: int) -> HttpResponse:
    """A file that went with a mail."""
    _demo_only()
    found = mail_attachment(mail_id, place)
    if found is None:
        raise Http404
    filename, body = found
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
    return response


def _demo_only() -> None:
    if not settings.SEGURIPAGO.demo:
        raise Http404
