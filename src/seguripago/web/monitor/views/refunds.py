"""Reembolsos: one list for every reason, one page each, for the payments area and for the owner."""

from __future__ import annotations

from typing import Any, Final

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.approvals.queries import open_proposals_of
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
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.handing import hand_over
from seguripago.web.monitor import approving, words

AREA: Final = ("payments", "supervisor")
OFFICE: Final = ("owner", "supervisor")
CHECKERS: Final = ("supervisor", "owner")
PAGE: Final = 50
TONES: Final = {
    RefundState.ASKED: "warn",
    RefundState.APPROVED: "info",
    RefundState.INSTRUCTED: "info",
    RefundState.CONFIRMED: "ok",
    RefundState.FAILED: "bad",
    RefundState.REJECTED: "",
}


@require_GET
@staff_only(*AREA)
def refund_list(request: StaffRequest) -> HttpResponse:
    """The store's refunds, newest first, for the payments area."""
    return _list(request, "monitor")


@require_GET
@staff_only(*OFFICE)
def office_list(request: StaffRequest) -> HttpResponse:
    """The same for the owner."""
    return _list(request, "office")


@require_GET
@staff_only(*AREA)
def refund_page(request: StaffRequest, refund_id: int) -> HttpResponse:
    """A refund: where it is, its legs, the account that was given, and what two people decide."""
    return _page(request, _refund(request, refund_id), "monitor")


@require_GET
@staff_only(*OFFICE)
def office_page(request: StaffRequest, refund_id: int) -> HttpResponse:
    """The same for the owner."""
    return _page(request, _refund(request, refund_id), "office")


@require_POST
@staff_only(*AREA)
def propose(request: StaffRequest, refund_id: int) -> HttpResponse:
    """Propose what comes next: to grant it, the account, or that it goes out again."""
    return _propose(request, refund_id, "monitor")


@require_POST
@staff_only(*OFFICE)
def office_propose(request: StaffRequest, refund_id: int) -> HttpResponse:
    """The same for the owner."""
    return _propose(request, refund_id, "office")


@require_POST
@staff_only(*AREA)
def decide(request: StaffRequest, refund_id: int, proposal_id: int) -> HttpResponse:
    """Approve, reject or take back what was proposed, as it was seen on the page."""
    return _decide(request, refund_id, proposal_id, "monitor")


@require_POST
@staff_only(*OFFICE)
def office_decide(request: StaffRequest, refund_id: int, proposal_id: int) -> HttpResponse:
    """The same for the owner."""
    return _decide(request, refund_id, proposal_id, "office")


@require_GET
@staff_only("payments", "supervisor", "owner")
def proof(request: StaffRequest, account_id: int) -> HttpResponse:
    """Hand over the clean copy of what proves an account, where strangers' files are served."""
    found = account_file(account_id)
    if found is None or found.store_id != request.member.store_id:
        raise Http404
    return hand_over("account", found.id, found.sha256, at=timezone.now())


def _propose(request: StaffRequest, refund_id: int, place: str) -> HttpResponse:
    found, by, at = _refund(request, refund_id), _actor(request), timezone.now()
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


def _decide(request: StaffRequest, refund_id: int, proposal_id: int, place: str) -> HttpResponse:
    _refund(request, refund_id)
    asked = proposal_of(request.member.store_id, proposal_id)
    if asked is None or asked.subject != f"refund:{refund_id}":
        raise Http404
    try:
        decision = request.POST.get("decision", "")
        approving.decide(asked, decision, request.POST, by=_actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, _refund(request, refund_id), place, trouble=words.why_not(refusal), status=409)
    return HttpResponseRedirect(reverse(f"{place}_refund", args=[refund_id]))


def _list(request: StaffRequest, place: str) -> HttpResponse:
    asked, query = request.GET.get("estado", ""), request.GET.get("q", "").strip()[:60]
    why, before = request.GET.get("motivo", ""), request.GET.get("antes", "")
    state = RefundState(asked) if asked in {each.value for each in RefundState} else None
    reason = RefundReason(why) if why in {each.value for each in RefundReason} else None
    rows = refunds_of_store(
        request.member.store_id,
        states=[state] if state else [],
        reason=reason,
        query=query,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        limit=PAGE + 1,
    )
    shown = rows[:PAGE]
    named = (("estado", state.value if state else ""), ("motivo", reason.value if reason else ""), ("q", query))
    kept: dict[str, str | int] = {name: value for name, value in named if value}
    context = {
        **_frame(place),
        "rows": [(each, reverse(f"{place}_refund", args=[each.id]), TONES[each.state]) for each in shown],
        "following": urlencode({**kept, "antes": shown[-1].id}) if len(rows) > PAGE else "",
        "states": [(each.value, label) for each, label in STATE_LABELS.items()],
        "reasons": [(each.value, label) for each, label in REASON_LABELS.items()],
        "state": state.value if state else "",
        "reason": reason.value if reason else "",
        "query": query,
    }
    return render(request, "monitor/refunds/list.html", context)


def _page(
    request: StaffRequest, found: RefundView, place: str, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    subject = f"refund:{found.id}"
    asked = open_proposals_of(request.member.store_id, [subject]).get(subject)
    is_own = asked is not None and asked.proposed_by_id == request.member.user_id
    context = {
        **_frame(place),
        "refund": found,
        "tone": TONES[found.state],
        "asked": asked,
        "is_own": is_own,
        "may_decide": asked is not None and not is_own and request.member.role in CHECKERS,
        "signals": (*names_differ(found), *proof_shown_before(found)),
        "trouble": trouble,
        "here": reverse(f"{place}_refund", args=[found.id]),
        "propose_url": reverse(f"{place}_refund_propose", args=[found.id]),
        "decide_url": reverse(f"{place}_refund_decide", args=[found.id, asked.id]) if asked else "",
    }
    template = "monitor/refunds/refund.html"
    if request.GET.get("parte") == "estado":
        template += "#standing"
    return render(request, template, context, status=status)


def _frame(place: str) -> dict[str, Any]:
    return {
        "frame": f"{place}/base.html",
        "place": place,
        "list_url": reverse(f"{place}_refunds"),
        "section": "monitor" if place == "monitor" else "refunds",
        "live_topics": "monitor",
    }


def _refund(request: StaffRequest, refund_id: int) -> RefundView:
    found = refund(refund_id)
    if found is None or found.store_id != request.member.store_id:
        raise Http404
    return found


def _actor(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)
