"""«Asistente en tu sitio»: the line to copy, the sites that may embed it, and whether it is there at all."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.stores.origins import MOST_SITES
from seguripago.foundations.stores.queries import sites, store_by_id
from seguripago.foundations.stores.refusals import SiteNotPossible
from seguripago.foundations.stores.site_commands import add_site, remove_site, switch_assistant
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only


@require_GET
@staff_only("owner", "supervisor")
def embedding(request: StaffRequest) -> HttpResponse:
    return _page(request)


@require_POST
@staff_only("owner")
def add(request: StaffRequest) -> HttpResponse:
    """Let one more site embed the assistant; what was typed stays when it cannot."""
    typed = request.POST.get("site", "").strip()[:200]
    try:
        add_site(request.member.store_id, typed, by=_actor(request), at=timezone.now())
    except SiteNotPossible:
        return _page(request, typed=typed, status=422)
    return _back()


@require_POST
@staff_only("owner")
def remove(request: StaffRequest) -> HttpResponse:
    remove_site(request.member.store_id, request.POST.get("site", ""), by=_actor(request), at=timezone.now())
    return _back()


@require_POST
@staff_only("owner")
def switch(request: StaffRequest) -> HttpResponse:
    is_on = request.POST.get("on") == "1"
    switch_assistant(request.member.store_id, is_on=is_on, by=_actor(request), at=timezone.now())
    return _back()


def _page(request: StaffRequest, *, typed: str = "", status: int = 200) -> HttpResponse:
    store, here = store_by_id(request.member.store_id), settings.SEGURIPAGO
    origin = here.assistant_origin or here.base_url
    named = sites(store.id)
    context = {
        "section": "embedding",
        "store": store,
        "sites": named,
        "is_full": len(named) >= MOST_SITES,
        "most": MOST_SITES,
        "snippet": f'<script src="{origin}/asistente.js" data-store="{store.slug}" async></script>',
        "frame_origin": origin,
        "may_change": request.member.role == "owner",
        "typed": typed,
        "is_refused": status == 422,
        "is_kept": request.GET.get("guardado") == "1",
    }
    return render(request, "office/embedding.html", context, status=status)


def _actor(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("office_embedding") + "?guardado=1")
