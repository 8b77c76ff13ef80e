"""Money on its way back: what waits for the bank, the files for it, and what a person saw done in online banking."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.approvals.queries import open_proposals_of
from seguripago.journey.reconciliation.commands import (
    make_return_file,
    propose_return_confirmed,
    propose_return_failed,
)
from seguripago.journey.reconciliation.queries import return_file, return_files, return_view, returns
from seguripago.journey.reconciliation.rules.returns import RETURN_LABELS
from seguripago.values.money import Money
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import two_doors, words
from seguripago.web.monitor.two_doors import PAGE, actor

ROLES = ("payments", "supervisor")
LAYOUTS = ("csv", "stp")


@require_GET
@staff_only(*ROLES)
def return_list(request: StaffRequest) -> HttpResponse:
    """The returns of the store, newest first, by state."""
    return _page(request)


@require_POST
@staff_only(*ROLES)
def make_file(request: StaffRequest) -> HttpResponse:
    """One file for the bank with every approved return; each goes out once."""
    layout = request.POST.get("layout", "")
    if layout not in LAYOUTS:
        raise Http404
    try:
        make_return_file(request.member.store_id, layout_name=layout, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, trouble=words.why_not(refusal))
    return HttpResponseRedirect(reverse("monitor_returns"))


@require_GET
@staff_only(*ROLES)
def file(request: StaffRequest, file_id: int) -> HttpResponse:
    """A file exactly as it was made."""
    found = return_file(request.member.store_id, file_id)
    if found is None:
        raise Http404
    answer = HttpResponse(found.body, content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = (
        f'attachment; filename="devoluciones-{found.id}.{"csv" if found.layout == "csv" else "txt"}"'
    )
    return answer


@require_POST
@staff_only(*ROLES)
def mark(request: StaffRequest, return_id: int) -> HttpResponse:
    """Propose that the bank carried a return out, or that it did not."""
    if return_view(request.member.store_id, return_id) is None:
        raise Http404
    said, by, at = request.POST.get("said", ""), actor(request), timezone.now()
    try:
        if request.POST.get("result") == "confirm":
            proposal_id = propose_return_confirmed(return_id, bank_ref=said, by=by, at=at)
        else:
            proposal_id = propose_return_failed(return_id, reason=said, by=by, at=at)
    except Refusal as refusal:
        return _page(request, trouble=words.why_not(refusal))
    return HttpResponseRedirect(reverse("monitor_proposal", args=[proposal_id]))


def _page(request: StaffRequest, *, trouble: str = "") -> HttpResponse:
    store_id = request.member.store_id
    state = request.GET.get("estado", "")
    rows = returns(
        store_id,
        states=[state] if state in RETURN_LABELS else [],
        before=two_doors.before(request),
        limit=PAGE + 1,
    )
    shown = rows[:PAGE]
    proposals = open_proposals_of(store_id, [f"return:{each.id}" for each in shown])
    ready = returns(store_id, states=["approved"], limit=1_000)
    context = {
        "rows": [(each, proposals.get(f"return:{each.id}")) for each in shown],
        "following": two_doors.following(rows, {"estado": state if state in RETURN_LABELS else ""}),
        "states": RETURN_LABELS.items(),
        "state": state,
        "ready_count": len(ready),
        "ready_total": Money.sum(each.amount for each in ready),
        "files": return_files(store_id),
        "trouble": trouble,
        "section": "monitor",
        "live_topics": "monitor",
    }
    return render(request, "monitor/returns.html", context, status=409 if trouble else 200)
