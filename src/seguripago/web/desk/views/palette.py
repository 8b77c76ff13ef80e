"""Ctrl-K: conversations and orders by a text, and everything that can be done now, with the reason where it cannot."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance import queries
from seguripago.web.access import StaffRequest, staff_only

from ..deeds import Rights, deeds, that_fit
from ..screens import ROLES
from .pages import conversation_of

LEAST: Final = 2


@require_safe
@staff_only(*ROLES)
def palette(request: StaffRequest) -> HttpResponse:
    """The options for what is typed; with nothing typed, every deed."""
    said, open_id = request.GET.get("q", "").strip()[:80], request.GET.get("c", "")
    member, at, panel, may = request.member, timezone.now(), None, Rights()
    if open_id.isdecimal() and len(open_id) < 19 and int(open_id):
        view = conversation_of(request, int(open_id))
        panel = queries.desk_panel(view.id, reader_id=member.user_id, at=at)
        mine = view.analyst_id == member.user_id and view.state == "assigned"
        may = Rights(not mine and queries.may_take(member, view, at=at), queries.may_answer(member, view, at=at))
    found = queries.search(member, said, at=at) if len(said) >= LEAST else ()
    context = {
        "said": said,
        "found": found,
        "deeds": that_fit(said, deeds(panel, member, store_by_id(member.store_id), may=may)),
    }
    return render(request, "desk/_palette.html", context)
