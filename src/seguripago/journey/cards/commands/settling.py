"""Learn what became of a charge. A state advances only by what the gateway answers to `fetch`."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.journey.payments.commands import PAID_STATES, lock_payments
from seguripago.journey.payments.rules import OPEN, State
from seguripago.ports import card_gateways
from seguripago.ports.card_gateways import ChargeResult, Decline, DeclineCode, PayStatus
from seguripago.values.actor import Actor

from ..accounts import account, gateway
from ..charge_view import ChargeView, kept, view
from ..facts import CardDeclined
from ..models import CardCharge
from ..rules.charges import ABANDONED, ENDED_UNPAID, IN_FLIGHT, LOST_SIGHT_OF, MOVES, NEVER_HEARD_OF, ChargeState, pause
from .placing import place_money

GATEWAY: Final = Actor.system("Pasarela de tarjetas")
REFUSED: Final = "refused"
"""The gateway said no to the call itself: no bank was asked."""

log = logging.getLogger(__name__)


def settle_card_charge(key: str, *, at: datetime) -> ChargeView:
    """Ask the gateway what became of a charge and act on it; harmless when repeated.

    What is authorised is taken, or given up where nobody waits for it any more.
    """
    charge = CardCharge.objects.get(key=key)
    if charge.state in IN_FLIGHT:
        settle(charge, at=at)
        charge.refresh_from_db()
    return view(charge)


def cancel_card_charge(key: str, *, at: datetime) -> ChargeView:
    """Give up a charge that waits for the buyer: he wants another card. What was paid meanwhile stays paid."""
    charge = CardCharge.objects.get(key=key)
    if charge.state in IN_FLIGHT:
        settle(charge, at=at, give_up=True)
        charge.refresh_from_db()
    return view(charge)


def charges_in_doubt(*, at: datetime, limit: int = 50) -> list[str]:
    """The keys of charges without an end whose gateway is to be asked by now, the longest waiting first."""
    due = CardCharge.objects.filter(state__in=IN_FLIGHT, ask_at__lte=at).order_by("ask_at")
    return list(due.values_list("key", flat=True)[:limit])


def ask_later(key: str, *, at: datetime) -> None:
    """Let a charge wait that broke the look at it: others must not wait for it."""
    _ask_later(CardCharge.objects.get(key=key), at=at)


def settle(charge: CardCharge, *, at: datetime, give_up: bool = False) -> str:
    """Ask about a charge in flight, take what is only authorised or cancel what nobody waits for; gives its state."""
    try:
        answer = _asked(charge)
        if answer.status is PayStatus.AUTHORIZED:
            answer = _take_or_leave(charge, answer)
        elif answer.status is PayStatus.REQUIRES_ACTION and (give_up or _is_abandoned(charge, at=at)):
            answer = _cancel(charge, answer)
    except card_gateways.ChargeMissing:
        return give_up_unknown(charge, at=at)
    except card_gateways.GatewayTrouble as trouble:
        log.warning("card charge %s: %s", charge.pk, type(trouble).__name__)
        _ask_later(charge, at=at)
        return charge.state
    return keep_answer(charge.pk, answer, at=at)


def keep_answer(charge_id: int, answer: ChargeResult, *, at: datetime) -> str:
    """Keep what the gateway said of a charge, under the order's lock, and place the money; returns the state."""
    answer = _without_play_money(charge_id, answer)
    with transaction.atomic():
        order, charge = _locked(charge_id)
        if not _may_move(charge, answer):
            return charge.state
        was, state = charge.state, _after(charge, answer)
        charge.ref = answer.ref or charge.ref
        charge.card_label, charge.authorization = answer.card_label, answer.authorization
        charge.state, charge.changed_at = state.value, at
        charge.captured_centavos = answer.amount.centavos if state is ChargeState.PAID else 0
        if state in IN_FLIGHT:
            charge.asks = charge.asks + 1 if was == state else 0
            charge.ask_at, charge.decline = at + pause(charge.asks), ""
            charge.next_action = kept(answer.next_action) or charge.next_action
        else:
            charge.ask_at = charge.next_action = None
        if state in ENDED_UNPAID:
            charge.decline = answer.decline.code if answer.decline else state.value
            charge.can_retry = answer.decline is None or answer.decline.can_retry
        charge.save()
        if was != state:
            _tell(charge, order, at=at)
        if state is ChargeState.PAID:
            place_money(charge, answer.amount, order, at=at)
        return charge.state


def _without_play_money(charge_id: int, answer: ChargeResult) -> ChargeResult:
    """Outside the demo a charge that its gateway calls a test pays nothing, whatever the account's keys look like."""
    if not answer.is_test or settings.SEGURIPAGO.demo:
        return answer
    log.error(
        "card charge %s: its gateway calls it a test; the store's account there has keys of its test mode", charge_id
    )
    return replace(answer, status=PayStatus.DECLINED, next_action=None, decline=Decline(DeclineCode.DECLINED, False))


def nothing_heard(charge_id: int, *, at: datetime) -> None:
    """The call got no answer: the charge may exist or not. It is never made again; the job asks what became of it."""
    with transaction.atomic():
        order, charge = _locked(charge_id)
        if charge.state != ChargeState.CREATED:
            return
        charge.state, charge.changed_at, charge.ask_at = ChargeState.PROCESSING.value, at, at + pause(0)
        charge.save(update_fields=["state", "changed_at", "ask_at"])
        _tell(charge, order, at=at)


def after_refusal(charge_id: int, *, at: datetime) -> str:
    """The gateway said no to the call itself. It is asked whether it knows the charge all the same; gives its state."""
    charge = CardCharge.objects.get(pk=charge_id)
    try:
        answer = _asked(charge)
    except card_gateways.GatewayRefused:
        return _end(charge_id, REFUSED, at=at)
    except card_gateways.GatewayTrouble:
        nothing_heard(charge_id, at=at)
        return ChargeState.PROCESSING
    return keep_answer(charge_id, answer, at=at)


def give_up_unknown(charge: CardCharge, *, at: datetime) -> str:
    """The gateway never heard of the charge: whoever opened it is dead, or hears so when he comes back.

    One that it told us of it has: another account may have been typed meanwhile, so it is asked about for longer.
    """
    if charge.ref:
        log.error("card charge %s: its gateway does not know %s any more", charge.pk, charge.ref)
    if at - charge.made_at < (LOST_SIGHT_OF if charge.ref else NEVER_HEARD_OF):
        _ask_later(charge, at=at)
        return charge.state
    return _end(charge.pk, ChargeState.EXPIRED, at=at)


def _end(charge_id: int, why: str, *, at: datetime) -> str:
    """End a charge that its gateway does not know."""
    with transaction.atomic():
        order, charge = _locked(charge_id)
        if charge.state in IN_FLIGHT:
            charge.state, charge.decline, charge.changed_at = ChargeState.EXPIRED.value, why, at
            charge.ask_at = charge.next_action = None
            charge.save()
            _tell(charge, order, at=at)
        return charge.state


def _asked(charge: CardCharge) -> ChargeResult:
    """What the gateway says of the charge now; by our key where its answer was lost."""
    theirs = account(charge.store_id, charge.gateway)
    if charge.ref:
        return gateway(charge.gateway).fetch(charge.ref, theirs)
    return gateway(charge.gateway).fetch_by_key(charge.key, theirs)


def _take_or_leave(charge: CardCharge, answer: ChargeResult) -> ChargeResult:
    """Take the money of an authorised charge where it is still wanted, else give the card its money back at once."""
    if not _is_wanted(charge):
        return _cancel(charge, answer)
    theirs = account(charge.store_id, charge.gateway)
    return gateway(charge.gateway).capture(answer.ref, theirs, idempotency_key=f"{charge.key}-capture")


def _cancel(charge: CardCharge, answer: ChargeResult) -> ChargeResult:
    theirs = account(charge.store_id, charge.gateway)
    return gateway(charge.gateway).cancel(answer.ref, theirs, idempotency_key=f"{charge.key}-cancel")


def _is_abandoned(charge: CardCharge, *, at: datetime) -> bool:
    return at - charge.made_at >= ABANDONED or not _is_wanted(charge)


def _is_wanted(charge: CardCharge) -> bool:
    """Whether the order still waits for this money."""
    with transaction.atomic():
        order, locked = _locked(charge.pk)
        standing = lock_payments([locked.payment_id])[locked.payment_id]
    return (
        order.state not in {*PAID_STATES, "cancelled", "expired"}
        and standing.state in {*OPEN, State.EXPIRED}
        and locked.amount_centavos <= standing.missing.centavos
    )


def _locked(charge_id: int) -> tuple[LockedOrder, CardCharge]:
    """The order and then the charge, locked."""
    order = orders.lock_order(CardCharge.objects.values_list("payment__order_id", flat=True).get(pk=charge_id))
    return order, CardCharge.objects.select_for_update(of=("self",)).get(pk=charge_id)


def _after(charge: CardCharge, answer: ChargeResult) -> ChargeState:
    """Where the answer leads; what was given up is moved as if it had just been opened."""
    was = ChargeState(charge.state)
    state = MOVES.get((was, answer.status)) or MOVES[ChargeState.CREATED, answer.status]
    # Paid with nothing is not paid: it is asked about again.
    return ChargeState.PROCESSING if state is ChargeState.PAID and answer.amount.centavos <= 0 else state


def _tell(charge: CardCharge, order: LockedOrder, *, at: datetime) -> None:
    """Write down that the charge is in another state, and announce an end without money."""
    said = {"charge": charge.pk, "decline": charge.decline, "card": charge.card_label}
    record(charge.store_id, GATEWAY, f"card.charge_{ChargeState(charge.state)}", f"order:{order.id}", said, at=at)
    if charge.state in ENDED_UNPAID:
        publish(
            CardDeclined(
                store_id=charge.store_id,
                at=at,
                order_id=order.id,
                payment_id=charge.payment_id,
                reason=charge.decline,
                charge_id=charge.pk,
            )
        )


def _may_move(charge: CardCharge, answer: ChargeResult) -> bool:
    """An ended charge stays as it ended; but money that a gateway took after all is never passed over."""
    if charge.state in IN_FLIGHT:
        return True
    is_paid_late = charge.state in ENDED_UNPAID and answer.status is PayStatus.PAID and answer.amount.centavos > 0
    return is_paid_late or _is_heard_of_after_all(charge)


def _is_heard_of_after_all(charge: CardCharge) -> bool:
    """Whether it was given up because the gateway had not heard of it: a process slept that long before it asked."""
    others = CardCharge.objects.filter(payment_id=charge.payment_id, state__in=IN_FLIGHT)
    return charge.state == ChargeState.EXPIRED and not charge.ref and not others.exists()


def _ask_later(charge: CardCharge, *, at: datetime) -> None:
    """Some charges that are never answered must not keep the others from being asked about."""
    rows = CardCharge.objects.filter(pk=charge.pk, state__in=IN_FLIGHT)
    rows.update(asks=F("asks") + 1, ask_at=at + pause(charge.asks + 1))
