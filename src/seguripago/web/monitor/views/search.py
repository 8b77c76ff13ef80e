"""Search by anything, with filters that stay in the address; the same list as a file, and searches by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from seguripago.journey.bank import sayings
from seguripago.journey.bank.queries import announcements_by_id
from seguripago.journey.reconciliation.commands import forget_search, keep_search
from seguripago.journey.reconciliation.queries import FoundPage, Place, find_deposits, saved_searches
from seguripago.ports.spreadsheets import Cell, Sheet
from seguripago.values.actor import Actor
from seguripago.values.clabe import institutions
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.components.exporting import export, formats
from seguripago.web.monitor import places, searching, words
from seguripago.web.monitor.live_links import live_links

ROLES = ("payments", "supervisor")
PAGE: Final = 50
EXPORT_PAGE: Final = 500
MOST_EXPORTED: Final = 100_000


@require_GET
@staff_only(*ROLES)
def search(request: StaffRequest) -> HttpResponse:
    """A page of what was found, newest first."""
    at = timezone.now()
    form = searching.read(request.GET, at=at)
    place = places.read(request.GET.get("antes", ""))
    store_id = request.member.store_id
    found = find_deposits(store_id, form.wanted, before=Place(*place) if place else None, limit=PAGE)
    live = live_links(request.member, {each.order_id: each.order_number for each in found.orders}, at=at)
    context = {
        "form": form,
        "found": found,
        "orders": [(each, live.get(each.order_id)) for each in found.orders],
        "read_as": _read_as(found),
        "following": _following(form, found),
        "is_first": place is None,
        "states": words.DEPOSIT_STATES.items(),
        "kinds": words.CASE_KINDS.items(),
        "banks": sorted(institutions(), key=lambda each: each[1]),
        "formats": formats(),
        "saved": saved_searches(store_id),
        "section": "monitor",
    }
    return render(request, "monitor/search.html", context)


@require_GET
@staff_only(*ROLES)
def search_file(request: StaffRequest) -> HttpResponseBase:
    """The whole of what was found as a file, read a page at a time while it goes out."""
    form = searching.read(request.GET, at=timezone.now())
    columns = (_("Hora"), _("Banco"), _("Clave de rastreo"), _("Monto"), _("Pedido"), _("Estado"))
    rows = _rows(request.member.store_id, form)
    return export([Sheet(_("Depósitos"), columns, rows)], to=request.GET.get("formato", ""), filename="busqueda")


@require_POST
@staff_only(*ROLES)
def keep(request: StaffRequest) -> HttpResponse:
    """Keep the search under a name, or forget one."""
    by = Actor.staff(request.member.user_id, request.member.name)
    store_id, at = request.member.store_id, timezone.now()
    forget = request.POST.get("olvidar", "")
    if forget.isdecimal() and len(forget) < 19:
        forget_search(store_id, int(forget), by=by, at=at)
        return HttpResponseRedirect(reverse("monitor_search"))
    query = searching.read(request.POST, at=at).query
    try:
        keep_search(store_id, request.POST.get("name", ""), query, by=by, at=at)
    except Refusal as refusal:
        return render(
            request, "monitor/said.html", {"trouble": words.why_not(refusal), "section": "monitor"}, status=409
        )
    return HttpResponseRedirect(f"{reverse('monitor_search')}?{query}")


@require_GET
@staff_only(*ROLES)
def announced(request: StaffRequest, announcement_id: int) -> HttpResponse:
    """A movement of which only an unsigned notice speaks: nothing is booked until somebody believed says the same."""
    store_id = request.member.store_id
    told = next((each for each in announcements_by_id([announcement_id]) if each.store_id == store_id), None)
    if told is None:
        raise Http404
    context = {"told": told, "notice": sayings.notice(store_id, told.notice_id), "section": "monitor"}
    return render(request, "monitor/announced.html", context)


def _following(form: searching.SearchForm, found: FoundPage) -> str:
    if found.next is None:
        return ""
    return f"{form.query}&{urlencode({'antes': places.write(found.next.at, found.next.id)})}".lstrip("&")


def _read_as(found: FoundPage) -> list[str]:
    """How the text was understood, so that nobody wonders why something was found."""
    read = found.meanings
    said = [_("pedido %(number)s") % {"number": each.order_number} for each in found.orders]
    if read.amount is not None:
        said.append(_("monto %(amount)s") % {"amount": read.amount})
    if read.clabe_end:
        said.append(_("CLABE que termina en %(digits)s") % {"digits": read.clabe_end})
    if read.key_start:
        said.append(_("clave de rastreo que empieza con %(key)s") % {"key": read.key_start})
    if read.words:
        said.append(_("nombre o concepto con «%(words)s»") % {"words": " ".join(read.words)})
    return said


def _rows(store_id: int, form: searching.SearchForm) -> Iterator[tuple[Cell, ...]]:
    place: Place | None = None
    for _page in range(MOST_EXPORTED // EXPORT_PAGE):
        found = find_deposits(store_id, form.wanted, before=place, limit=EXPORT_PAGE)
        for row in found.rows:
            yield row.at, row.bank_name, row.tracking_key, row.amount, row.order_number, _(row.state_label)
        place = found.next
        if place is None:
            return
