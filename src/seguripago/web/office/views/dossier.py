"""The evidence file of one purchase, for an owner or a supervisor who says why."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from seguripago.values.actor import Actor
from seguripago.web.access import StaffRequest, staff_only
from seguripago.web.dossier.building import signed_dossier

from ..forms import DossierForm
from .orders import order_of, page_of


@require_POST
@never_cache
@staff_only("owner", "supervisor")
def take(request: StaffRequest, number: str) -> HttpResponse:
    """Hand out the signed evidence file; who took it and why is written down."""
    order, form = order_of(request, number), DossierForm(request.POST)
    if not form.is_valid():
        return page_of(request, order, dossier_form=form)
    by = Actor.staff(request.member.user_id, request.member.name)
    body = signed_dossier(order.id, reason=form.cleaned_data["reason"], by=by, at=timezone.now())
    answer = HttpResponse(body, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="EXPEDIENTE-{order.number}.pdf"'
    return answer
