"""The buyer opens what he showed: the clean copy, as a download."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from seguripago.journey.evidence.queries import evidence_file
from seguripago.web.handing import hand_over
from seguripago.web.shop.views.order import order_or_404


@require_safe
def paper(request: HttpRequest, token: str, evidence_id: int) -> HttpResponse:
    """Hand over a comprobante of this order."""
    order, file = order_or_404(token), evidence_file(evidence_id)
    if file is None or file.order_id != order.id:
        raise Http404
    return hand_over("comprobante", file.id, file.sha256, at=timezone.now())
