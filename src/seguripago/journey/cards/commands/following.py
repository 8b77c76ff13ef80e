"""Follow a charge after it was paid: refunds whose answer was lost, refunds made elsewhere, and chargebacks.

Nothing here believes a webhook: it is a hint, and `fetch` says what is.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.commands import charge_back, lock_payments, win_payment_back
from seguripago.ports import card_gateways
from seguripago.ports.card_gateways import ChargeResult, Dispute
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..facts import CardChargebackDecided, CardChargedBack
from ..models import CardCharge, CardRefund, Chargeback
from ..rules.charges import ChargeState
from ..rules.refunds import GIVEN_UP_AFTER, OUT, DisputeState, Ours, RefundState, compare, move_dispute
from .refunding import GIVEN_UP, adopt_refund, fail_refund, keep_refund, lock_charge, road_of, send_refund

BANK: Final = Actor.system("Banco del tarjetahabiente")
CARRY_JOB: Final = "cards.carry_refunds"
ASK_AGAIN: Final = timedelta(hours=1)
"""An open chargeback is decided in weeks, and its notice may be lost."""

log = logging.getLogger(__name__)


def follow_charge(charge_id: int, *, at: datetime) -> bool:
    """Ask the gateway about a paid charge and act on its refunds and chargebacks; False when it does not answer.

    Harmless when repeated, and for a charge that is not paid.
    """
    charge = CardCharge.objects.select_related("payment").get(pk=charge_id)
    if charge.state != ChargeState.PAID or not charge.ref:
        return True
    _note_asked(charge_id, at=at)
    gateway, account = road_of(charge)
    try:
        answer = gateway.fetch(charge.ref, account)
    except card_gateways.GatewayTrouble as trouble:
        log.warning("card charge %s is not told of: %s", charge_id, type(trouble).__name__)
        return False
    _follow_refunds(charge_id, answer, at=at)
    for dispute in answer.disputes:
        _keep_dispute(charge_id, dispute, at=at)
    return True


def tell_refund(refund_id: int, *, at: datetime) -> str:
    """Tell the gateway of a refund, once ever; gives its state. What is in a case may have gone back in the panel.

    So the gateway is asked first, and again when it refuses; while it does not answer nothing is told.
    """
    row = CardRefund.objects.get(pk=refund_id)
    if not row.apart_centavos:
        return send_refund(refund_id, at=at)
    if not follow_charge(row.charge_id, at=at):
        CardRefund.objects.filter(pk=refund_id).update(asked_at=at)
        return row.state
    state = send_refund(refund_id, at=at)
    if state == RefundState.FAILED:
        follow_charge(row.charge_id, at=at)
    return state


def send_for_refunds() -> None:
    """Have the refunds told and asked about; a job that waits already does these too."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        app.configure_task(CARRY_JOB, queue="cards", lock=CARRY_JOB, queueing_lock=CARRY_JOB).defer()


def unsent_refunds(*, limit: int = 50) -> list[int]:
    """Refunds that were decided and that the gateway has not been told of; last those that were tried in vain."""
    rows = CardRefund.objects.filter(state=RefundState.PENDING.value, sent_at=None)
    rows = rows.order_by(F("asked_at").asc(nulls_first=True), "made_at")
    return list(rows.values_list("pk", flat=True)[:limit])


def charges_to_follow(*, at: datetime, older_than_s: int, limit: int = 50) -> list[int]:
    """Paid charges with a refund in doubt that nobody asked about for a while, or with an open chargeback.

    Also a lost one of a payment that was not whole then: it counts as soon as that is. And those with money in a case:
    whoever sends it back in the gateway's panel is heard of also without a notice.
    """
    before = at - timedelta(seconds=older_than_s)
    doubts = CardRefund.objects.filter(state=RefundState.PENDING.value, asked_at__lte=before).order_by("asked_at")
    found = list(doubts.values_list("charge_id", flat=True)[:limit])
    waiting = Chargeback.objects.filter(_unfinished())
    waiting = waiting.filter(Q(asked_at=None) | Q(asked_at__lte=at - ASK_AGAIN))
    found += waiting.order_by(F("asked_at").asc(nulls_first=True)).values_list("charge_id", flat=True)[:limit]
    apart = CardCharge.objects.exclude(ref="").filter(apart_centavos__gt=F("returning_apart_centavos"))
    apart = apart.filter(Q(followed_at=None) | Q(followed_at__lte=at - ASK_AGAIN))
    found += apart.order_by(F("followed_at").asc(nulls_first=True)).values_list("pk", flat=True)[:limit]
    return list(dict.fromkeys(found))


def _unfinished() -> Q:
    """Chargebacks that may change, or that their payment does not count yet."""
    return Q(state=DisputeState.OPEN.value) | Q(state__in=OUT, counted=False)


def _note_asked(charge_id: int, *, at: datetime) -> None:
    """What is never answered must not keep the others from being asked about."""
    CardRefund.objects.filter(charge=charge_id, state=RefundState.PENDING.value, sent_at__isnull=False).update(
        asked_at=at
    )
    Chargeback.objects.filter(_unfinished(), charge=charge_id).update(asked_at=at)
    CardCharge.objects.filter(pk=charge_id, apart_centavos__gt=F("returning_apart_centavos")).update(followed_at=at)


def _follow_refunds(charge_id: int, answer: ChargeResult, *, at: datetime) -> None:
    rows = list(CardRefund.objects.filter(charge=charge_id).order_by("pk"))
    ours = [
        Ours(
            row.pk,
            row.key,
            row.ref,
            Money(row.amount_centavos, row.currency),
            RefundState(row.state),
            row.sent_at is not None,
        )
        for row in rows
    ]
    reading = compare(ours, answer.refunds, refunded=answer.refunded)
    for each in reading.told:
        keep_refund(each.refund_id, each.says, at=at)
    heard = {each.refund_id for each in reading.told}
    for row in rows:
        is_waiting = row.state == RefundState.PENDING and row.sent_at is not None and row.pk not in heard
        if is_waiting and not row.ref and row.sent_at is not None and at - row.sent_at >= GIVEN_UP_AFTER:
            fail_refund(row.pk, reason=GIVEN_UP, at=at)
    for says in reading.unknown:
        if says.status == "done" and (adopted := adopt_refund(charge_id, says, at=at)) is not None:
            keep_refund(adopted, says, at=at)


def _keep_dispute(charge_id: int, says: Dispute, *, at: datetime) -> None:
    with transaction.atomic():
        charge = _locked(charge_id)
        row = Chargeback.objects.filter(gateway=charge.gateway, ref=says.ref).first()
        # Some tell what is left beside the refunds, which may be nothing: the bank took the charge all the same.
        taken = says.amount.centavos if says.amount.centavos > 0 else charge.captured_centavos
        if row is None:
            row = Chargeback.objects.create(
                store_id=charge.payment.store_id,
                charge=charge,
                gateway=charge.gateway,
                ref=says.ref,
                amount_centavos=taken,
                currency=says.amount.currency,
                reason=says.reason[:80],
                evidence_by=says.evidence_by,
                opened_at=at,
                changed_at=at,
                asked_at=at,
            )
            _open(row, charge, at=at)
        following = move_dispute(row.state, says.status)
        if following is not None:
            _decide(row, charge, following, at=at)
        if says.evidence_by != row.evidence_by or says.reason[:80] != row.reason:
            row.evidence_by, row.reason = says.evidence_by, says.reason[:80]
            row.save(update_fields=["evidence_by", "reason"])
        if row.state in OUT and not row.counted:
            # The payment may have become whole meanwhile, by other money.
            _count(row, charge, at=at)


def _open(row: Chargeback, charge: CardCharge, *, at: datetime) -> None:
    """The money is gone, and the parcel stays until somebody knows more."""
    _book(row, charge, is_out=True, at=at)
    _count(row, charge, at=at)
    orders.hold_shipping(charge.payment.order_id, is_held=True, reason=f"chargeback:{row.pk}", by=BANK, at=at)
    said = {"chargeback": row.pk, "amount": Money(row.amount_centavos, row.currency).plain, "why": row.reason}
    record(row.store_id, BANK, "card.charged_back", f"order:{charge.payment.order_id}", said, at=at)
    _publish(CardChargedBack, row, charge, at=at)


def _decide(row: Chargeback, charge: CardCharge, following: DisputeState, *, at: datetime) -> None:
    was_out, is_out = row.state in OUT, following in OUT
    row.state, row.changed_at = following.value, at
    if was_out and not is_out and row.counted:
        amount = Money(row.amount_centavos, row.currency)
        win_payment_back(charge.payment_id, amount, source=_source(row), by=BANK, at=at)
        row.counted = False
    row.save(update_fields=["state", "changed_at", "counted"])
    if following is DisputeState.OPEN and not was_out:
        _open(row, charge, at=at)
        return
    if was_out is not is_out:
        _book(row, charge, is_out=is_out, at=at)
    said = {"chargeback": row.pk, "state": row.state, "amount": Money(row.amount_centavos, row.currency).plain}
    record(row.store_id, BANK, f"card.chargeback_{following}", f"order:{charge.payment.order_id}", said, at=at)
    _publish(CardChargebackDecided, row, charge, at=at)


def _count(row: Chargeback, charge: CardCharge, *, at: datetime) -> None:
    amount = Money(row.amount_centavos, row.currency)
    if charge_back(charge.payment_id, amount, source=_source(row), by=BANK, at=at):
        row.counted = True
        row.save(update_fields=["counted"])


def _book(row: Chargeback, charge: CardCharge, *, is_out: bool, at: datetime) -> None:
    row.turns += 1
    row.save(update_fields=["turns"])
    amount = Money(row.amount_centavos if is_out else -row.amount_centavos, row.currency)
    legs = ((Account.REFUNDS, amount), (Account.CARD_GATEWAY, -amount))
    subject = f"order:{charge.payment.order_id}"
    post(Journal(f"{_source(row)}:{row.turns}", row.store_id, subject, at, legs))


def _source(row: Chargeback) -> str:
    return f"chargeback:{row.pk}"


def _locked(charge_id: int) -> CardCharge:
    payment_id, order_id = CardCharge.objects.values_list("payment_id", "payment__order_id").get(pk=charge_id)
    orders.lock_order(order_id)
    lock_payments([payment_id])
    return lock_charge(charge_id)


def _publish(
    fact: type[CardChargedBack | CardChargebackDecided], row: Chargeback, charge: CardCharge, *, at: datetime
) -> None:
    publish(
        fact(
            store_id=row.store_id,
            at=at,
            order_id=charge.payment.order_id,
            payment_id=charge.payment_id,
            charge_id=charge.pk,
            chargeback_id=row.pk,
            state=row.state,
            centavos=row.amount_centavos,
            currency=row.currency,
        )
    )
