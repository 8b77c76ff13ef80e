"""The page that can take a card, as its owner watches it: what may run there, the looks, what browsers refused."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from seguripago.foundations.page_guard.queries import inventory, looks, reports
from seguripago.foundations.page_guard.rules import Finding
from seguripago.foundations.stores.queries import store_by_id
from seguripago.web.access import StaffRequest, staff_only

JOB = "pay_page.look_at"
WORDS = {
    "inline_script": gettext_lazy("Hay un programa escrito dentro de la página"),
    "event_handler": gettext_lazy("Una etiqueta lleva código propio"),
    "unknown_script": gettext_lazy("Corre un programa que nadie inventarió"),
    "changed_script": gettext_lazy("Un programa no es el que se inventarió"),
    "wrong_integrity": gettext_lazy("La página no nombra la huella de un programa"),
    "no_nonce": gettext_lazy("Un programa no lleva la clave de un solo uso"),
    "script_away": gettext_lazy("Un programa no llegó"),
    "foreign_frame": gettext_lazy("La página abre un marco de otro sitio"),
    "foreign_form": gettext_lazy("Un formulario se envía a otro sitio"),
    "policy_changed": gettext_lazy("La política de seguridad dice otra cosa"),
    "header_missing": gettext_lazy("Falta una cabecera"),
    "header_changed": gettext_lazy("Una cabecera dice otra cosa"),
    "page_away": gettext_lazy("La página no contestó"),
    "no_form": gettext_lazy("La página no pide ninguna tarjeta"),
}


@require_safe
@staff_only("owner", "supervisor")
def pay_page(request: StaffRequest) -> HttpResponse:
    """Show the inventory, the newest looks and the browsers' reports."""
    past = looks(request.member.store_id)
    context = {
        "section": "cards",
        "scripts": inventory().scripts,
        "look": past[0] if past else None,
        "looks": [(each, [(_words(one), one.what) for one in each.findings]) for each in past],
        "reports": reports(at=timezone.now()),
        "is_asked": request.GET.get("pedido") == "1",
    }
    return render(request, "office/pay_page.html", context)


@require_POST
@staff_only("owner", "supervisor")
def look_now(request: StaffRequest) -> HttpResponse:
    """Ask for a look; a job does it, because the page that it asks for is served by this very program."""
    try:
        with transaction.atomic():
            app.configure_task(JOB, queue="cards", queueing_lock=JOB).defer(
                store_slug=store_by_id(request.member.store_id).slug
            )
    except AlreadyEnqueued:
        pass
    return HttpResponseRedirect(reverse("office_pay_page") + "?pedido=1")


def _words(finding: Finding) -> str:
    return str(WORDS.get(finding.code, finding.code))
