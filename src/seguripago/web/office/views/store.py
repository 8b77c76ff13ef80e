"""The store itself: its data, its bank accounts, its clocks, its team."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from seguripago.foundations.people.queries import members
from seguripago.foundations.stores.commands import change_clocks
from seguripago.foundations.stores.queries import prefixes, store_by_id
from seguripago.web.access import StaffRequest, staff_only

from ..forms import ClocksForm

CLOCKS: Final = ("transfer_hours", "watch_days", "ship_days", "deliver_days", "inspection_days")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("owner", "supervisor")
def store_page(request: StaffRequest) -> HttpResponse:
    """The store's data and accounts to read; its clocks to change, by the owner only."""
    store = store_by_id(request.member.store_id)
    may_change = request.member.role == "owner"
    is_sent = request.method == "POST" and may_change
    form = ClocksForm(request.POST if is_sent else None, initial={name: getattr(store, name) for name in CLOCKS})
    if is_sent and form.is_valid():
        change_clocks(store.id, **{name: form.cleaned_data[name] for name in CLOCKS})
        return HttpResponseRedirect(reverse("office_store") + "?guardado=1")
    context = {
        "section": "store",
        "store": store,
        "accounts": prefixes(store.id),
        "form": form,
        "may_change": may_change,
        "is_kept": request.GET.get("guardado") == "1" and not form.errors,
    }
    return render(request, "office/store.html", context, status=422 if form.errors else 200)


@require_GET
@staff_only("owner", "supervisor")
def team_page(request: StaffRequest) -> HttpResponse:
    """Who works in the store, and as what."""
    words = {
        "analyst": _("Analista"),
        "payments": _("Medios de pago"),
        "supervisor": _("Supervisor"),
        "owner": _("Dueño de la tienda"),
    }
    team = [(person, words.get(person.role, person.role)) for person in members(request.member.store_id)]
    return render(request, "office/team.html", {"section": "team", "team": team})
