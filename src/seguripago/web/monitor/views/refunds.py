"""Reembolsos: one list for every reason, one page each, for the payments area and for the owner."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.approvals.queries import proposal as proposal_of
from seguripago.journey.refunds import commands
from seguripago.journey.refunds.queries import (
    RefundView,
    account_file,
    names_differ,
    proof_shown_before,
    refund,
    refunds_of_store,
)
from seguripago.journey.refunds.rules import REASON_LABELS, STATE_LABELS, RefundReason, RefundState
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.handing import hand_over
from seguripago.web.monitor import approving, two_doors, words
from seguripago.web.monitor.two_doors import PAGE, Door, actor, by_door

TONES: Final = {
    RefundState.ASKED: "warn",
    RefundState.APPROVED: "info",
    RefundState.INSTRUCTED: "info",
    RefundState.CONFIRMED: "ok",
    RefundState.FAILED: "bad",
    RefundState.REJECTED: "",
}


@require_GET
@staff_only("payments", "supervisor", "owner")
def proof(request: StaffRequest, account_id: int) -> HttpResponse:
    """Hand over the clean copy of what proves an account, where strangers' files are served."""
    found = account_file(account_id)
    if found is None or found.store_id != request.member.store_id:
        raise Http404
    return hand_over("account", found.id, found.sha256, at=timezone.now())


@require_GET
@by_door
def refund_page(request: StaffRequest, refund_id: int, place: Door) -> HttpResponse:
    """A refund: where it is, its legs, the account that was given, and what two people decide."""
    return _page(request, _refund(request, refund_id), place)


@require_POST
@by_door
def propose(request: StaffRequest, refund_id: int, place: Door) -> HttpResponse:
    """Propose what comes next: to grant it, the account, or that it goes out again."""
    found, by, at = _refund(request, refund_id), actor(request), timezone.now()
    try:
        match request.POST.get("what", ""):
            case "grant":
                commands.propose_refund(refund_id, by=by, at=at)
            case "account" if found.account is not None:
                commands.propose_account(found.account.id, by=by, at=at)
            case "again":
                commands.propose_again(refund_id, by=by, at=at)
            case "other_account":
                commands.propose_again(refund_id, other_account=True, by=by, at=at)
            case _:
                raise Http404
    except Refusal as refusal:
        return _page(request, found, place, trouble=words.why_not(refusal), status=409)
    return HttpResponseRedirect(reverse(f"{place}_refund", args=[refund_id]))


@require_POST
@by_door
def decide(request: StaffRequest, refund_id: int, proposal_id: int, place: Door) -> HttpResponse:
    """Approve, reject or take back what was proposed, as it was seen on the page."""
    _refund(request, refund_id)
    asked = proposal_of(request.member.store_id, proposal_id)
    if asked is None or asked.subject != f"refund:{refund_id}":
        raise Http404
    try:
        decision = request.POST.get("decision", "")
        approving.decide(asked, decision, request.POST, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, _refund(request, refund_id), place, trouble=words.why_not(refusal), status=409)
    return HttpResponseRedirect(reverse(f"{place}_refund", args=[refund_id]))


@require_GET
@by_door
def refund_list(request: StaffRequest, place: Door) -> HttpResponse:
    """The store's refunds, newest first."""
    asked, query = request.GET.get("estado", ""), request.GET.get("q", "").strip()[:60]
    why = request.GET.get("motivo", "")
    state = RefundState(asked) if asked in {each.value for each in RefundState} else None
    reason = RefundReason(why) if why in {each.value for each in RefundReason} else None
    rows = refunds_of_store(
        request.member.store_id,
        states=[state] if state else [],
        reason=reason,
        query=query,
        before=two_doors.before(request),
        limit=PAGE + 1,
    )
    chosen = {"estado": state.value if state else "", "motivo": reason.value if reason else "", "q": query}
    context = {
        **_frame(place),
        "rows": [(each, reverse(f"{place}_refund", args=[each.id]), TONES[each.state]) for each in rows[:PAGE]],
        "following": two_doors.following(rows, chosen),
        "states": [(each.value, label) for each, label in STATE_LABELS.items()],
        "reasons": [(each.value, label) for each, label in REASON_LABELS.items()],
        "state": chosen["estado"],
        "reason": chosen["motivo"],
        "query": query,
    }
    return render(request, "monitor/refunds/list.html", context)


def _page(
    request: StaffRequest, found: RefundView, place: Door, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    waiting = two_doors.asked_of(request, f"refund:{found.id}")
    asked = waiting["asked"]
    context = {
        **_frame(place),
        **waiting,
        "refund": found,
        "tone": TONES[found.state],
        "signals": (*names_differ(found), *proof_shown_before(found)),
        "trouble": trouble,
        "here": reverse(f"{place}_refund", args=[found.id]),
        "propose_url": reverse(f"{place}_refund_propose", args=[found.id]),
        "decide_url": reverse(f"{place}_refund_decide", args=[found.id, asked.id]) if asked else "",
    }
    return two_doors.drawn(request, "monitor/refunds/refund.html", context, status=status)


def _frame(place: Door) -> dict[str, Any]:
    return two_doors.frame(place, listed="refunds", office="refunds")


def _refund(request: StaffRequest, refund_id: int) -> RefundView:
    found = refund(refund_id)
    if found is None or found.store_id != request.member.store_id:
        raise Http404
    return found
