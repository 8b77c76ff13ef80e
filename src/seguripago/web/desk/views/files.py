"""Files at the desk: send one to the buyer or keep it with the notes; open one that stands in the conversation."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from seguripago.journey.assistance import commands, queries
from seguripago.journey.evidence.rules import MAX_BYTES
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.handing import hand_over

from ..screens import ROLES
from .actions import client_id_of, seen_of, words_of
from .pages import conversation_of, drawn_after


@require_POST
@staff_only(*ROLES)
def send_file(request: StaffRequest, conversation_id: int) -> HttpResponse:
    """Put one file into the conversation; JSON for the page's script, the page again for a plain form."""
    conversation_of(request, conversation_id)
    file, error = request.FILES.get("file"), ""
    if file is None:
        error = _("Elige un archivo primero.")
    elif not 0 < (file.size or 0) <= MAX_BYTES:
        error = _("El archivo está vacío o pesa más de 10 MB.")
    else:
        try:
            commands.send_file(
                conversation_id,
                request.member.user_id,
                filename=file.name or "",
                body=file.read(),
                client_id=client_id_of(request),
                at=timezone.now(),
                is_private=request.POST.get("mode") == "note",
            )
        except Refusal as refusal:
            error = words_of(refusal)
    if "application/json" not in request.headers.get("Accept", ""):
        request.session["desk_notice"] = error
        return redirect("desk_conversation", conversation_id)
    told = {"error": error, "entries": drawn_after(conversation_id, seen_of(request))}
    return JsonResponse(told, status=422 if error else 200)


@require_safe
@staff_only(*ROLES)
def attachment(request: StaffRequest, conversation_id: int, attachment_id: int) -> HttpResponse:
    """A file of this conversation, always as a download."""
    view = conversation_of(request, conversation_id)
    found = queries.attachment_file(view.id, attachment_id, audience="desk")
    if found is None:
        raise Http404
    return hand_over("attachment", found.id, found.sha256, at=timezone.now())
