"""The buyer's order page: live state, papers, bank details, guarantee. Its address is the key; a wrong one is 404."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from seguripago.foundations.stores.papers import sealed_paper
from seguripago.journey.assistance.queries.seals import seal_of_order
from seguripago.journey.backing.queries import backing_of
from seguripago.journey.cards.queries import newest_charge_of, paid_charges
from seguripago.journey.claims.queries import ClaimView, claims_of
from seguripago.journey.delivery.queries import shipments_of
from seguripago.journey.guarantee.queries import GuaranteeView, certificate_document, guarantee_of
from seguripago.journey.notices.commands import note_papers_read
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import payment_of
from seguripago.journey.receipts.queries import receipt_document, receipt_of
from seguripago.journey.reconciliation.queries.told import doubts_of_order
from seguripago.journey.refunds.queries import refunds_of
from seguripago.ports.documents import Certificate, Document, Receipt, SpeiBlock, printer
from seguripago.web.card_form import paying
from seguripago.web.card_form.policy import with_gateway
from seguripago.web.shop.doubts import doubts_told
from seguripago.web.shop.forms import ClaimForm
from seguripago.web.shop.history import history_of
from seguripago.web.shop.notes import note
from seguripago.web.shop.order_files import files_of
from seguripago.web.shop.order_page import PAID_STATES, Panel, next_of, panel_of, steps_of
from seguripago.web.shop.stores import store_of

NO_CARD: Final = paying.Drawn(None, None)


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
    context = context_of(order_or_404(token))
    _note_read(context)
    response = with_gateway(render(request, "shop/order.html#live", context), context["card_config"])
    if context["card_form"] and "tarjeta" not in request.GET:
        # The page was drawn without the card form's scripts, and its policy lets no gateway through.
        response["HX-Refresh"] = "true"
    return response


def page(request: HttpRequest, order: OrderView, *, status: int = 200, **more: Any) -> HttpResponse:
    """Draw the order page, with the forms as they were typed."""
    context = {**context_of(order), "note": note(request.GET.get("aviso", "")), **more}
    _note_read(context)
    return with_gateway(render(request, "shop/order.html", context, status=status), context["card_config"])


def _note_read(context: dict[str, Any]) -> None:
    """What is said here of a doubtful comprobante is not mailed besides."""
    if doubted := [line.doubt_id for line in context["files"] if line.doubt_id]:
        note_papers_read(doubted, at=timezone.now())


def context_of(order: OrderView) -> dict[str, Any]:
    """Gather what the page of an order draws."""
    payment = payment_of(order.id)
    panel = panel_of(order, payment)
    is_paid = order.state in PAID_STATES
    card = newest_charge_of(order.id) if panel is Panel.CARD else None
    card_drawn = paying.drawn(card_place(order), order.store_id, order.total, card) if panel is Panel.CARD else NO_CARD
    steps = steps_of(order, payment)
    parcels = shipments_of(order.id) if is_paid else ()
    guarantee = guarantee_of(order.id) if is_paid else None
    claims = claims_of(order.id) if is_paid else ()
    refunds = refunds_of(order.id) if payment else ()
    return {
        "order": order,
        "first_name": order.buyer.name.split(" ")[0],
        "store": store_of(order.store_id),
        "payment": payment,
        "is_withdrawn": bool(payment and payment.is_open and payment.channel == "link" and not payment.link_token),
        "after_deposit": payment.missing - payment.link_amount if payment and payment.link_amount else None,
        "card": card,
        "vouchers": paid_charges([payment.id]).get(payment.id, ()) if payment and is_paid else (),
        "card_form": card_drawn.form,
        "card_config": card_drawn.config,
        "panel": panel.value,
        "seal": seal_of_order(order.id) if panel is Panel.TRANSFER else None,
        "panel_template": f"shop/order/_{panel.value}.html",
        "is_paid": is_paid,
        "steps": steps,
        "now": next((step for step in steps if step.how == "now"), steps[-1]),
        "place": min(6, 1 + sum(step.how == "done" for step in steps)),
        "nexts": next_of(order),
        "doubts": doubts_told(doubts_of_order(order.id), order, payment) if payment else (),
        "receipt": receipt_of(order.id) if is_paid else None,
        "guarantee": guarantee,
        "parcels": parcels,
        "backing": backing_of(order.id) if is_paid else None,
        "can_accept_delivery": bool(
            parcels
            and guarantee
            and guarantee.state == "held"
            and (order.is_quick or all(parcel.shipped_at or parcel.is_unsent for parcel in parcels))
            and not all(parcel.is_unsent or parcel.returned_at for parcel in parcels)
        ),
        "files": files_of(order.id) if payment else (),
        # A card's comprobante is the gateway's own voucher.
        "takes_files": payment is not None
        and payment.channel != "card"
        and panel in {Panel.TRANSFER, Panel.LINK, Panel.PAID, Panel.TIME_OVER},
        "claim_form": ClaimForm(),
        "live_topics": f"order:{order.access_token}",
        "order_url": f"{settings.SEGURIPAGO.base_url.rstrip('/')}{reverse('shop:order', args=[order.access_token])}",
        "refunds": refunds,
        "is_cancel_asked": any(refund.asks_to_cancel and refund.asked_by_buyer for refund in refunds),
        **_claiming(guarantee, claims),
        "history": history_of(order, parcels=parcels, claims=claims, refunds=refunds, guarantee=guarantee)
        if is_paid
        else (),
        "may_cancel": _may_cancel(order) and not any(parcel.shipped_at for parcel in parcels),
        "pay_url": reverse("pay:open", args=[payment.link_token]) if payment and payment.link_token else "",
    }


def _claiming(guarantee: GuaranteeView | None, claims: tuple[ClaimView, ...]) -> dict[str, Any]:
    """The order's last claim, and whether another may be opened: while the promise stands and its days last."""
    stands = guarantee is not None and guarantee.state == "held"
    ends_at = guarantee.inspection_ends_at if guarantee else None
    is_over = ends_at is not None and ends_at <= timezone.now()
    return {"claim": claims[-1] if claims else None, "may_open_claim": stands and not is_over}


def _may_cancel(order: OrderView) -> bool:
    """Whether the buyer may still cancel by himself or ask for it; a paid one that has asked already waits."""
    if order.state in {"placed", "verified"}:
        return True
    return order.state in {"paid", "preparing"} and not order.shipping_hold


def card_place(order: OrderView) -> paying.CardPlace:
    """Where this order is paid with a card: on its own page."""
    token = order.access_token
    page_url = reverse("shop:order", args=[token])
    return paying.CardPlace(
        order_id=order.id,
        action=reverse("shop:card", args=[token]),
        page=lambda code: f"{page_url}?aviso={code}" if code else page_url,
        status=lambda key: reverse("shop:card_status", args=[token, key]),
        back=lambda key: reverse("shop:card_return", args=[token, key]),
    )


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
    return _signed_pdf(order, "receipt", receipt_document(order.id), f"RECIBO-{order.number}.pdf")


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
    document, backing = certificate_document(order.id), backing_of(order.id)
    if document is not None and backing is not None:
        document = replace(document, backed_at=backing.backed_at)
    return _signed_pdf(order, "certificate", document, f"GARANTIA-{order.number}.pdf")


def _signed_pdf(order: OrderView, paper: str, document: Receipt | Certificate | None, filename: str) -> HttpResponse:
    if document is None:
        raise Http404
    body = printer().pdf(document)
    return _download(
        sealed_paper(order.store_id, body, paper=paper, number=document.number, at=timezone.now()), filename
    )


def _pdf(document: Document | None, filename: str) -> HttpResponse:
    if document is None:
        raise Http404
    return _download(printer().pdf(document), filename)


def _download(body: bytes, filename: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["X-Robots-Tag"] = "noindex"
    return response
