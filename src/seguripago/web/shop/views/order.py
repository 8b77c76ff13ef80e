"""The buyer's order page: live state, papers, bank details, guarantee. Its address is the key; a wrong one is 404."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seguripago.journey.delivery.queries import shipment_of
from seguripago.journey.evidence.queries import evidence_of
from seguripago.journey.guarantee.queries import certificate_document, guarantee_of
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.receipts.queries import receipt_document, receipt_of
from seguripago.journey.reconciliation.queries.told import doubts_of_order
from seguripago.ports.documents import Document, SpeiBlock, printer
from seguripago.web.shop.doubts import doubts_told
from seguripago.web.shop.forms import ClaimForm
from seguripago.web.shop.notes import note
from seguripago.web.shop.order_page import PAID_STATES, Panel, next_of, panel_of, steps_of
from seguripago.web.shop.stores import store_of


def order_or_404(token: str) -> OrderView:
    """Answer the order of an access token; a stranger's guess is a 404."""
    found = orders.order_by_token(token) if len(token) <= 64 else None
    if found is None:
        raise Http404
    return found


@require_safe
@never_cache
def show(request: HttpRequest, token: str) -> HttpResponse:
    """Show the whole page of an order."""
    return page(request, order_or_404(token))


@require_safe
@never_cache
def state(request: HttpRequest, token: str) -> HttpResponse:
    """Show only what changes: the page asks for it when it is woken."""
    return render(request, "shop/order.html#live", context_of(order_or_404(token)))


def page(request: HttpRequest, order: OrderView, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the order page, with the forms as they were typed."""
    context = {**context_of(order), "note": note(request.GET.get("aviso", "")), **more}
    return render(request, "shop/order.html", context, status=status)


def context_of(order: OrderView) -> dict[str, Any]:
    """Gather what the page of an order draws."""
    payment = payment_of(order.id)
    panel = panel_of(order, payment)
    is_paid = order.state in PAID_STATES
    steps = steps_of(order, payment)
    shipment = shipment_of(order.id) if is_paid else None
    guarantee = guarantee_of(order.id) if is_paid else None
    return {
        "order": order,
        "first_name": order.buyer.name.split(" ")[0],
        "store": store_of(order.store_id),
        "payment": payment,
        "panel": panel.value,
        "panel_template": f"shop/order/_{panel.value}.html",
        "is_paid": is_paid,
        "steps": steps,
        "now": next((step for step in steps if step.how == "now"), steps[-1]),
        "place": min(6, 1 + sum(step.how == "done" for step in steps)),
        "nexts": next_of(order),
        "doubts": doubts_told(doubts_of_order(order.id), order, payment) if payment else (),
        "receipt": receipt_of(order.id) if is_paid else None,
        "guarantee": guarantee,
        "shipment": shipment,
        "can_accept_delivery": bool(shipment and guarantee and shipment.shipped_at and guarantee.state == "held"),
        "files": evidence_of(order.id) if payment else (),
        # A card's comprobante is the gateway's own voucher.
        "takes_files": payment is not None
        and payment.channel != "card"
        and panel in {Panel.TRANSFER, Panel.LINK, Panel.PAID, Panel.TIME_OVER},
        "claim_form": ClaimForm(),
        "live_topics": f"order:{order.access_token}",
        "order_url": f"{settings.SEGURIPAGO.base_url.rstrip('/')}{reverse('shop:order', args=[order.access_token])}",
        "pay_url": reverse("shop:pay", args=[payment.link_token]) if payment and payment.link_token else "",
    }


@require_safe
@never_cache
def pre_invoice(request: HttpRequest, token: str) -> HttpResponse:
    """Print the PRE-FACTURA."""
    order = order_or_404(token)
    document = orders.pre_invoice(order.id)
    payment = payment_of(order.id)
    if payment and payment.instructions and payment.channel == "spei":
        told = payment.instructions
        block = SpeiBlock(
            bank=told.bank,
            clabe=told.clabe,
            beneficiary=told.beneficiary,
            concept=told.concept,
            amount=told.amount,
            reference=told.reference,
            expires_at=told.expires_at,
        )
        document = replace(document, spei=block)
    return _pdf(document, f"PRE-FACTURA-{order.number}.pdf")


@require_safe
@never_cache
def receipt_pdf(request: HttpRequest, token: str) -> HttpResponse:
    """Print the receipt, once there is one."""
    order = order_or_404(token)
    return _pdf(receipt_document(order.id), f"RECIBO-{order.number}.pdf")


@require_safe
@never_cache
def receipt_json(request: HttpRequest, token: str) -> HttpResponse:
    """Hand over the signed receipt as anyone may verify it offline."""
    order = order_or_404(token)
    receipt = receipt_of(order.id)
    if receipt is None:
        raise Http404
    response = HttpResponse(receipt.file, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{receipt.number}.json"'
    return response


@require_safe
@never_cache
def certificate(request: HttpRequest, token: str) -> HttpResponse:
    """Print the certificate of the guarantee, once there is one."""
    order = order_or_404(token)
    return _pdf(certificate_document(order.id), f"GARANTIA-{order.number}.pdf")


def _pdf(document: Document | None, filename: str) -> HttpResponse:
    if document is None:
        raise Http404
    response = HttpResponse(printer().pdf(document), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Robots-Tag"] = "noindex"
    return response
