"""Read the desk: the page, its live regions, the search, a comprobante."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from seguripago.foundations.staffing.commands import beat
from seguripago.foundations.staffing.queries import seats, teams
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance import queries
from seguripago.journey.assistance.queries import ConversationView
from seguripago.journey.evidence import queries as evidence
from seguripago.ports.pushers import pusher
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.charging import ChargeForm
from seguripago.web.handing import hand_over

from ..beside import beside_context
from ..canned import canned_for
from ..keys import keys_for
from ..noticing import notices_context
from ..screens import ROLES, SHOWN, conversation_context, panel_context, queue_context, start_of_day


@require_safe
@staff_only(*ROLES)
def desk(request: StaffRequest, conversation_id: int = 0) -> HttpResponse:
    """The three panes. Whoever opens the page is at the desk."""
    at, member = timezone.now(), request.member
    # A script that loads the page again is no hand on the desk; a person who opens it is.
    idle_s = 0.0 if request.headers.get("Sec-Fetch-User") == "?1" else None
    is_script = request.headers.get("X-Requested-With") == "fetch"
    seat = beat(member.user_id, member.store_id, idle_s=idle_s, starts_automatic=member.role == "analyst", at=at)
    store = store_by_id(member.store_id)
    context = {
        "member": member,
        "keys": keys_for(member),
        "push_key": pusher().public_key(),
        "store": store,
        "seat": seat,
        "figures": queries.figures(member.store_id, at=at, today=start_of_day(at)),
        "live_topics": "desk",
        "teammates": (),
        "notice": "" if is_script else request.session.pop("desk_notice", ""),
    }
    if conversation_id:
        panel = queries.desk_panel(conversation_id, reader_id=member.user_id, at=at)
        if panel is None or not queries.may_read(member, panel.conversation, at=at):
            raise Http404
        view = panel.conversation
        context |= panel_context(panel, store, member, at=at) | beside_context(panel, member, at=at)
        if typed := request.session.pop("desk_charge", None):
            context["charge_form"] = ChargeForm(typed)
        context |= conversation_context(view, panel, member, store, at=at)
        context["teammates"] = [mate for mate in seats(member.store_id, at) if mate.user_id != member.user_id]
        context["teams"] = teams(member.store_id, only_active=True)
        context["live_topics"] = f"desk desk-conversation:{view.id}@{view.seq}"
        context["panel_mark"] = _mark(request, "desk/_panel.html", context)
    context |= queue_context(member, conversation_id, at=at) | notices_context(member, at=at)
    return render(request, "desk/desk.html", context)


@require_safe
@staff_only(*ROLES)
def queue(request: StaffRequest) -> HttpResponse:
    """The queue again; 204 while nothing changed but the clocks."""
    open_id = request.GET.get("abierta", "")
    context = queue_context(request.member, _number(open_id), at=timezone.now())
    if request.GET.get("v") == context["queue_mark"]:
        return HttpResponse(status=204)
    return render(request, "desk/_queue.html", context)


@require_safe
@staff_only(*ROLES)
def panel(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """The order panel again; 204 while nothing changed."""
    return draw_panel(request, conversation_id, only_changes=True)


def draw_panel(
    request: StaffRequest, conversation_id: int, *, error: str = "", only_changes: bool = False
) -> HttpResponse:
    """Draw the order panel of a conversation of this store, with a refusal's sentence if there is one."""
    at = timezone.now()
    found = queries.desk_panel(conversation_id, reader_id=request.member.user_id, at=at)
    if found is None or not queries.may_read(request.member, found.conversation, at=at):
        raise Http404
    store = store_by_id(request.member.store_id)
    context = panel_context(found, store, request.member, at=at) | beside_context(found, request.member, at=at)
    context["panel_mark"] = _mark(request, "desk/_panel.html", context)
    if only_changes and request.GET.get("v") == context["panel_mark"]:
        return HttpResponse(status=204)
    return render(request, "desk/_panel.html", context | {"error": error})


@require_safe
@staff_only(*ROLES)
def canned(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """The saved replies again, filled with what the conversation knows by now."""
    conversation_of(request, conversation_id)
    found, store = queries.desk_panel(conversation_id), store_by_id(request.member.store_id)
    if found is None:
        raise Http404
    return render(request, "desk/_canned.html", {"canned": canned_for(found, request.member, store)})


@require_safe
@staff_only(*ROLES)
def messages(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Entries after a number, drawn: what a page asks for when it has no stream, or for what came before."""
    view = conversation_of(request, conversation_id)
    after = request.GET.get("despues", "")
    return JsonResponse({"entries": drawn_after(view.id, _number(after))})


def drawn_after(conversation_id: int, after: int) -> list[dict[str, object]]:
    """Entries after a number as HTML for the desk."""
    found = queries.entries(conversation_id, after, audience="desk", limit=SHOWN)
    return [{"seq": entry.seq, "html": render_to_string("desk/entry.html", {"entry": entry})} for entry in found]


@require_safe
@staff_only(*ROLES)
def search(request: StaffRequest) -> HttpResponse:
    """Conversations of this store that a text finds."""
    said = request.GET.get("q", "")[:80]
    found = queries.search(request.member, said, at=timezone.now())
    return render(request, "desk/_found.html", {"found": found, "said": said.strip()})


@require_safe
@staff_only(*ROLES)
def evidence_file(request: StaffRequest, conversation_id: int, evidence_id: int) -> HttpResponse:
    """The clean copy of a comprobante of this conversation's order."""
    view = conversation_of(request, conversation_id)
    found = evidence.evidence_file(evidence_id)
    if found is None or view.order_id is None or found.order_id != view.order_id:
        raise Http404
    return hand_over("comprobante", found.id, found.sha256, at=timezone.now())


def conversation_of(request: StaffRequest, conversation_id: int) -> ConversationView:
    """A conversation that this person may read; anything else is not found."""
    view = queries.conversation_of_store(request.member.store_id, conversation_id)
    if view is None or not queries.may_read(request.member, view, at=timezone.now()):
        raise Http404
    return view


def _number(text: str) -> int:
    """A number of the address, 0 for what is none that a row could have."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0


def _mark(request: HttpRequest, template: str, context: dict[str, object]) -> str:
    """A short hash of what a region says. Seconds and the region's own mark are no part of it."""
    quiet = context | {"is_quiet": True, "panel_mark": "", "error": "", "csrf_token": "-"}
    drawn = render_to_string(template, quiet)
    return hashlib.sha256(drawn.encode()).hexdigest()[:12]
