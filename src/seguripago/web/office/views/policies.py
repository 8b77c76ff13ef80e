"""What two people settled once for all: tolerance, what a deadline does by itself, a lone owner's delay."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seguripago.foundations.approvals.commands import AlreadyProposed, NotYourRole, propose_policy
from seguripago.foundations.approvals.queries import policy
from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only

from ..bank_screens import waiting
from ..policy_forms import PoliciesForm, shown


@require_http_methods(["GET", "HEAD", "POST"])
@staff_only("owner", "supervisor")
def policies(request: StaffRequest) -> HttpResponse:
    """The store's policies as they hold; POST proposes the differences, and another person decides."""
    store_id, now = request.member.store_id, policy(request.member.store_id)
    form = PoliciesForm(request.POST if request.method == "POST" else None, initial=shown(now))
    problem = ""
    if request.method == "POST" and form.is_valid():
        changes = form.changes(now)
        problem = _propose(request, changes) if changes else _("Así está ya.")
        if not problem:
            return HttpResponseRedirect(reverse("office_policies") + "?propuesto=1")
    context = {
        "section": "policies",
        "form": form,
        "problem": problem,
        "waiting": [each for each in waiting(request.member) if each.proposal.subject == f"store:{store_id}"],
        "is_proposed": request.GET.get("propuesto") == "1",
        "is_decided": request.GET.get("decidido") == "1",
        "back": "reglas",
    }
    return render(request, "office/policies.html", context, status=422 if problem or form.errors else 200)


def _propose(request: StaffRequest, changes: dict[str, int]) -> str:
    """Propose; gives why not, empty when it is proposed."""
    by = Actor.staff(request.member.user_id, request.member.name)
    try:
        propose_policy(request.member.store_id, changes, by=by, at=timezone.now())
    except AlreadyProposed:
        return _("Ya hay una propuesta que espera: primero hay que decidirla.")
    except NotYourRole:
        return _("Tu papel en la tienda no propone esto.")
    return ""
