"""What the chat shows when something happens below it. Every line may be read again without showing it twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from seguripago.foundations.facts.base import Fact
from seguripago.foundations.facts.commands import Listener
from seguripago.foundations.people.facts import MemberDismissed
from seguripago.journey.backing.facts import ComprobanteReminded, PurchaseBacked
from seguripago.journey.cards.facts import CardChargeOpened, CardDeclined
from seguripago.journey.cards.queries import charge_of_source
from seguripago.journey.delivery import queries as delivery
from seguripago.journey.delivery.facts import (
    ShipmentDelivered,
    ShipmentLate,
    ShipmentMoved,
    ShipmentReturned,
    ShipmentSent,
    ShipmentWithheld,
)
from seguripago.journey.evidence.facts import EvidenceKept, EvidenceRejected
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
    ClockExtended,
    DepositConfirmed,
    PartialReceived,
    PaymentConfirmed,
    PaymentExpired,
    PaymentLinkEnded,
    PaymentLinkOpened,
    PaymentLinkSent,
    PaymentReversed,
    TransferClaimed,
    TransferDetailsSent,
)
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.receipts import queries as receipts
from seguripago.journey.receipts.facts import ReceiptIssued
from seguripago.journey.reconciliation.facts import (
    CaseOpened,
    EvidenceJudged,
    EvidenceUnanswered,
    RestAsked,
)
from seguripago.values.money import Money

from . import claim_tellers, paper_tellers
from .commands import acts, backed, card_charges, cards, claims, leading, link_cards, parcel_words, refunds_told, words
from .commands.thread import lock
from .models import Conversation

type Teller = Callable[[Conversation, OrderView, PaymentView | None, Any], None]


def show_in_chat(facts: Sequence[Fact], at: datetime) -> None:
    """Show each fact in the conversations of its order."""
    told = conversations_of_orders({fact.order_id for fact in facts if hasattr(fact, "order_id")})
    for fact in facts:
        order_id: int = getattr(fact, "order_id", 0)
        for conversation in all_locked(told.get(order_id, ())):
            order = orders.order(order_id)
            _TELLERS[type(fact)](conversation, order, payments.payment_of(order_id), fact)


def all_locked(conversation_ids: Collection[int]) -> Iterable[Conversation]:
    """The conversations, all locked, before the first of them moves the order: who acts in another waits for it."""
    return [lock(conversation_id) for conversation_id in sorted(conversation_ids)]


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
    if payment is None or not payment.link_token or payment.link_id != fact.link_id:
        return
    if fact.purpose == "rest" and payment.by_deposit and link_cards.waits_for_deposit(conversation):
        # It came by itself when the deposit came: that is told first, and brings the card.
        return
    link_cards.link(conversation, order, payment, "", at=fact.at)


def _link_opened(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PaymentLinkOpened
) -> None:
    link_cards.opened(conversation, fact.link_id, at=fact.at)


def _link_ended(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PaymentLinkEnded
) -> None:
    link_cards.ended(conversation, fact.link_id, fact.state, fact.why, at=fact.at)


def _deposit(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: DepositConfirmed) -> None:
    if payment is not None and not payment.is_confirmed:
        deposit = Money(fact.centavos, fact.currency)
        link_cards.deposit_received(conversation, order, payment, fact.link_id, deposit, at=fact.at)


def _claimed(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: TransferClaimed) -> None:
    text = _("Anotamos tu transferencia. La seguimos monitoreando y te avisamos aquí en cuanto llegue.")
    cards.post_status(conversation, "transfer_claimed", text, (order.id, fact.claim_id), at=fact.at)


def _extended(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ClockExtended) -> None:
    text = _("Tienes más tiempo para transferir; la vigencia nueva está en la página de tu pedido.")
    cards.post_status(conversation, "clock_extended", text, (order.id, fact.at.isoformat()), at=fact.at)
    if payment is not None and payment.link_id is not None and link_cards.card_of_link(conversation, payment.link_id):
        link_cards.link(conversation, order, payment, "", at=fact.at)


def _rest(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: RestAsked) -> None:
    text = _("Tu pedido sigue en pie: faltan %(missing)s MXN y tienes %(hours)d horas más para transferirlos.") % {
        "missing": Money(fact.missing_centavos, fact.currency),
        "hours": fact.hours,
    }
    cards.post_status(conversation, "rest_asked", text, (order.id, fact.case_id, fact.at.isoformat()), at=fact.at)


def _surplus(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: CaseOpened) -> None:
    """Money above what was asked: the buyer reads at once that it comes back. Other doubts are the store's alone."""
    if fact.kind == "excess":
        text = _("Recibimos %(amount)s de más. Una persona prepara tu reembolso; no tienes que hacer nada.")
    elif fact.kind == "duplicate":
        text = _(
            "Recibimos otro pago de %(amount)s y tu pedido ya estaba pagado. Una persona prepara tu reembolso;"
            " no tienes que hacer nada."
        )
    else:
        return
    text %= {"amount": Money(fact.centavos)}
    cards.post_status(conversation, "surplus", text, (order.id, fact.case_id), at=fact.at)


def _partial(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PartialReceived) -> None:
    if payment is not None and not payment.is_confirmed:
        cards.partial_payment(conversation, order, payment, at=fact.at)


def _confirmed(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PaymentConfirmed
) -> None:
    if payment is None or not payment.is_confirmed:
        return
    charge = charge_of_source(fact.source)
    if charge is not None:
        card_charges.charged(conversation, order, charge, at=fact.at)
    by_card = charge is not None or payment.channel == "card"
    cards.payment_confirmed(conversation, order, payment, by_card=by_card, at=fact.at)
    if not by_card and conversation.state != "resolved" and acts.lacks_evidence(conversation):
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
    card_charges.declined(conversation, fact.charge_id or fact.payment_id, fact.reason, at=fact.at)


def _card_began(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: CardChargeOpened
) -> None:
    amount = Money(fact.centavos, fact.currency)
    card_charges.began(conversation, fact.charge_id, amount, fact.installments, at=fact.at)


def _receipt(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ReceiptIssued) -> None:
    found = receipts.receipt_of(order.id)
    if found is not None:
        cards.receipt(conversation, order, found, at=fact.at)


def _held(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: GuaranteeHeld) -> None:
    found = guarantee.guarantee_of(order.id)
    if found is not None:
        cards.certificate(conversation, order, found, at=fact.at)


def _backed(conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: PurchaseBacked) -> None:
    backed.purchase_backed(conversation, order.id, at=fact.at)


def _reminded(c: Conversation, order: OrderView, payment: PaymentView | None, fact: ComprobanteReminded) -> None:
    backed.evidence_reminded(c, order.id, at=fact.at)


def _released(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: GuaranteeReleased
) -> None:
    text = _("La promesa se cumplió: tu compra, tu pago y tu envío están completos.")
    cards.post_status(conversation, "guarantee_released", text, (order.id,), at=fact.at)


def _shipment(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: ShipmentSent | ShipmentDelivered
) -> None:
    found = delivery.shipment(fact.shipment_id)
    if found is not None and found.shipped_at is not None:
        cards.shipment(conversation, order, found, at=fact.at)


def _ended(
    conversation: Conversation, order: OrderView, payment: PaymentView | None, fact: OrderCancelled | OrderExpired
) -> None:
    if isinstance(fact, OrderCancelled):
        text = _("El pedido %(number)s se canceló. No transfieras con sus datos.") % {"number": order.number}
    else:
        text = _("El pedido %(number)s venció sin pago y sus artículos volvieron a la tienda.")
        if order.is_quick:
            text = _("El cobro %(number)s venció sin pago.")
        text %= {"number": order.number}
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
    PaymentLinkOpened: _link_opened,
    PaymentLinkEnded: _link_ended,
    DepositConfirmed: _deposit,
    TransferClaimed: _claimed,
    ClockExtended: _extended,
    PartialReceived: _partial,
    RestAsked: _rest,
    CaseOpened: _surplus,
    **refunds_told.TELLERS,
    **claim_tellers.TELLERS,
    PaymentConfirmed: _confirmed,
    PaymentExpired: _expired,
    PaymentReversed: _reversed,
    CardChargeOpened: _card_began,
    CardDeclined: _declined,
    EvidenceKept: paper_tellers.received,
    EvidenceJudged: paper_tellers.judged,
    EvidenceUnanswered: paper_tellers.unanswered,
    EvidenceRejected: paper_tellers.rejected,
    ReceiptIssued: _receipt,
    GuaranteeHeld: _held,
    PurchaseBacked: _backed,
    ComprobanteReminded: _reminded,
    GuaranteeReleased: _released,
    ShipmentSent: _shipment,
    ShipmentDelivered: _shipment,
    ShipmentMoved: parcel_words.moved,
    ShipmentLate: parcel_words.late,
    ShipmentReturned: parcel_words.came_back,
    ShipmentWithheld: parcel_words.unsent,
}


def give_back(facts: Sequence[Fact], at: datetime) -> None:
    """Put back into the queue what somebody held who works there no more."""
    for fact in facts:
        if isinstance(fact, MemberDismissed):
            claims.give_back_of(fact.store_id, fact.user_id, at=at)


LISTENERS: Final = (
    Listener("assistance", tuple(_TELLERS), show_in_chat),
    Listener("assistance.people", (MemberDismissed,), give_back),
)
