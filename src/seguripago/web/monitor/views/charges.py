"""Card charges with what went back of them: for the payments area, and with the same rights for the store's owner."""

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
from seguripago.journey.cards.queries import PaidCharge, charges_with_refunds, paid_charge
from seguripago.journey.reconciliation.queries.case_page import case_of_charge
from seguripago.journey.refunds.commands import ask_refund_of_charge
from seguripago.journey.refunds.queries import asked_of_charge
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import approving, words
from seguripago.web.monitor.evidence import evidence_for

AREA: Final = ("payments", "supervisor")
OFFICE: Final = ("owner", "supervisor")
CHECKERS: Final = ("supervisor", "owner")
PAGE: Final = 50


@require_GET
@staff_only(*AREA)
def charge_list(request: StaffRequest) -> HttpResponse:
    """The store's paid charges, for the payments area."""
    return _list(request, "monitor")


@require_GET
@staff_only(*OFFICE)
def office_list(request: StaffRequest) -> HttpResponse:
    """The same for the owner."""
    return _list(request, "office")


@require_GET
@staff_only(*AREA)
def charge(request: StaffRequest, charge_id: int) -> HttpResponse:
    """A charge: its refunds as they go, what a bank contests, and the form to ask for a refund."""
    return _page(request, _charge(request, charge_id), "monitor")


@require_GET
@staff_only(*OFFICE)
def office_charge(request: StaffRequest, charge_id: int) -> HttpResponse:
    """The same for the owner."""
    return _page(request, _charge(request, charge_id), "office")


@require_POST
@staff_only(*AREA)
def refund(request: StaffRequest, charge_id: int) -> HttpResponse:
    """Ask for a refund: it waits for a second person."""
    return _asked(request, charge_id, "monitor")


@require_POST
@staff_only(*OFFICE)
def office_refund(request: StaffRequest, charge_id: int) -> HttpResponse:
    """The same for the owner."""
    return _asked(request, charge_id, "office")


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
        approving.decide(asked, decision, request.POST, by=_actor(request), at=timezone.now())
    except Refusal as refusal:
        return _page(request, found, "office", trouble=words.why_not(refusal), status=409)
    return HttpResponseRedirect(reverse("office_charge", args=[charge_id]))


def _asked(request: StaffRequest, charge_id: int, place: str) -> HttpResponse:
    found = _charge(request, charge_id)
    amount, reason = request.POST.get("amount", "")[:20], request.POST.get("reason", "")[:240]
    if request.POST.get("how") == "whole":
        amount = ""
    elif not amount.strip():
        amount = "?"
    try:
        ask_refund_of_charge(
            request.member.store_id, charge_id, amount=amount, reason=reason, by=_actor(request), at=timezone.now()
        )
    except Refusal as refusal:
        said = {"amount": request.POST.get("amount", "")[:20], "reason": reason, "how": request.POST.get("how", "")}
        return _page(request, found, place, trouble=words.why_not(refusal), said=said, status=409)
    return HttpResponseRedirect(reverse(f"{place}_charge", args=[charge_id]))


def _list(request: StaffRequest, place: str) -> HttpResponse:
    only = request.GET.get("ver", "")
    only = {"reembolsos": "refunds", "contracargos": "chargebacks"}.get(only, "")
    query, before = request.GET.get("q", "").strip()[:60], request.GET.get("antes", "")
    rows = charges_with_refunds(
        request.member.store_id,
        before=int(before) if before.isdecimal() and len(before) < 19 else None,
        query=query,
        only=only,
        limit=PAGE + 1,
    )
    shown = rows[:PAGE]
    kept: dict[str, str | int] = {
        name: value for name, value in (("ver", request.GET.get("ver", "")), ("q", query)) if value
    }
    context = {
        **_frame(place),
        "rows": [(each, reverse(f"{place}_charge", args=[each.id])) for each in shown],
        "following": urlencode({**kept, "antes": shown[-1].id}) if len(rows) > PAGE else "",
        "chosen": only,
        "query": query,
    }
    return render(request, "monitor/charges/list.html", context)


def _page(
    request: StaffRequest,
    found: PaidCharge,
    place: str,
    *,
    trouble: str = "",
    said: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    subject = f"refund:{asked_of_charge(found.id)}"
    asked = open_proposals_of(request.member.store_id, [subject]).get(subject)
    is_own = asked is not None and asked.proposed_by_id == request.member.user_id
    contested = [each for each in found.chargebacks if each.is_open]
    context = {
        **_frame(place),
        "charge": found,
        "asked": asked,
        "is_own": is_own,
        "may_decide": asked is not None and not is_own and request.member.role in CHECKERS,
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
    template = "monitor/charges/charge.html"
    if request.GET.get("parte") == "estado":
        template += "#standing"
    return render(request, template, context, status=status)


def _frame(place: str) -> dict[str, Any]:
    return {
        "frame": f"{place}/base.html",
        "place": place,
        "list_url": reverse(f"{place}_charges_paid"),
        "section": "monitor" if place == "monitor" else "cards",
        "live_topics": "monitor",
    }


def _charge(request: StaffRequest, charge_id: int) -> PaidCharge:
    found = paid_charge(request.member.store_id, charge_id)
    if found is None:
        raise Http404
    return found


def _actor(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)
