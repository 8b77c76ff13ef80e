"""Card charges with what went back of them: for the payments area, and with the same rights for the store's owner."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from seguripago.foundations.approvals.queries import proposal as proposal_of
from seguripago.journey.cards.queries import PaidCharge, charges_with_refunds, paid_charge
from seguripago.journey.reconciliation.queries.case_page import case_of_charge
from seguripago.journey.refunds.commands import ask_refund_of_charge
from seguripago.journey.refunds.queries import asked_of_charge
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import approving, two_doors, words
from seguripago.web.monitor.evidence import evidence_for
from seguripago.web.monitor.two_doors import OFFICE, PAGE, Door, actor, by_door


@require_POST
@staff_only(*OFFICE)
def office_decide(request: StaffRequest, charge_id: int, proposal_id: int) -> HttpResponse:
    """Approve, reject or take back what was asked, as it was seen on the charge's page."""
    found = _charge(request, charge_id)
    asked = proposal_of(request.member.store_id, proposal_id)
    if asked is None or asked.subject != f"refund:{asked_of_charge(charge_id)}":
        raise Http404
    try:
        decision = request.POST.get("decision", "")
        approving.decide(asked, decision, request.POST, by=actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, found, "office", trouble=words.why_not(refusal), status=409)
    return HttpResponseRedirect(reverse("office_charge", args=[charge_id]))


@require_GET
@by_door
def charge(request: StaffRequest, charge_id: int, place: Door) -> HttpResponse:
    """A charge: its refunds as they go, what a bank contests, and the form to ask for a refund."""
    return _page(request, _charge(request, charge_id), place)


@require_POST
@by_door
def refund(request: StaffRequest, charge_id: int, place: Door) -> HttpResponse:
    """Ask for a refund: it waits for a second person."""
    found = _charge(request, charge_id)
    amount, reason = request.POST.get("amount", "")[:20], request.POST.get("reason", "")[:240]
    if request.POST.get("how") == "whole":
        amount = ""
    elif not amount.strip():
        amount = "?"
    try:
        ask_refund_of_charge(
            request.member.store_id, charge_id, amount=amount, reason=reason, by=actor(request), at=timezone.now()
        )
    except Refusal as refusal:
        said = {"amount": request.POST.get("amount", "")[:20], "reason": reason, "how": request.POST.get("how", "")}
        return _page(request, found, place, trouble=words.why_not(refusal), said=said, status=409)
    return HttpResponseRedirect(reverse(f"{place}_charge", args=[charge_id]))


@require_GET
@by_door
def charge_list(request: StaffRequest, place: Door) -> HttpResponse:
    """The store's paid charges, newest first."""
    only = request.GET.get("ver", "")
    only = {"reembolsos": "refunds", "contracargos": "chargebacks"}.get(only, "")
    query = request.GET.get("q", "").strip()[:60]
    rows = charges_with_refunds(
        request.member.store_id,
        before=two_doors.before(request),
        query=query,
        only=only,
        limit=PAGE + 1,
    )
    context = {
        **_frame(place),
        "rows": [(each, reverse(f"{place}_charge", args=[each.id])) for each in rows[:PAGE]],
        "following": two_doors.following(rows, {"ver": request.GET.get("ver", ""), "q": query}),
        "chosen": only,
        "query": query,
    }
    return render(request, "monitor/charges/list.html", context)


def _page(
    request: StaffRequest,
    found: PaidCharge,
    place: Door,
    *,
    trouble: str = "",
    said: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    contested = [each for each in found.chargebacks if each.is_open]
    context = {
        **_frame(place),
        **two_doors.asked_of(request, f"refund:{asked_of_charge(found.id)}"),
        "charge": found,
        "evidence": evidence_for(found, request.member.store_id, with_papers=request.member.role in OFFICE)
        if contested
        else (),
        "evidence_by": contested[0].evidence_by if contested else None,
        "case_id": case_of_charge(request.member.store_id, found.id) if found.apart else None,
        "trouble": trouble,
        "said": said or {},
        "here": reverse(f"{place}_charge", args=[found.id]),
        "refund_url": reverse(f"{place}_charge_refund", args=[found.id]),
    }
    return two_doors.drawn(request, "monitor/charges/charge.html", context, status=status)


def _frame(place: Door) -> dict[str, Any]:
    return two_doors.frame(place, listed="charges_paid", office="cards")


def _charge(request: StaffRequest, charge_id: int) -> PaidCharge:
    found = paid_charge(request.member.store_id, charge_id)
    if found is None:
        raise Http404
    return found
