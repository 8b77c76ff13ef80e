"""The store's mails: what left, what is tried again, what waits for a person."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seguripago.journey.notices.commands import retry_mail
from seguripago.journey.notices.queries import mails
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

LIMIT: Final = 100


@require_GET
@staff_only("owner", "supervisor")
def mail_list(request: StaffRequest) -> HttpResponse:
    """The newest mails of the store with their state."""
    words = {
        "queued": (_("Por salir"), ""),
        "sent": (_("Enviado"), "ok"),
        "failed": (_("Se reintenta"), "warn"),
        "parked": (_("Detenido"), "bad"),
    }
    rows = [(row, *words[row.state]) for row in mails(request.member.store_id, limit=LIMIT)]
    return render(request, "office/mails.html", {"section": "mails", "rows": rows})


@require_POST
@staff_only("owner", "supervisor")
def retry(request: StaffRequest, mail_id: int) -> HttpResponse:
    """Give a parked mail another chance; it leaves within a minute."""
    by = Actor.staff(request.member.user_id, request.member.name)
    retry_mail(request.member.store_id, mail_id, by=by, at=timezone.now())
    return HttpResponseRedirect(reverse("office_mails"))
