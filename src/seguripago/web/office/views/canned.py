"""Respuestas guardadas: what the desk inserts with one stroke."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seguripago.journey.assistance import commands, queries
from seguripago.journey.assistance.queries import CannedReplyView
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..canned_forms import EXAMPLES, MEANINGS, CannedReplyForm


@require_safe
@staff_only("owner", "supervisor")
def reply_list(request: StaffRequest) -> HttpResponse:
    """Every saved reply of the store, each with how it reads."""
    examples = {name: str(value) for name, value in EXAMPLES.items()}
    rows = [(reply, queries.previewed(reply.text, examples)) for reply in queries.canned_replies(_store(request))]
    context = {"section": "canned", "rows": rows, "is_saved": request.GET.get("guardada") == "1"}
    return render(request, "office/canned.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("owner", "supervisor")
def reply_page(request: StaffRequest, reply_id: int | None = None) -> HttpResponse:
    """Write a reply, or change one."""
    reply = None if reply_id is None else _reply(request, reply_id)
    initial = {name: getattr(reply, name) for name in ("command", "title", "text", "is_active")} if reply else None
    form = CannedReplyForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid() and _keep(request, reply_id, form):
        return HttpResponseRedirect(reverse("office_canned") + "?guardada=1")
    examples = {name: str(value) for name, value in EXAMPLES.items()}
    context = {
        "section": "canned",
        "reply": reply,
        "form": form,
        "meanings": [(f"{{{name}}}", meaning, examples[name]) for name, meaning in MEANINGS.items()],
        "preview": queries.previewed(str(form["text"].value() or ""), examples),
    }
    return render(request, "office/canned_reply.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only("owner", "supervisor")
def drop(request: StaffRequest, reply_id: int) -> HttpResponse:
    """Take one away."""
    commands.drop_canned_reply(_store(request), reply_id, by=_by(request), at=timezone.now())
    return HttpResponseRedirect(reverse("office_canned"))


@require_POST
@staff_only("owner", "supervisor")
def move(request: StaffRequest, reply_id: int) -> HttpResponse:
    """Change its place with its neighbour."""
    up = request.POST.get("to") == "up"
    commands.move_canned_reply(_store(request), reply_id, up=up, by=_by(request), at=timezone.now())
    return HttpResponseRedirect(reverse("office_canned") + f"#respuesta-{reply_id}")


@require_POST
@staff_only("owner", "supervisor")
def suggest(request: StaffRequest) -> HttpResponse:
    """Write the suggested ones that the store lacks."""
    commands.suggest_canned_replies(_store(request), by=_by(request), at=timezone.now())
    return HttpResponseRedirect(reverse("office_canned"))


def _keep(request: StaffRequest, reply_id: int | None, form: CannedReplyForm) -> bool:
    try:
        commands.write_canned_reply(
            _store(request), form.asked(), reply_id=reply_id, by=_by(request), at=timezone.now()
        )
    except commands.CannedReplyWrong as refused:
        form.say_wrong(refused.wrong)
        return False
    except commands.CommandTaken as taken:
        form.add_error("command", _("Otra respuesta ya usa /%(command)s.") % {"command": taken.command})
        return False
    return True


def _reply(request: StaffRequest, reply_id: int) -> CannedReplyView:
    for reply in queries.canned_replies(_store(request)):
        if reply.id == reply_id:
            return reply
    raise Http404


def _store(request: StaffRequest) -> int:
    return request.member.store_id


def _by(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)
