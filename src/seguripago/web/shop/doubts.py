"""What the order page says when money came that did not simply pay the order. Pure: every kind has its words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.reconciliation.queries.told import Doubt
from seguripago.values.money import MXN
from seguripago.web.shop.order_page import PAID_STATES


@dataclass(frozen=True, slots=True)
class DoubtView:
    """A note on the order page; `tone` is info or warn."""

    tone: str
    says: str


def doubts_told(doubts: Iterable[Doubt], order: OrderView, payment: PaymentView | None) -> tuple[DoubtView, ...]:
    """Say to the buyer what is known of his money, what happens next, and whether he has something to do."""
    told = []
    for doubt in doubts:
        says = _says(doubt, order, payment)
        if says:
            tone = "warn" if doubt.kind.value in {"reversed", "part_expired", "late", "chargeback"} else "info"
            told.append(DoubtView(tone, says))
    return tuple(told)


def _says(doubt: Doubt, order: OrderView, payment: PaymentView | None) -> str:
    amount = {"amount": str(doubt.amount)}
    if doubt.is_decided and doubt.by_card:
        return _("Se decidió devolver %(amount)s a tu tarjeta y se está haciendo. Te avisamos aquí.") % amount
    if doubt.is_decided:
        return (
            _("Ya se decidió qué pasa con %(amount)s de tu transferencia y se está haciendo. Te avisamos aquí.")
            % amount
        )
    match doubt.kind.value:
        case "excess":
            return (
                _("Recibimos %(amount)s de más. Una persona prepara tu reembolso; no tienes que hacer nada.") % amount
            )
        case "duplicate":
            return (
                _(
                    "Recibimos otro pago de %(amount)s y tu pedido ya estaba pagado. Una persona prepara tu reembolso;"
                    " no tienes que hacer nada."
                )
                % amount
            )
        case "late":
            return _late(order) % amount
        case "part_expired":
            return (
                _(
                    "El plazo terminó con %(amount)s recibidos. Una persona revisa contigo si completas tu pago o te"
                    " hacemos tu reembolso."
                )
                % amount
            )
        case "contradiction":
            return _unclear(doubt)
        case "reversed":
            return _reversed(doubt, order, payment)
        case "chargeback":
            return (
                _(
                    "El banco de la tarjeta tomó de vuelta %(amount)s de este pedido. Una persona de la tienda lo"
                    " aclara; mientras tanto el pedido no se envía."
                )
                % amount
            )
        case _other:
            return ""


def _late(order: OrderView) -> str:
    if order.state == "cancelled":
        return _("Recibimos %(amount)s para este pedido, que se había cancelado. Una persona prepara tu reembolso.")
    return _(
        "Recibimos %(amount)s cuando el plazo de este pedido ya había terminado. Tu dinero está ubicado: una persona te"
        " propone enviarte tu pedido o hacer tu reembolso."
    )


def _unclear(doubt: Doubt) -> str:
    if doubt.amount.currency != MXN:
        return _("Llegó un depósito en %(currency)s y tu pedido se paga en pesos. Una persona lo revisa contigo.") % {
            "currency": doubt.amount.currency
        }
    return _("Estamos aclarando con el banco el monto de tu transferencia. No tienes que hacer nada; te avisamos aquí.")


def _reversed(doubt: Doubt, order: OrderView, payment: PaymentView | None) -> str:
    went = _("El banco regresó tu transferencia de %(amount)s a la cuenta de la que salió.") % {
        "amount": str(doubt.amount)
    }
    if order.state in PAID_STATES or payment is None or order.state in {"expired", "cancelled"}:
        return f"{went} {_('Una persona de la tienda lo revisa contigo.')}"
    again = _("Para conservar tu pedido, transfiere otra vez %(missing)s a la misma CLABE.") % {
        "missing": str(payment.missing)
    }
    return f"{went} {again}"
