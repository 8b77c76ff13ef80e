"""A doubtful line of a statement: a person says which deposit it is of, or captures it as new money."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seguripago.journey.bank.commands.doubts import settle_doubt
from seguripago.journey.bank.doubts import DoubtView, doubt
from seguripago.journey.bank.statement_refusals import DoubtIsOver, NotThatDeposit
from seguripago.journey.reconciliation.queries import deposit_rows
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.monitor import statement_words as words

ROLES = ("payments", "supervisor")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only(*ROLES)
def doubtful_line(request: StaffRequest, row_id: int) -> HttpResponse:
    """The line beside the deposits that it may be of; POST says which."""
    found, trouble = _found(request, row_id), ""
    if request.method == "POST":
        chosen = request.POST.get("deposito", "")
        by = Actor.staff(request.member.user_id, request.member.name)
        try:
            if not (chosen.isascii() and chosen.isdigit() and len(chosen) < 19):
                raise NotThatDeposit
            settle_doubt(found.store_id, row_id, deposit_id=int(chosen), by=by, at=timezone.now())
        except NotThatDeposit as refusal:
            trouble = str(refusal.says) if chosen else _("Elige el depósito.")
        except DoubtIsOver as refusal:
            trouble = str(refusal.says)
        else:
            return HttpResponseRedirect(reverse("monitor_statement", args=[found.statement_id]))
        found = _found(request, row_id)
    context = {
        "line": found,
        "why": words.doubt_words(found.why) if found.why else "",
        "candidates": list(zip(found.candidates, deposit_rows(found.candidates), strict=True)),
        "capture": _capture(found),
        "trouble": trouble,
        "section": "monitor",
    }
    return render(request, "monitor/statements/doubt.html", context, status=409 if trouble else 200)


def _capture(found: DoubtView) -> str:
    """The address of the form that captures the line as new money, with what the line says typed already."""
    said = {
        "account": found.account,
        "bank": found.sending_institution,
        "tracking_key": found.tracking_key,
        "operation_date": found.operation_date.isoformat(),
        "amount": found.amount.plain,
        "payer_name": found.payer_name[:40],
        "concept": found.concept[:40],
        "reference": found.reference[:7],
    }
    return f"{reverse('monitor_captures')}?{urlencode({name: text for name, text in said.items() if text})}"


def _found(request: StaffRequest, row_id: int) -> DoubtView:
    found = doubt(request.member.store_id, row_id)
    if found is None:
        raise Http404
    return found
