"""Capture a deposit that was seen in online banking: one person types it, another one lets it in."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from seguripago.foundations.approvals.commands import AlreadyProposed
from seguripago.foundations.approvals.queries import ProposalView, open_proposals
from seguripago.journey.bank import refusals
from seguripago.journey.bank.commands import propose_capture
from seguripago.ports.captures import ByHand
from seguripago.values.actor import Actor
from seguripago.values.refusal import Refusal
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor.capture_forms import ByHandForm

ROLES: Final = ("payments", "supervisor")
REFUSED: Final = (
    refusals.NotOurAccount,
    refusals.CaptureUnreadable,
    refusals.NotOnThatDay,
    refusals.DepositKnown,
    refusals.LooksKnown,
    refusals.SealNotVerified,
    refusals.SealUsed,
    refusals.SenderUnsaid,
    refusals.CaptureUnknown,
    refusals.QuestionUnfit,
    AlreadyProposed,
)
FIELDS: Final = {
    "clabe": "account",
    "beneficiary_account": "account",
    "sending_institution": "bank",
    "receiving_institution": "account",
    "tracking_key": "tracking_key",
    "amount": "amount",
    "reference": "reference",
    "operation_date": "operation_date",
}
UNREADABLE: Final = {
    "account": gettext_lazy("Escribe los 18 dígitos de la CLABE; alguno no cuadra."),
    "bank": gettext_lazy("Elige el banco que envió el dinero."),
    "tracking_key": gettext_lazy("La clave de rastreo tiene de 1 a 30 letras y números, sin acentos."),
    "amount": gettext_lazy("Escribe un monto como 1,250.00."),
    "reference": gettext_lazy("La referencia tiene de 1 a 7 dígitos."),
    "operation_date": gettext_lazy("Elige la fecha de operación."),
}


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*ROLES)
def by_hand(request: StaffRequest) -> HttpResponse:
    """The form; what cannot be stays in it with its reason. What can be becomes a proposal."""
    form = ByHandForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    known: tuple[int, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        seen = ByHand(
            clabe=said["account"],
            sending_institution=said["bank"],
            tracking_key=said["tracking_key"],
            operation_date=said["operation_date"],
            amount=said["amount"],
            payer_name=said["payer_name"],
            concept=said["concept"],
            reference=said["reference"],
            settled_at=form.moment(),
        )
        try:
            proposal_id = propose_capture(
                request.member.store_id, seen, is_another=said["is_another"], by=actor(request), at=timezone.now()
            )
        except REFUSED as refusal:
            known = explain(form, refusal)
        else:
            return HttpResponseRedirect(reverse("monitor_proposal", args=[proposal_id]))
    context = {**frame(request), "form": form, "known": known, "asks_for_another": bool(known) and _is_other(form)}
    return render(request, "monitor/captures/by_hand.html", context, status=422 if form.errors else 200)


def explain(form: forms.Form, refusal: Refusal) -> tuple[int, ...]:
    """Put a refusal beside the field that it is about; gives the deposits that it speaks of."""
    match refusal:
        case refusals.CaptureUnreadable(reason=reason):
            field = FIELDS.get(reason)
            if field is None or field not in form.fields:
                form.add_error(None, str(refusal.says))
            else:
                form.add_error(field, str(UNREADABLE[field]))
        case refusals.NotOurAccount():
            form.add_error("account" if "account" in form.fields else None, str(refusal.says))
        case refusals.NotOnThatDay():
            form.add_error("operation_date", str(refusal.says))
        case refusals.DepositKnown(deposit_id=deposit_id):
            form.add_error(None, str(refusal.says))
            return (deposit_id,)
        case refusals.LooksKnown(deposit_ids=deposit_ids):
            form.add_error("is_another", str(refusal.says))
            return deposit_ids
        case AlreadyProposed():
            form.add_error(None, _("Alguien ya propuso ese depósito y espera su segunda aprobación."))
        case _:
            says = getattr(refusal, "says", None)
            form.add_error(None, str(says or refusal))
    return ()


def frame(request: StaffRequest) -> dict[str, Any]:
    """What both pages of captures show: what waits for its second person."""
    waiting: tuple[ProposalView, ...] = tuple(
        each for each in open_proposals(request.member.store_id) if each.kind.startswith("bank.")
    )
    return {"waiting": waiting, "section": "monitor", "live_topics": "monitor"}


def actor(request: StaffRequest) -> Actor:
    return Actor.staff(request.member.user_id, request.member.name)


def _is_other(form: forms.Form) -> bool:
    return "is_another" in form.errors
