"""Notices from outside. Answered when they are durable, never after understanding them."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from seguripago.journey.bank.commands import keep_notice
from seguripago.journey.cards.commands import hear_gateway
from seguripago.journey.reconciliation.commands import hear_payout


@csrf_exempt
@require_POST
def bank_notice(request: HttpRequest, feed: str, store_key: str, secret: str = "") -> HttpResponse:
    """Keep a bank's notice and give the bank's own words for an answer."""
    try:
        notice = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    answer = keep_notice(
        feed,
        store_key,
        body=notice,
        headers=request.headers,
        remote_address=request.META.get("REMOTE_ADDR", ""),
        address_secret=secret,
        at=timezone.now(),
    )
    if answer is None:
        return HttpResponseNotFound()
    status, body = answer
    return JsonResponse(body, status=status)


@csrf_exempt
@require_POST
def card_notice(request: HttpRequest, gateway: str, store_key: str) -> HttpResponse:
    """A gateway's hint, kept once: the charge is asked about again; what the notice says is not believed."""
    try:
        notice = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    heard = hear_gateway(
        gateway,
        store_key,
        body=notice,
        headers=request.headers,
        query=request.GET.dict(),
        at=timezone.now(),
    )
    return HttpResponse() if heard else HttpResponseNotFound()


@csrf_exempt
@require_POST
def payout_notice(request: HttpRequest, provider: str, store_key: str) -> HttpResponse:
    """A hint that an order to send money has moved: its provider is asked; what the notice says is not believed."""
    try:
        notice = request.body
    except RequestDataTooBig:
        return HttpResponse(status=413)
    heard = hear_payout(provider, store_key, body=notice, headers=request.headers, at=timezone.now())
    return HttpResponse(status=204) if heard else HttpResponseNotFound()
