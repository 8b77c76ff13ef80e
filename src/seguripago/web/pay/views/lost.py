"""«Me perdí el link»: a number is typed, the answer tells nothing, and a mail goes to the order's own address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from seguripago.journey.payments.commands import ask_links_again
from seguripago.values import order_number
from seguripago.web.pay.limits import LinksSpent, take_link
from seguripago.web.pay.shut import payers


@payers
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Show the form; take a number."""
    typed = request.POST.get("number", "").replace("\x00", "").strip()[:40]
    if request.method != "POST":
        return _page(request)
    number = order_number.parse(typed)
    if number is None:
        error = _("Ese número no está completo o tiene un error. Es como CM-7K3F-92QX.")
        return _page(request, status=422, typed=typed, error=error)
    try:
        may_send = take_link(request, number)
    except LinksSpent as spent:
        minutes = -(-spent.wait_s // 60)
        error = _("Pediste varios links seguidos. Espera %(n)s min y vuelve a intentar.") % {"n": minutes}
        response = _page(request, status=429, typed=typed, error=error)
        response["Retry-After"] = str(spent.wait_s)
        return response
    if may_send:
        ask_links_again(number)
    return _page(request, sent=True)


def _page(request: HttpRequest, *, status: int = 200, **more: object) -> HttpResponse:
    return render(request, "pay/lost.html", {"host": request.get_host(), **more}, status=status)
