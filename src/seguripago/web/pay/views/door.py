"""Where a link leads: its token is exchanged once for a cookie, and leaves the address."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from seguripago.journey.orders.queries import access_token
from seguripago.journey.payments import commands as payments
from seguripago.journey.payments.queries import link
from seguripago.journey.payments.refusals import BadLink
from seguripago.web.limits import address
from seguripago.web.pay.passes import Pass, keep_pass
from seguripago.web.pay.shut import payers
from seguripago.web.shop.cookies import order_tokens

FETCHES_AHEAD = ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")


@payers
@require_safe
def exchange(request: HttpRequest, token: str) -> HttpResponse:
    """Note that somebody looked, give the browser the link's pass and send it to the address without the token.

    It takes nothing away: chats, mail filters and browsers fetch links before people do, and each may come again.
    """
    found = link(token)
    if found is None:
        return unknown(request)
    own = access_token(found.order_id) in order_tokens(request)
    try:
        opened = payments.open_link(
            token, caller=address(request), agent=agent_of(request), own_session=own, at=timezone.now()
        )
    except BadLink:
        return unknown(request)
    held = Pass(opened.handle, is_late=opened.state == "expired")
    response = HttpResponseRedirect(reverse("pay:page", args=[held.place]))
    keep_pass(response, held)
    return response


def unknown(request: HttpRequest) -> HttpResponse:
    """One answer for whatever is no link: forged, altered, cut, of another key or store, or never made."""
    return render(request, "pay/unknown.html", {"host": request.get_host()}, status=404)


def agent_of(request: HttpRequest) -> str:
    """What looks: what a browser calls itself, or that it only fetches ahead."""
    if request.method == "HEAD" or any(request.headers.get(name) for name in FETCHES_AHEAD):
        return "WhatsApp"
    return request.headers.get("User-Agent", "")
