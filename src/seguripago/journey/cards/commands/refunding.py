"""Send money of a charge back to its card: a row first, then one call, then what the gateway says of it.

A call that is not answered is never made again: what became of it is learned by `fetch`. Locks are taken order first,
then payment, charge, refund; opening a refund takes the charge's alone.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Final

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.journey.orders import commands as orders
from seguripago.journey.payments.commands import lock_payments, refund_payment, take_back_refund
from seguripago.ports import card_gateways
from seguripago.ports.card_gateways import CardGateway, GatewayAccount, RefundResult
from seguripago.values.actor import Actor
from seguripago.values.money import Money

from ..accounts import account as account_of
from ..accounts import gateway as gateway_of
from ..facts import CardMoneyUnplaced, CardRefunded, CardRefundFact, CardRefundFailed, CardRefundOpened
from ..models import CardCharge, CardRefund, Chargeback
from ..refusals import ChargeDisputed, ChargeUnknown, MoneyUnplaced, NotCharged, RefundTooLarge
from ..rules.charges import ChargeState
from ..rules.refunds import COUNTED, OUT, RefundEvent, RefundState, left_to_refund, move_refund, part_kept_apart
from .placing import GATEWAY

log = logging.getLogger(__name__)
GLANCE: Final = """
    SELECT r.id, c.state, CASE WHEN %s THEN c.apart_centavos - c.returning_apart_centavos
        ELSE c.captured_centavos - c.elsewhere_centavos - c.apart_centavos
            - (c.returning_centavos - c.returning_apart_centavos) END, c.currency
    FROM card_charge c LEFT JOIN card_refund r ON r.gateway = c.gateway AND r.key = %s WHERE c.id = %s
"""
CAPS: Final = (
    "card_charge_returns_within_captured",
    "card_charge_apart_goes_once",
    "card_charge_taken_leaves_apart",
)
"""What the database refuses: more would go back than there is."""
GIVEN_UP: Final = "La pasarela no lo tiene: no llegó."
OVERTAKEN: Final = "Alguien lo devolvió antes en el panel de la pasarela."


class OutsideTransaction(RuntimeError):
    """Opening a refund must be part of the transaction that decided it."""


def open_refund(
    charge_id: int,
    amount: Money,
    *,
    key: str,
    proposal_id: int | None,
    reason: str,
    asked_by: str = "",
    is_apart: bool = False,
    by: Actor,
    at: datetime,
) -> int:
    """Keep that an amount of the charge goes back, once for `key`, in the transaction that decided it; give its id.

    `is_apart`: of what no payment took, by its case; otherwise of what one did.
    What is pending or done together never passes what was captured. Sending it is `send_refund`, once this is
    committed. Raises ChargeUnknown, NotCharged, RefundTooLarge, ChargeDisputed, MoneyUnplaced.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    known, left = _glance(charge_id, key, is_apart=is_apart)
    if known is not None:
        return known
    if amount.centavos > left.centavos:
        # Many may come too late: they are told so without queueing for the lock.
        raise RefundTooLarge(left)
    charge = lock_charge(charge_id)
    if (again := CardRefund.objects.filter(gateway=charge.gateway, key=key).first()) is not None:
        return again.pk
    check_refund(charge, amount, is_apart=is_apart)
    order_id, store_id = charge.payment.order_id, charge.payment.store_id
    row = CardRefund.objects.create(
        store_id=store_id,
        charge=charge,
        gateway=charge.gateway,
        key=key,
        amount_centavos=amount.centavos,
        apart_centavos=amount.centavos if is_apart else 0,
        currency=amount.currency,
        proposal_id=proposal_id,
        reason=reason[:240],
        asked_by=asked_by[:120],
        approved_by=by.name[:120],
        made_at=at,
    )
    said = {"refund": row.pk, "charge": charge_id, "amount": amount.plain, "reason": row.reason}
    record(store_id, by, "card.refund_opened", f"order:{order_id}", said, at=at)
    _publish(CardRefundOpened, row, charge, at=at)
    return row.pk


def _glance(charge_id: int, key: str, *, is_apart: bool) -> tuple[int | None, Money]:
    """The refund that the key stands for, if there is one, and what is left of the charge at this moment, unlocked."""
    with connection.cursor() as cursor:
        cursor.execute(GLANCE, [is_apart, key, charge_id])
        row = cursor.fetchone()
    if row is None:
        raise ChargeUnknown
    known, state, left, currency = row
    if state != ChargeState.PAID:
        raise NotCharged
    return known, Money(left, currency)


def lock_charge(charge_id: int) -> CardCharge:
    """Lock a charge; nothing else is locked after it but its own refunds. Raises ChargeUnknown."""
    rows = CardCharge.objects.select_for_update(of=("self",)).select_related("payment")
    charge = rows.filter(pk=charge_id).first()
    if charge is None:
        raise ChargeUnknown
    return charge


def check_refund(charge: CardCharge, amount: Money, *, is_apart: bool = False) -> Money:
    """Say what may still go back of a locked charge; raises what `open_refund` raises when the amount may not."""
    if charge.state != ChargeState.PAID:
        raise NotCharged
    placed, apart = left_of(charge)
    if not is_apart and charge.apart_centavos and charge.captured_centavos == charge.apart_centavos:
        raise MoneyUnplaced
    left = apart if is_apart else placed
    if amount.centavos <= 0 or amount.currency != charge.currency or amount > left:
        raise RefundTooLarge(left)
    if Chargeback.objects.filter(charge=charge, state__in=OUT).exists():
        raise ChargeDisputed
    return left


def left_of(charge: CardCharge) -> tuple[Money, Money]:
    """What may still go back of a locked charge: of what its payment took, and of what none could, which is a case's.

    Counted from the refunds themselves: the trigger's sums are the second truth.
    """
    counted = CardRefund.objects.filter(charge=charge, state__in=COUNTED)
    gone = counted.aggregate(all=Sum("amount_centavos", default=0), apart=Sum("apart_centavos", default=0))
    placed = charge.captured_centavos - charge.apart_centavos - charge.elsewhere_centavos
    return (
        left_to_refund(Money(placed, charge.currency), Money(gone["all"] - gone["apart"], charge.currency)),
        left_to_refund(Money(charge.apart_centavos, charge.currency), Money(gone["apart"], charge.currency)),
    )


def send_refund(refund_id: int, *, at: datetime) -> str:
    """Tell the gateway of a refund, once ever; gives its state. Run it outside a transaction.

    Marked as sent and committed first: who dies in between leaves a refund that the gateway is asked about, not told
    again.
    """
    with transaction.atomic():
        rows = CardRefund.objects.select_for_update(skip_locked=True, of=("self",)).select_related("charge__payment")
        row = rows.filter(pk=refund_id, state=RefundState.PENDING.value, sent_at=None).first()
        if row is None:
            return CardRefund.objects.values_list("state", flat=True).get(pk=refund_id)
        row.sent_at = row.asked_at = at
        row.save(update_fields=["sent_at", "asked_at"])
    gateway, account = road_of(row.charge)
    amount = Money(row.amount_centavos, row.currency)
    try:
        says = gateway.refund(row.charge.ref, amount, account, idempotency_key=row.key)
    except card_gateways.KeyUsedOtherwise as trouble:
        log.error("card refund %s: its key is known to the gateway: %s", refund_id, trouble)
    except card_gateways.GatewayRefused as refused:
        return fail_refund(refund_id, reason=f"{gateway.title}: {refused.reason}", at=at)
    except card_gateways.GatewayTrouble as trouble:
        log.warning("card refund %s is in doubt: %s", refund_id, trouble)
    else:
        return keep_refund(refund_id, says, at=at)
    return RefundState.PENDING.value


def keep_refund(refund_id: int, says: RefundResult, *, at: datetime) -> str:
    """Keep what the gateway says of a refund and book it; gives its state. Harmless when repeated."""
    event = {"done": RefundEvent.FINISH, "failed": RefundEvent.FAIL}.get(says.status)
    try:
        with transaction.atomic():
            row = _locked(refund_id)
            if says.amount != Money(row.amount_centavos, row.currency):
                log.error("card refund %s: the gateway says %s", refund_id, says.amount)
                return row.state
            if row.state == RefundState.FAILED and (row.ref or event is not RefundEvent.FINISH):
                # It came back once, or was given up: only that it was done after all is news, and only to the second.
                return row.state
            row.ref, row.asked_at = says.ref or row.ref, at
            row.save(update_fields=["ref", "asked_at"])
            if event is not None:
                _move(row, event, says.status if event is RefundEvent.FAIL else "", at=at)
            return row.state
    except IntegrityError as error:
        if not any(name in str(error) for name in CAPS):
            raise
        log.error("card refund %s was given up, and the gateway has done it beyond what was captured", refund_id)
        return RefundState.FAILED.value


def fail_refund(refund_id: int, *, reason: str, at: datetime) -> str:
    """The gateway does not do it: what it held back of the charge may be refunded again."""
    with transaction.atomic():
        row = _locked(refund_id)
        _move(row, RefundEvent.FAIL, reason, at=at)
        return row.state


def adopt_refund(charge_id: int, says: RefundResult, *, at: datetime) -> int | None:
    """Keep a refund that somebody made in the gateway's own panel: it has happened, whoever may have decided it."""
    with transaction.atomic():
        charge = lock_charge(charge_id)
        if CardRefund.objects.filter(gateway=charge.gateway, ref=says.ref).exists():
            return None
        apart = _make_room(charge, says.amount, at=at)
        try:
            with transaction.atomic():
                row = CardRefund.objects.create(
                    store_id=charge.payment.store_id,
                    charge=charge,
                    gateway=charge.gateway,
                    key=f"panel:{says.ref}"[:80],
                    ref=says.ref,
                    amount_centavos=says.amount.centavos,
                    apart_centavos=apart.centavos,
                    currency=says.amount.currency,
                    reason="Hecho en el panel de la pasarela.",
                    approved_by=GATEWAY.name,
                    made_at=at,
                    sent_at=at,
                    # Whoever dies before it is booked leaves it to the job, which looks for what was asked about.
                    asked_at=at,
                )
        except IntegrityError:
            log.error("charge %s: refund %s was made at the gateway beyond what ours leave", charge_id, says.ref)
            return None
        said = {"refund": row.pk, "charge": charge_id, "amount": says.amount.plain, "ref": says.ref}
        record(row.store_id, GATEWAY, "card.refund_found", f"order:{charge.payment.order_id}", said, at=at)
    return row.pk


def _make_room(charge: CardCharge, amount: Money, *, at: datetime) -> Money:
    """How much of a refund made in the panel is of what no payment took; ours of it that nobody was told of is undone.

    Two people decided here what somebody did there meanwhile: it went back once.
    """
    unsent = CardRefund.objects.select_for_update(of=("self",)).select_related("charge__payment")
    ours = list(unsent.filter(charge=charge, state=RefundState.PENDING.value, sent_at=None, apart_centavos__gt=0))
    placed, left = left_of(charge)
    waiting = Money(sum(each.apart_centavos for each in ours), charge.currency)
    apart = part_kept_apart(amount, left + waiting, placed)
    for each in ours:
        if apart > left:
            _move(each, RefundEvent.FAIL, OVERTAKEN, at=at)
    return apart


def road_of(charge: CardCharge) -> tuple[CardGateway, GatewayAccount]:
    """The gateway that took a charge, whichever the store uses by now, and the store's account there."""
    return gateway_of(charge.gateway), account_of(charge.payment.store_id, charge.gateway)


def _locked(refund_id: int) -> CardRefund:
    charge_id, payment_id, order_id = CardRefund.objects.values_list(
        "charge_id", "charge__payment_id", "charge__payment__order_id"
    ).get(pk=refund_id)
    orders.lock_order(order_id)
    lock_payments([payment_id])
    lock_charge(charge_id)
    return CardRefund.objects.select_for_update(of=("self",)).select_related("charge__payment").get(pk=refund_id)


def _move(row: CardRefund, event: RefundEvent, reason: str, *, at: datetime) -> None:
    following = move_refund(row.state, event)
    if following is None:
        return
    was_done = row.state == RefundState.DONE
    row.state, row.ended_at, row.failure = following.value, at, reason[:240]
    if following is RefundState.DONE:
        row.sent_at = row.sent_at or at
    row.save(update_fields=["state", "ended_at", "failure", "sent_at"])
    charge, amount = row.charge, Money(row.amount_centavos, row.currency)
    source = f"card_refund:{row.pk}"
    said = {"refund": row.pk, "charge": charge.pk, "amount": amount.plain, "why": row.failure}
    subject = f"order:{charge.payment.order_id}"
    apart = Money(row.apart_centavos, row.currency)
    if following is RefundState.DONE:
        if apart:
            legs = ((Account.SUSPENSE, apart), (Account.CARD_GATEWAY, -apart))
            post(Journal(f"{source}:apart", row.store_id, subject, at, legs))
        if placed := amount - apart:
            refund_payment(charge.payment_id, placed, source=source, comes_from=Account.CARD_GATEWAY, by=GATEWAY, at=at)
        record(row.store_id, GATEWAY, "card.refunded", subject, said, at=at)
        _publish(CardRefunded, row, charge, at=at)
        return
    if was_done and apart:
        legs = ((Account.CARD_GATEWAY, apart), (Account.SUSPENSE, -apart))
        post(Journal(f"{source}:apart_came_back", row.store_id, subject, at, legs))
    if was_done and (placed := amount - apart):
        _take_back(row, charge, placed, source=source, at=at)
    record(row.store_id, GATEWAY, "card.refund_failed", subject, said, at=at)
    _publish(CardRefundFailed, row, charge, at=at, why=row.failure)


def _take_back(row: CardRefund, charge: CardCharge, placed: Money, *, source: str, at: datetime) -> None:
    """The gateway has it again. What the payment does not count is kept apart of the charge, and a person hears."""
    from_gateway = Account.CARD_GATEWAY
    if take_back_refund(charge.payment_id, placed, source=source, comes_from=from_gateway, by=GATEWAY, at=at):
        return
    CardCharge.objects.filter(pk=charge.pk).update(apart_centavos=F("apart_centavos") + placed.centavos)
    publish(
        CardMoneyUnplaced(
            store_id=row.store_id,
            at=at,
            order_id=charge.payment.order_id,
            payment_id=charge.payment_id,
            charge_id=charge.pk,
            centavos=placed.centavos,
            currency=placed.currency,
            why="came_back",
            refund_id=row.pk,
        )
    )


def _publish(fact: type[CardRefundFact], row: CardRefund, charge: CardCharge, *, at: datetime, **more: str) -> None:
    publish(
        fact(
            store_id=row.store_id,
            at=at,
            order_id=charge.payment.order_id,
            payment_id=charge.payment_id,
            charge_id=charge.pk,
            refund_id=row.pk,
            centavos=row.amount_centavos,
            currency=row.currency,
            apart_centavos=row.apart_centavos,
            **more,
        )
    )
