"""Read Stripe's answers. What we do not know in them is trouble, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from seguripago.ports.card_asking import cents
from seguripago.ports.card_gateways import (
    ChargeResult,
    Dispute,
    DisputeStatus,
    GatewayAccount,
    GatewayAway,
    GatewayRefused,
    NextAction,
    PayStatus,
    RefundResult,
)
from seguripago.values.money import Money

from .calls import Said, all_of, ask, currency_of, data_of, of_charge, our, text
from .words import BRANDS, DISPUTES, REFUNDS, decline_of

KEY: Final = "seguripago_key"
SEEN: Final = ("latest_charge.refunds", "payment_method")
"""What an answer brings along, so that one call tells the charge, its card and its refunds."""


def read_intent(ref: str, account: GatewayAccount) -> Said:
    said = of_charge(account, lambda v1: v1.payment_intents.retrieve(ref, {"expand": [*SEEN]}))
    if said.get("id") != ref:
        raise GatewayAway("another charge")
    return said


def ended_for_good(said: Said, account: GatewayAccount) -> ChargeResult:
    """Read a charge; one that its bank declined is closed at Stripe, or is given as it is when it moved meanwhile."""
    result = result_of(said, account)
    if result.status is not PayStatus.DECLINED or said["status"] != "requires_payment_method":
        return result
    options = {"idempotency_key": f"{result.ref}-close"}
    try:
        ask(account, lambda v1: v1.payment_intents.cancel(result.ref, {}, options))
    except GatewayRefused:
        again = read_intent(result.ref, account)
        if again["status"] == "requires_payment_method":
            raise GatewayAway("not closed") from None
        return result_of(again, account)
    return result


def result_of(said: Said, account: GatewayAccount) -> ChargeResult:
    """Read a PaymentIntent; a state that we do not know, or a field that must be there, is trouble, never a guess."""
    try:
        ref, currency, status = text(said, "id"), currency_of(said), status_of(said)
        charge = said.get("latest_charge")
        charge = charge if isinstance(charge, dict) else {}
        taken = said.get("amount_received") if status is PayStatus.PAID else None
        return ChargeResult(
            ref=ref,
            status=status,
            amount=cents(said["amount"] if taken is None else taken, currency, "amount"),
            refunded=cents(charge.get("amount_refunded") or 0, currency, "amount_refunded"),
            next_action=next_action(said) if status is PayStatus.REQUIRES_ACTION else None,
            decline=decline_of(why_not(said)) if status is PayStatus.DECLINED else None,
            authorization=str(card_of(charge).get("authorization_code") or ""),
            card_label=label_of(card_of(charge) or card_of(said.get("payment_method")) or _tried(said)),
            refunds=refunds_of(charge, ref, currency, account),
            disputes=disputes_of(ref, account) if charge.get("disputed") is True else (),
            is_test=said.get("livemode") is False,
        )
    except (KeyError, ValueError, TypeError, AttributeError) as trouble:
        raise GatewayAway(f"unreadable answer: {type(trouble).__name__}") from trouble


def status_of(said: Said) -> PayStatus:
    match said["status"]:
        case "requires_payment_method":
            return PayStatus.DECLINED if why_not(said) else PayStatus.CREATED
        case "canceled":
            if said.get("cancellation_reason") == "expired":
                return PayStatus.EXPIRED
            return PayStatus.DECLINED if why_not(said) else PayStatus.CANCELLED
        case other:
            return {
                "requires_confirmation": PayStatus.CREATED,
                "requires_action": PayStatus.REQUIRES_ACTION,
                "processing": PayStatus.PROCESSING,
                "requires_capture": PayStatus.AUTHORIZED,
                "succeeded": PayStatus.PAID,
            }[other]


def next_action(said: Said) -> NextAction:
    """What the buyer does next: go to a page of the bank's, or let Stripe's script show it."""
    secret = text(said, "client_secret")
    page = (said.get("next_action") or {}).get("redirect_to_url")
    return NextAction("redirect", text(page, "url"), secret) if page else NextAction("sdk", "", secret)


def why_not(said: Said) -> str:
    """The bank's word for its «no», or Stripe's where it gave none; empty when nothing was declined."""
    error = said.get("last_payment_error")
    if isinstance(error, dict):
        return str(error.get("decline_code") or error.get("code") or "card_declined")
    charge = said.get("latest_charge")
    if isinstance(charge, dict) and charge.get("status") == "failed":
        return str((charge.get("outcome") or {}).get("reason") or charge.get("failure_code") or "card_declined")
    return ""


def card_of(of: object) -> Said:
    """The card of a charge or of a payment method."""
    if not isinstance(of, dict):
        return {}
    card = (of.get("payment_method_details") or of).get("card")
    return card if isinstance(card, dict) else {}


def _tried(said: Said) -> Said:
    error = said.get("last_payment_error")
    return card_of(error.get("payment_method")) if isinstance(error, dict) else {}


def label_of(card: Said) -> str:
    last = str(card.get("last4") or "")
    brand = str(card.get("brand") or "")
    return f"{BRANDS.get(brand, brand.title())} •••• {last}".strip() if re.fullmatch(r"\d{4}", last) else ""


def refunds_of(charge: Said, ref: str, currency: str, account: GatewayAccount) -> tuple[RefundResult, ...]:
    listed = charge.get("refunds")
    if not isinstance(listed, dict):
        return ()
    if listed.get("has_more"):
        found = all_of(account, lambda v1, asked: v1.refunds.list(asked), {"payment_intent": ref})
    else:
        found = data_of(listed)
    return tuple(refund_of(each, ref, currency) for each in found)


def refund_of(said: Said, ref: str, currency: str) -> RefundResult:
    try:
        amount = cents(said["amount"], currency, "refund")
        return RefundResult(text(said, "id"), ref, amount, REFUNDS[said["status"]], our(said, KEY))
    except (KeyError, ValueError, TypeError) as trouble:
        raise GatewayAway(f"unreadable refund: {type(trouble).__name__}") from trouble


def disputes_of(ref: str, account: GatewayAccount) -> tuple[Dispute, ...]:
    found = all_of(account, lambda v1, asked: v1.disputes.list(asked), {"payment_intent": ref})
    return tuple(dispute_of(each, status) for each in found if (status := DISPUTES[each["status"]]))


def dispute_of(said: Said, status: DisputeStatus) -> Dispute:
    until = (said.get("evidence_details") or {}).get("due_by")
    return Dispute(
        ref=text(said, "id"),
        amount=Money(said["amount"], currency_of(said)),
        status=status,
        reason=str(said.get("reason") or ""),
        evidence_by=datetime.fromtimestamp(until, UTC) if until else None,
    )
