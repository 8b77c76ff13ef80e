"""Write the mails that facts deserve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.stores.queries import StoreView, store_by_id
from seguripago.journey.assistance.queries.claims_told import claim_told
from seguripago.journey.claims.facts import ClaimEscalated, ClaimFact, ClaimReminded
from seguripago.journey.claims.rules import Side
from seguripago.journey.delivery.facts import ShipmentLate
from seguripago.journey.delivery.queries import shipment
from seguripago.journey.delivery.rules import Late
from seguripago.journey.guarantee.facts import GuaranteeStep
from seguripago.journey.guarantee.queries import GuaranteeView, guarantee_of, guarantees_of
from seguripago.journey.guarantee.rules import LATE, GuaranteeState, Step, concerns
from seguripago.journey.orders.facts import OrderPlaced
from seguripago.journey.orders.queries import orders_by_id
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.facts import PaymentLinkSent
from seguripago.journey.payments.queries import PaymentView, payment_of
from seguripago.journey.refunds.facts import RefundReminded
from seguripago.journey.refunds.rules import Keeper
from seguripago.values.money import Money

from .. import rules
from ..models import Mail
from ..rules import MailState


@dataclass(frozen=True, slots=True)
class Words:
    """What a mail says, before it is a row."""

    subject: str
    text: str
    html: str


@transaction.atomic
def write_mails(facts: Sequence[Fact], *, at: datetime) -> None:
    """Write one mail for every fact that deserves one; a fact that was read before adds nothing."""
    told = [fact for fact in facts if type(fact).__name__ in rules.TEMPLATES and rules.is_news(fact.at, at)]
    # A return of money that was for no order concerns no buyer.
    news = [fact for fact in told if _order_id(fact)]
    orders = orders_by_id({_order_id(fact) for fact in news})
    news = [fact for fact in news if not _is_told_otherwise(fact, orders[_order_id(fact)])]
    stores = {store_id: store_by_id(store_id) for store_id in {order.store_id for order in orders.values()}}
    guaranteed = [fact for fact in news if rules.TEMPLATES[type(fact).__name__] in rules.WITH_GUARANTEE]
    guarantees = guarantees_of({_order_id(fact) for fact in guaranteed}) if guaranteed else {}
    Mail.objects.bulk_create(
        (
            _row(fact, template, order, stores[order.store_id], guarantees.get(order.id), at=at)
            for fact in news
            for template in (rules.TEMPLATES[type(fact).__name__],)
            if (order := orders[_order_id(fact)]).buyer.email
        ),
        ignore_conflicts=True,
    )


def _is_told_otherwise(fact: Fact, order: OrderView) -> bool:
    """A charge without a cart begins with its link's mail; a link that another one replaced is not sent any more."""
    if isinstance(fact, PaymentLinkSent):
        payment = payment_of(order.id)
        return payment is None or payment.link_id != fact.link_id
    if isinstance(fact, ClaimReminded):
        return fact.whom != Side.BUYER
    if isinstance(fact, ClaimEscalated):
        return fact.to != Side.SUPERVISOR
    if isinstance(fact, GuaranteeStep):
        return not _is_step_for(fact, order)
    if isinstance(fact, RefundReminded):
        return fact.keeper != Keeper.BUYER
    if isinstance(fact, ShipmentLate):
        # Who says that it has not come need not be told.
        return fact.kind == Late.MISSED or _is_told_by_promise(fact, order)
    return order.is_quick and isinstance(fact, OrderPlaced)


def link_mail(order: OrderView, store: StoreView, payment: PaymentView, *, key: str, at: datetime) -> Mail:
    """Write the mail of an order's live link, under a key of the caller's."""
    context = _common(order, store) | _of_link(payment)
    return _mail("payment_link", order, _words("payment_link", context | {"guarantee": None}), key=key, at=at)


def still_stands(fact: GuaranteeStep, order: OrderView) -> bool:
    """Say whether the step is still true when its mail is written: what was sent meanwhile is not late."""
    guarantee = guarantee_of(order.id)
    stands = guarantee is not None and guarantee.state == GuaranteeState.HELD
    # Of a charge without a cart nothing is sent.
    is_sent = not order.is_quick or Step(fact.step) not in {Step.SHIP_SOON, Step.SHIP_LATE}
    return stands and is_sent and concerns(Step(fact.step), order.state)


def _is_step_for(fact: GuaranteeStep, order: OrderView) -> bool:
    """The end of his days to look, and what a missed deadline lets him do, are the buyer's to know."""
    return (fact.step == Step.INSPECTION_SOON or Step(fact.step) in LATE) and still_stands(fact, order)


def _is_told_by_promise(fact: ShipmentLate, order: OrderView) -> bool:
    """A missed sending day is one mail, the guarantee's: it says that nothing left, and that he may claim from today.

    The parcel's would only repeat the first. It goes where the guarantee says nothing: it is claimed or has ended, or
    the day is a later one, of a parcel that came back.
    """
    if fact.kind != Late.TO_SEND:
        return False
    promise, parcel = guarantee_of(order.id), shipment(fact.shipment_id)
    if promise is None or parcel is None or promise.state != GuaranteeState.HELD:
        return False
    return concerns(Step.SHIP_LATE, order.state) and parcel.ship_by <= promise.ship_by


def paper_mail(order: OrderView, store: StoreView, words: str, *, key: str, at: datetime) -> Mail:
    """Write the mail about a doubtful comprobante, under a key of the caller's."""
    context = _common(order, store) | {"words": words, "guarantee": None}
    return _mail("paper_doubt", order, _words("paper_doubt", context), key=key, at=at)


def claim_door_mail(order: OrderView, store: StoreView, *, key: str, at: datetime) -> Mail:
    """Write the mail with the way to an order's claim, under a key of the caller's."""
    context = _common(order, store)
    context |= {"link": f"{context['order_url']}reclamacion/", "guarantee": None}
    return _mail("claim_door", order, _words("claim_door", context), key=key, at=at)


def _order_id(fact: Fact) -> int:
    order_id: int = fact.order_id  # type: ignore[attr-defined]  # every fact of TEMPLATES is about an order
    return order_id


def _row(
    fact: Fact, template: str, order: OrderView, store: StoreView, guarantee: GuaranteeView | None, *, at: datetime
) -> Mail:
    days = guarantee.inspection_days if guarantee else store.inspection_days
    around = {"guarantee": guarantee, "days_to_look": days}
    words = _words(template, {**_context(fact, template, order, store), **around})
    return _mail(template, order, words, key=rules.fact_key(type(fact).__name__, fact.to_json(), template), at=at)


def _mail(template: str, order: OrderView, words: Words, *, key: str, at: datetime) -> Mail:
    attachments = []
    if template in rules.WITH_PRE_INVOICE or (order.is_quick and template == "payment_link"):
        attachments.append({"document": "pre_invoice", "filename": f"PRE-FACTURA-{order.number}.pdf"})
    return Mail(
        store_id=order.store_id,
        order_id=order.id,
        key=key,
        template=template,
        to=order.buyer.email,
        subject=words.subject[:200],
        text=words.text,
        html=words.html,
        attachments=attachments,
        state=MailState.QUEUED,
        at=at,
        due_at=at,
    )


def _words(template: str, context: dict[str, Any]) -> Words:
    with translation.override(settings.LANGUAGE_CODE):
        named = context.get("named", template)
        subject = _subjects()[named] % {"number": context["order"].number, "store": context["store"].name}
        body = render_to_string(f"notices/{template}.txt", context).strip()
        around = {**context, "subject": subject, "body": body, "button": _button(named)}
        text = render_to_string("notices/letter.txt", around).strip() + "\n"
        html = render_to_string("notices/letter.html", around)
    return Words(" ".join(subject.split()), text, html)


def _common(order: OrderView, store: StoreView) -> dict[str, Any]:
    base = settings.SEGURIPAGO.base_url.rstrip("/")
    order_url = f"{base}/pedido/{order.access_token}/"
    return {
        "order": order,
        "store": store,
        "first_name": rules.first_name(order.buyer.name),
        "order_url": order_url,
        "claims_url": f"{base}/reclamar/",
        "link": order_url,
    }


def _of_link(payment: PaymentView | None) -> dict[str, Any]:
    """What the mail of a link says: exactly how much, until when, and the words that its page shows too."""
    if payment is None or not payment.link_token:
        return {"expires_at": None}
    return {
        "expires_at": payment.link_expires_at,
        "amount": payment.link_amount or payment.missing,
        "purpose": payment.link_purpose,
        "phrase": payment.link_phrase,
        "received": payment.received,
        "missing": payment.missing,
        "link": f"{settings.SEGURIPAGO.base_url.rstrip('/')}/pago/{payment.link_token}/",
    }


def _context(fact: Fact, template: str, order: OrderView, store: StoreView) -> dict[str, Any]:
    context = _common(order, store)
    if isinstance(fact, ClaimFact):
        return context | {"told": claim_told(fact)[0], "link": f"{context['order_url']}reclamacion/"}
    match template:
        case "transfer_details":
            payment = payment_of(order.id)
            context["expires_at"] = payment.expires_at if payment else None
        case "payment_link":
            context |= _of_link(payment_of(order.id))
        case "partial_received":
            context["received"] = Money(fact.received_centavos)  # type: ignore[attr-defined]
            context["missing"] = Money(fact.missing_centavos)  # type: ignore[attr-defined]
        case "payment_reversed":
            context["returned"] = Money(fact.centavos)  # type: ignore[attr-defined]
            context["missing"] = Money(fact.missing_centavos)  # type: ignore[attr-defined]
        case "rest_asked":
            context["missing"] = Money(fact.missing_centavos)  # type: ignore[attr-defined]
        case (
            "return_confirmed"
            | "card_refunded"
            | "refund_approved"
            | "refund_rejected"
            | "refund_failed"
            | "refund_account"
        ):
            context["returned"] = Money(fact.centavos)  # type: ignore[attr-defined]
            context["needs_account"] = getattr(fact, "needs_account", False)
            context["why"] = getattr(fact, "why", "")
        case "guarantee_step":
            step = fact.step  # type: ignore[attr-defined]
            context |= {"step": step, "due_at": datetime.fromisoformat(fact.due_at)}  # type: ignore[attr-defined]
            context["named"] = step if step == Step.INSPECTION_SOON else "may_claim"
            if step != Step.INSPECTION_SOON:
                context["link"] = f"{context['order_url']}reclamacion/"
        case "payment_reminder":
            context["is_last"] = fact.step == "last"  # type: ignore[attr-defined]
        case "shipment_sent" | "shipment_delivered" | "shipment_late" | "shipment_returned" | "shipment_unsent":
            context["shipment"] = shipment(fact.shipment_id)  # type: ignore[attr-defined]
            context["why"] = getattr(fact, "reason", "")
            context["kind"] = getattr(fact, "kind", "")
            context["is_part"] = order.shipped_at is None
            context["is_last"] = getattr(fact, "is_last", True)
            if template == "shipment_delivered" and not context["is_last"]:
                context["named"] = "part_delivered"
    return context


def _subjects() -> dict[str, str]:
    return {
        "order_placed": _("Recibimos tu pedido %(number)s"),
        "order_cancelled": _("Tu pedido %(number)s se canceló"),
        "transfer_details": _("Ya puedes ver los datos bancarios de tu pedido %(number)s"),
        "payment_link": _("Tu link de pago encriptado del pedido %(number)s"),
        "partial_received": _("Recibimos una parte del pago de tu pedido %(number)s"),
        "payment_confirmed": _("Pago confirmado: pedido %(number)s"),
        "payment_reversed": _("El banco regresó tu transferencia del pedido %(number)s"),
        "rest_asked": _("Tienes más tiempo para completar tu pedido %(number)s"),
        "return_confirmed": _("Reembolso enviado: pedido %(number)s"),
        "card_refunded": _("Reembolso a tu tarjeta: pedido %(number)s"),
        "refund_approved": _("Reembolso aprobado: pedido %(number)s"),
        "refund_rejected": _("Sobre el reembolso de tu pedido %(number)s"),
        "refund_account": _("Falta tu cuenta para el reembolso de tu pedido %(number)s"),
        "refund_failed": _("Tu reembolso del pedido %(number)s no llegó"),
        "shipment_sent": _("Tu pedido %(number)s va en camino"),
        "shipment_delivered": _("Tu pedido %(number)s fue entregado"),
        "part_delivered": _("Un paquete de tu pedido %(number)s fue entregado"),
        "shipment_late": _("Tu pedido %(number)s va tarde"),
        "shipment_returned": _("Un paquete de tu pedido %(number)s regresó a la tienda"),
        "shipment_unsent": _("La tienda no enviará una parte de tu pedido %(number)s"),
        "payment_reminder": _("Tu pedido %(number)s espera tu pago"),
        "claim_door": _("Para reclamar tu pedido %(number)s"),
        "inspection_soon": _("Termina tu plazo para revisar tu pedido %(number)s"),
        "may_claim": _("Ya puedes reclamar tu pedido %(number)s"),
        "paper_doubt": _("Sobre el comprobante de tu pedido %(number)s"),
        "claim_step": _("Sobre la reclamación de tu pedido %(number)s"),
        "guarantee_released": _("Tu compra %(number)s quedó completa"),
    }


def _button(template: str) -> str:
    return {
        "transfer_details": _("Ver datos bancarios"),
        "payment_link": _("Abrir mi link de pago"),
        "payment_confirmed": _("Descargar recibo"),
        "shipment_sent": _("Seguir mi envío"),
        "shipment_delivered": _("Ver mi pedido"),
        "claim_door": _("Abrir mi reclamación"),
        "may_claim": _("Reclamar «No llegó»"),
        "claim_step": _("Ver mi reclamación"),
    }.get(template, _("Ver mi pedido"))
