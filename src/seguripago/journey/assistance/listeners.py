"""What the chat shows when something happens below it. Every line may be read again without showing it twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.journey.delivery import queries as delivery
from seguripago.journey.delivery.facts import ShipmentDelivered, ShipmentSent
from seguripago.journey.guarantee import queries as guarantee
from seguripago.journey.guarantee.facts import GuaranteeHeld, GuaranteeReleased
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.facts import (
    ChecksConfirmed,
    ConfirmationAccepted,
    CorrectionAsked,
    OrderCancelled,
    OrderCorrected,
    OrderExpired,
)
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import queries as payments
from seguripago.journey.payments.facts import (
    CardDeclined,
    ClockExtended,
    PartialReceived,
    PaymentConfirmed,
    PaymentExpired,
    PaymentLinkSent,
    PaymentReversed,
    TransferClaimed,
    TransferDetailsSent,
)
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.receipts import queries as receipts
from seguripago.journey.receipts.facts import ReceiptIssued
from seguripago.journey.reconciliation.facts import RestAsked, ReturnConfirmed
from seguripago.values.money import Money

from .commands import acts, cards, leading, words
from .commands.thread import lock
from .models import Conversation

type Teller = Callable[[Conversation, OrderView, PaymentView | None, Any], None]


def show_in_chat(facts: Sequence[Fact], at: datetime) -> None:
    """Show each fact in the conversations of its order."""
    told = conversations_of_orders({fact.order_id for fact in facts if hasattr(fact, "order_id")})
    for fact in facts:
        order_id: int = getattr(fact, "order_id", 0)
        for conversation_id in told.get(order_id, ()):
            conversation = lock(conversation_id)
            order = orders.order(order_id)
            _TELLERS[type(fact)](conversation, order, payments.payment_of(order_id), fact)


def conversations_of_orders(order_ids: Collection[int]) -> dict[int, list[int]]:
    """The open conversations of each order that has any, by id; when all are resolved, the newest."""
    rows = (
        Conversation.objects.filter(order_id__in=list(order_ids)).order_by("pk").values_list("order_id", "pk", "state")
    )
    all_of: dict[int, list[int]] = {}
    open_of: dict[int, list[int]] = {}
    for order_id, pk, state in rows:
        all_of.setdefault(order_id, []).append(pk)
        if state != "resolved":
            open_of.setdefault(order_id, []).append(pk)
    return {order_id: open_of.get(order_id) or known[-1:] for order_id, known in all_of.items()}


def _checks(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ChecksConfirmed) -> None:
    if order.all_checked and order.accepted_at is None:
        cards.confirmation(conversation, order, order.checks[0].confirmed_by, at=fact.at)


def _accepted(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ConfirmationAccepted
) -> None:
    if order.accepted_at is None:
        return
    acts.note_acceptance(conversation, order, at=fact.at)
    if conversation.led_by == "assistant":
        leading.go_on(conversation, None, at=fact.at)


def _correction(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: CorrectionAsked
) -> None:
    if order.correction:
        acts.note_correction(conversation, order, order.correction, at=fact.at)


def _corrected(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: OrderCorrected) -> None:
    text = _("Los datos de tu pedido se corrigieron; tu PRE-FACTURA es ahora la versión %(version)d.") % {
        "version": order.pre_invoice_version
    }
    cards.post_status(conversation, "order_corrected", text, (order.id, order.pre_invoice_version), at=fact.at)


def _details(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: TransferDetailsSent
) -> None:
    if payment is not None and payment.channel == "spei" and payment.instructions is not None:
        cards.bank_details(conversation, order, payment, "", at=fact.at)
        cards.transfer_monitored(conversation, order, payment, at=fact.at)


def _link(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PaymentLinkSent) -> None:
    if payment is not None and payment.channel == "link" and payment.link_token:
        cards.link(conversation, order, payment, "", at=fact.at)


def _claimed(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: TransferClaimed) -> None:
    text = _("Anotamos tu transferencia. La seguimos monitoreando y te avisamos aquí en cuanto llegue.")
    cards.post_status(conversation, "transfer_claimed", text, (order.id, fact.claim_id), at=fact.at)


def _extended(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ClockExtended) -> None:
    text = _("Tienes más tiempo para transferir; la vigencia nueva está en la página de tu pedido.")
    cards.post_status(conversation, "clock_extended", text, (order.id, fact.at.isoformat()), at=fact.at)


def _rest(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: RestAsked) -> None:
    text = _("Tu pedido sigue en pie: faltan %(missing)s MXN y tienes %(hours)d horas más para transferirlos.") % {
        "missing": Money(fact.missing_centavos, fact.currency),
        "hours": fact.hours,
    }
    cards.post_status(conversation, "rest_asked", text, (order.id, fact.case_id, fact.at.isoformat()), at=fact.at)


def _returned(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ReturnConfirmed) -> None:
    text = _("Te reembolsamos %(amount)s MXN: el banco ya los envió por SPEI.") % {
        "amount": Money(fact.centavos, fact.currency)
    }
    cards.post_status(conversation, "return_confirmed", text, (order.id, fact.return_id), at=fact.at)


def _partial(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PartialReceived) -> None:
    if payment is not None and not payment.is_confirmed:
        cards.partial_payment(conversation, order, payment, at=fact.at)


def _confirmed(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PaymentConfirmed
) -> None:
    if payment is None or not payment.is_confirmed:
        return
    cards.payment_confirmed(conversation, order, payment, at=fact.at)
    if payment.channel != "card" and conversation.state != "resolved" and acts.lacks_evidence(conversation):
        leading.speak(conversation, "evidence", words.fixed("evidence"), at=fact.at, key=("evidence", order.id))
        acts.ask_for_evidence(conversation, key=(), at=fact.at)


def _reversed(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PaymentReversed) -> None:
    if payment is None or payment.is_confirmed:
        return
    said = {"amount": Money(fact.centavos, fact.currency), "missing": payment.missing}
    if order.state == "verified":
        text = _(
            "El banco regresó tu transferencia de %(amount)s a la cuenta de la que salió. Faltan %(missing)s; puedes"
            " transferir otra vez a la misma CLABE."
        )
    else:
        text = _(
            "El banco regresó tu transferencia de %(amount)s a la cuenta de la que salió. Una persona de la tienda lo"
            " revisa contigo."
        )
    text %= said
    cards.post_status(conversation, "payment_reversed", text, (order.id, fact.payment_id, fact.source), at=fact.at)


def _expired(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PaymentExpired) -> None:
    text = _("La vigencia para pagar terminó. No transfieras con esos datos; si ya lo hiciste, una persona lo revisa.")
    cards.post_status(
        conversation, "payment_expired", text, (order.id, fact.payment_id, fact.at.isoformat()), at=fact.at
    )


def _declined(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: CardDeclined) -> None:
    text = _("Tu tarjeta no pasó y no se hizo ningún cargo. Puedes intentar con otra o pagar por transferencia SPEI.")
    cards.post_status(conversation, "card_declined", text, (order.id, fact.payment_id, fact.at.isoformat()), at=fact.at)


def _receipt(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ReceiptIssued) -> None:
    found = receipts.receipt_of(order.id)
    if found is not None:
        cards.receipt(conversation, order, found, at=fact.at)


def _held(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: GuaranteeHeld) -> None:
    found = guarantee.guarantee_of(order.id)
    if found is not None:
        cards.certificate(conversation, order, found, at=fact.at)


def _released(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: GuaranteeReleased
) -> None:
    text = _("La promesa se cumplió: tu compra, tu pago y tu envío están completos.")
    cards.post_status(conversation, "guarantee_released", text, (order.id,), at=fact.at)


def _shipment(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ShipmentSent | ShipmentDelivered
) -> None:
    found = delivery.shipment_of(order.id)
    if found is not None and found.shipped_at is not None:
        cards.shipment(conversation, order, found, at=fact.at)


def _ended(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: OrderCancelled | OrderExpired
) -> None:
    if isinstance(fact, OrderCancelled):
        text = _("El pedido %(number)s se canceló. No transfieras con sus datos.") % {"number": order.number}
    else:
        text = _("El pedido %(number)s venció sin pago y sus artículos volvieron a la tienda.") % {
            "number": order.number
        }
    cards.post_status(conversation, "order_ended", text, (order.id, fact.at.isoformat()), at=fact.at)


_TELLERS: Final[dict[type[Fact], Teller]] = {
    ChecksConfirmed: _checks,
    ConfirmationAccepted: _accepted,
    CorrectionAsked: _correction,
    OrderCorrected: _corrected,
    OrderCancelled: _ended,
    OrderExpired: _ended,
    TransferDetailsSent: _details,
    PaymentLinkSent: _link,
    TransferClaimed: _claimed,
    ClockExtended: _extended,
    PartialReceived: _partial,
    RestAsked: _rest,
    ReturnConfirmed: _returned,
    PaymentConfirmed: _confirmed,
    PaymentExpired: _expired,
    PaymentReversed: _reversed,
    CardDeclined: _declined,
    ReceiptIssued: _receipt,
    GuaranteeHeld: _held,
    GuaranteeReleased: _released,
    ShipmentSent: _shipment,
    ShipmentDelivered: _shipment,
}

LISTENERS: Final = (Listener("assistance", tuple(_TELLERS), show_in_chat),)
