"""Second approvals: what waits, exactly what each would do, and the decision."""

from __future__ import annotations

import json
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.approvals.queries import ProposalView, open_proposals
from seguripago.foundations.approvals.queries import proposal as proposal_of
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import approving, words

ROLES: Final = ("payments", "supervisor")
DECISIONS: Final = {"aprobar": "approve", "rechazar": "reject", "retirar": "withdraw"}


@require_GET
@staff_only(*ROLES)
def waiting(request: StaffRequest) -> HttpResponse:
    """Everything of the store that waits for a second person."""
    proposals = open_proposals(request.member.store_id)
    context = {
        "rows": [(each, words.KINDS.get(each.kind, each.kind), _about(each)) for each in proposals],
        "live_topics": "monitor",
        "section": "monitor",
    }
    return render(request, "monitor/approvals.html", context)


@require_GET
@staff_only(*ROLES)
def proposal(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """One proposal: what exactly will be done, its hash, who and when."""
    return _page(request, _proposal(request, proposal_id))


@require_POST
@staff_only(*ROLES)
def decide(request: StaffRequest, proposal_id: int, answer: str) -> HttpResponse:
    """Approve, reject or withdraw; only exactly what was seen is carried out."""
    found, at = _proposal(request, proposal_id), timezone.now()
    by = Actor.staff(request.member.user_id, request.member.name)
    try:
        approving.decide(found, DECISIONS[answer], request.POST, by=by, at=at)
    except Refusal as refusal:
        page = _page(request, _proposal(request, proposal_id), trouble=words.why_not(refusal))
        page.status_code = 409
        return page
    return HttpResponseRedirect(_home(found) or reverse("monitor_proposal", args=[proposal_id]))


def _page(request: StaffRequest, found: ProposalView, *, trouble: str = "") -> HttpResponse:
    is_own = found.proposed_by_id == request.member.user_id
    context = {
        "proposal": found,
        "kind_label": words.KINDS.get(found.kind, found.kind),
        "state_label": words.STATES.get(found.state, found.state),
        "case_id": _about(found),
        "refund_id": _refund_of(found),
        "is_own": is_own,
        "may_decide": found.is_open and not is_own and request.member.role == "supervisor",
        "effects": json.dumps(found.effects, ensure_ascii=False, indent=2, sort_keys=True),
        "trouble": trouble,
        "live_topics": "monitor",
        "section": "monitor",
    }
    return render(request, "monitor/proposal.html", context)


def _about(found: ProposalView) -> int | None:
    kind, _, key = found.subject.partition(":")
    return int(key) if kind == "case" and key.isdecimal() else None


def _refund_of(found: ProposalView) -> int | None:
    kind, _, key = found.subject.partition(":")
    return int(key) if kind == "refund" and key.isdecimal() else None


def _home(found: ProposalView) -> str:
    """The page of what the proposal is about."""
    if case_id := _about(found):
        return reverse("monitor_case", args=[case_id])
    refund_id = _refund_of(found)
    return reverse("monitor_refund", args=[refund_id]) if refund_id else ""


def _proposal(request: StaffRequest, proposal_id: int) -> ProposalView:
    found = proposal_of(request.member.store_id, proposal_id)
    if found is None:
        raise Http404
    return found
