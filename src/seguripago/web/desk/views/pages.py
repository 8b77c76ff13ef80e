"""Read the desk: the page, its live regions, the search, a comprobante."""

from __future__ import annotations

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.assistance import commands, queries
from seguripago.journey.assistance.queries import ConversationView
from seguripago.journey.evidence import queries as evidence
from seguripago.web.access import StaffRequest, staff_only

from ..screens import ROLES, SHOWN, conversation_context, panel_context, presence_of, queue_context, start_of_day


@require_safe
@staff_only(*ROLES)
def desk(request: StaffRequest, conversation_id: int = 0) -> HttpResponse:
    """The three panes. Whoever opens the page is at the desk."""
    at, member = timezone.now(), request.member
    presence = presence_of(request, member)
    commands.be_present(member.user_id, member.store_id, presence, at=at)
    store = store_by_id(member.store_id)
    context = {
        "member": member,
        "store": store,
        "presence": presence,
        "figures": queries.figures(member.store_id, at=at, today=start_of_day(at)),
        "live_topics": "desk",
        "teammates": (),
        "notice": request.session.pop("desk_notice", ""),
    }
    if conversation_id:
        panel = queries.desk_panel(conversation_id)
        if panel is None or panel.conversation.store_id != member.store_id:
            raise Http404
        view = panel.conversation
        context |= panel_context(panel, store) | conversation_context(view, panel, member, store)
        context["teammates"] = [
            mate for mate in queries.teammates(member.store_id, at=at) if mate.user_id != member.user_id
        ]
        context["live_topics"] = f"desk desk-conversation:{view.id}@{view.seq}"
        context["panel_mark"] = _mark(request, "desk/_panel.html", context)
    context |= queue_context(member, conversation_id, at=at)
    context["queue_mark"] = _mark(request, "desk/_queue.html", context)
    return render(request, "desk/desk.html", context)


@require_safe
@staff_only(*ROLES)
def queue(request: StaffRequest) -> HttpResponse:
    """The queue again; 204 while nothing changed but the clocks."""
    open_id = request.GET.get("abierta", "")
    context = queue_context(request.member, int(open_id) if open_id.isdecimal() else 0, at=timezone.now())
    return _region(request, "desk/_queue.html", context, "queue_mark")


@require_safe
@staff_only(*ROLES)
def panel(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """The order panel again; 204 while nothing changed."""
    return draw_panel(request, conversation_id, only_changes=True)


def draw_panel(
    request: StaffRequest, conversation_id: int, *, error: str = "", only_changes: bool = False
) -> HttpResponse:
    """Draw the order panel of a conversation of this store, with a refusal's sentence if there is one."""
    found = queries.desk_panel(conversation_id)
    if found is None or found.conversation.store_id != request.member.store_id:
        raise Http404
    context = panel_context(found, store_by_id(request.member.store_id)) | {"member": request.member}
    if only_changes:
        return _region(request, "desk/_panel.html", context, "panel_mark")
    context["panel_mark"] = _mark(request, "desk/_panel.html", context)
    return render(request, "desk/_panel.html", context | {"error": error})


@require_safe
@staff_only(*ROLES)
def messages(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Entries after a number, drawn: what a page asks for when it has no stream, or for what came before."""
    view = conversation_of(request, conversation_id)
    after = request.GET.get("despues", "")
    return JsonResponse({"entries": drawn_after(view.id, int(after) if after.isdecimal() else 0)})


def drawn_after(conversation_id: int, after: int) -> list[dict[str, object]]:
    """Entries after a number as HTML for the desk."""
    found = queries.entries(conversation_id, after, audience="desk", limit=SHOWN)
    return [{"seq": entry.seq, "html": render_to_string("desk/entry.html", {"entry": entry})} for entry in found]


@require_safe
@staff_only(*ROLES)
def search(request: StaffRequest) -> HttpResponse:
    """Conversations of this store that a text finds."""
    said = request.GET.get("q", "")[:80]
    found = queries.search(request.member.store_id, said)
    return render(request, "desk/_found.html", {"found": found, "said": said.strip()})


@require_safe
@staff_only(*ROLES)
def evidence_file(request: StaffRequest, conversation_id: int, evidence_id: int) -> HttpResponse:
    """The clean copy of a comprobante of this conversation's order."""
    view = conversation_of(request, conversation_id)
    found = evidence.evidence_file(evidence_id)
    if found is None or view.order_id is None or found.order_id != view.order_id:
        raise Http404
    return HttpResponse(found.body, headers=found.headers)


def conversation_of(request: StaffRequest, conversation_id: int) -> ConversationView:
    """A conversation of the person's own store; anything else is not found."""
    view = queries.conversation_of_store(request.member.store_id, conversation_id)
    if view is None:
        raise Http404
    return view


def _region(request: HttpRequest, template: str, context: dict[str, object], name: str) -> HttpResponse:
    mark = _mark(request, template, context)
    if request.GET.get("v") == mark:
        return HttpResponse(status=204)
    return render(request, template, context | {name: mark})


def _mark(request: HttpRequest, template: str, context: dict[str, object]) -> str:
    """A short hash of what a region says. Seconds and the region's own mark are no part of it."""
    quiet = context | {"is_quiet": True, "queue_mark": "", "panel_mark": "", "error": "", "csrf_token": "-"}
    drawn = render_to_string(template, quiet)
    return hashlib.sha256(drawn.encode()).hexdigest()[:12]
