"""Look closely at a comprobante: beside what was expected, up to five times its size."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from seguripago.journey.assistance import queries
from seguripago.journey.assistance.queries import DeskPanel
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.evidence.picturing import pages_of
from seguripago.journey.evidence.queries import EvidenceFile
from seguripago.journey.reconciliation.queries.comprobantes import verdict_history
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.handing import hand_over

from ..beside import compared
from ..screens import ROLES


@require_safe
@staff_only(*ROLES)
def paper(request: StaffRequest, conversation_id: int, evidence_id: int) -> HttpResponse:
    """The comprobante beside what was expected: a fragment for the dialog, a page for a browser without scripts."""
    panel, file = _found(request, conversation_id, evidence_id)
    view = next((each for each in panel.evidence if each.id == evidence_id), None)
    if view is None:
        raise Http404
    context = {
        "conversation": panel.conversation,
        "order": panel.order,
        "paper": view,
        "pages": range(1, pages_of(file) + 1),
        "lines": compared(panel, view),
        "verdict": panel.verdicts.get(evidence_id),
        "history": verdict_history(evidence_id)[:-1],
    }
    is_fragment = request.headers.get("X-Requested-With") == "fetch"
    return render(request, "desk/_paper.html" if is_fragment else "desk/paper.html", context)


@require_safe
@staff_only(*ROLES)
def picture(request: StaffRequest, conversation_id: int, evidence_id: int, page: int) -> HttpResponse:
    """One page of a comprobante as a picture."""
    _panel, file = _found(request, conversation_id, evidence_id)
    if not 1 <= page <= pages_of(file):
        raise Http404
    return hand_over("page", file.id, file.sha256, part=page, at=timezone.now())


def _found(request: StaffRequest, conversation_id: int, evidence_id: int) -> tuple[DeskPanel, EvidenceFile]:
    at = timezone.now()
    panel = queries.desk_panel(conversation_id, reader_id=request.member.user_id, at=at)
    if panel is None or panel.order is None or not queries.may_read(request.member, panel.conversation, at=at):
        raise Http404
    file = evidence.evidence_file(evidence_id)
    if file is None or file.order_id != panel.order.id:
        raise Http404
    return panel, file
