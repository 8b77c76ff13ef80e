"""Charge a card on the gateway's own page. A state advances only by what the gateway answers to `fetch`."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.ledger.commands import Journal, post
from seguripago.foundations.ledger.rules import Account
from seguripago.foundations.stores.queries import store_by_hook_key, store_by_id
from seguripago.journey.catalogue.commands import OutOfStock
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order as order_page
from seguripago.journey.orders.shapes import LockedOrder
from seguripago.ports import card_gateways, registry
from seguripago.ports.card_gateways import CardGateway, ChargeRequest, ChargeResult, GatewayAccount, Payer, PayStatus
from seguripago.ports.store_secrets import store_secret
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem

from ..facts import CardDeclined, CardMoneyUnplaced
from ..models import CardCharge, Payment
from ..refusals import ChargeInFlight, ChecksFail, GatewayTrouble
from ..rules import CARD_MINUTES, OPEN, Event, State, move
from .confirm import Settlement, confirm_payments
from .details import PAID_STATES, lock_payable

IN_FLIGHT: Final = ("created", "requires_action", "processing")
_ENDED: Final = {PayStatus.DECLINED: "declined", PayStatus.CANCELLED: "cancelled", PayStatus.EXPIRED: "expired"}
GATEWAY: Final = "sandbox"

log = logging.getLogger(__name__)


def start_card_charge(order_id: int, *, key: str, return_url: str, at: datetime) -> str:
    """Run the six checks by themselves, open a charge and give the address of the gateway's page.

    `key` is ours and unique per gateway; the same key gives the same address. Raises ChecksFail, ChargeInFlight,
    AlreadyPaid, OrderEnded, GatewayTrouble (the charge is then looked after by a job).
    """
    known = CardCharge.objects.filter(gateway=GATEWAY, key=key).first()
    if known is not None and known.redirect_url:
        return known.redirect_url
    if known is None:
        _check_by_itself(order_id, at=at)
        known = _open_charge(order_id, key=key, at=at)
    order = order_page(order_id)
    request = ChargeRequest(
        order_ref=order.number,
        amount=Money(known.amount_centavos, known.currency),
        payer=Payer(order.buyer.name, order.buyer.email, order.buyer.phone),
        idempotency_key=key,
        return_url=return_url,
        notify_url=f"{settings.SEGURIPAGO.base_url}/hooks/card/{GATEWAY}/{store_by_id(order.store_id).hook_key}/",
        description=f"Pedido {order.number}",
    )
    try:
        answer = gateway().charge(request, account(order.store_id))
    except card_gateways.GatewayTrouble as trouble:
        log.warning("card charge %s: %s", known.pk, trouble)
        raise GatewayTrouble from trouble
    state = _keep(known.pk, answer, at=at)
    if answer.next_action and state not in IN_FLIGHT:
        # Nobody would look after what is paid on that page.
        raise GatewayTrouble
    return answer.next_action.url if answer.next_action else return_url


def settle_card_charge(key: str, *, at: datetime) -> str:
    """Ask the gateway what became of a charge and act on it; returns the charge's state. Harmless when repeated."""
    charge = CardCharge.objects.select_related("payment").get(gateway=GATEWAY, key=key)
    if charge.state not in IN_FLIGHT:
        return charge.state
    try:
        if charge.ref:
            answer = gateway().fetch(charge.ref, account(charge.payment.store_id))
        else:
            answer = gateway().fetch_by_key(key, account(charge.payment.store_id))
    except card_gateways.ChargeMissing:
        return _give_up_unknown(charge, at=at)
    except card_gateways.GatewayTrouble as trouble:
        log.warning("card charge %s: %s", charge.pk, trouble)
        _ask_others_first(charge, at=at)
        return charge.state
    return _keep(charge.pk, answer, at=at)


def hear_gateway(
    slug: str, store_key: str, *, body: bytes, headers: Mapping[str, str], query: Mapping[str, str], at: datetime
) -> bool:
    """Look again at the charge that a signed webhook hints at. False for a stranger's or an unknown one."""
    store = store_by_hook_key(store_key)
    if slug != GATEWAY or store is None:
        return False
    try:
        event = gateway().parse_webhook(body, headers, query, account(store.id))
    except card_gateways.GatewayTrouble:
        return False
    key = CardCharge.objects.filter(gateway=slug, ref=event.ref, payment__store_id=store.id).values_list(
        "key", flat=True
    )
    if found := key.first():
        settle_card_charge(found, at=at)
    return True


def charges_in_doubt(*, at: datetime, older_than_s: int, limit: int = 50) -> list[str]:
    """The keys of charges without an end that nobody asked about for a while."""
    before = at - timedelta(seconds=older_than_s)
    due = CardCharge.objects.filter(state__in=IN_FLIGHT, changed_at__lte=before).order_by("changed_at")
    return list(due.values_list("key", flat=True)[:limit])


def gateway() -> CardGateway:
    found: CardGateway = registry.adapter(card_gateways.FAMILY, GATEWAY)
    return found


def account(store_id: int) -> GatewayAccount:
    hook_key = store_by_id(store_id).hook_key
    main_key = settings.SEGURIPAGO.main_key
    return GatewayAccount(
        api_url=settings.SEGURIPAGO.sandbox_url,
        store_key=hook_key,
        secret_key=store_secret(main_key, f"card:{GATEWAY}", hook_key),
        webhook_secret=store_secret(main_key, f"card:{GATEWAY}:webhook", hook_key),
    )


def _check_by_itself(order_id: int, *, at: datetime) -> None:
    order = order_page(order_id)
    if order.accepted_at is not None or not order.is_open:
        return
    orders.prefill_checks(order_id, at=at)
    failing = tuple(check.label for check in order_page(order_id).checks if not check.ok)
    if failing:
        raise ChecksFail(failing)
    orders.confirm_checks(order_id, tuple(CheckItem), by=Actor.system("Verificación automática"), at=at)
    orders.accept_confirmation(order_id, by=Actor.buyer(order.buyer.name), at=at)


def _open_charge(order_id: int, *, key: str, at: datetime) -> CardCharge:
    with transaction.atomic():
        order = lock_payable(order_id)
        until = at + timedelta(minutes=CARD_MINUTES)
        payment, _ = Payment.objects.select_for_update().get_or_create(
            order_id=order_id,
            rail="card",
            defaults={
                "store_id": order.store_id,
                "channel": "card",
                "state": State.AWAITING.value,
                "amount_centavos": order.total.centavos,
                "currency": order.total.currency,
                "expires_at": until,
                "watch_until": until,
                "changed_at": at,
            },
        )
        waiting = payment.charges.filter(state__in=IN_FLIGHT).first()
        if waiting is not None:
            raise ChargeInFlight(waiting.redirect_url)
        payment.state = move(State(payment.state), Event.SEND_DETAILS).value
        payment.expires_at = payment.watch_until = until
        payment.changed_at = at
        payment.save()
        record(
            order.store_id,
            Actor.buyer(order.buyer_name),
            "card.charge_opened",
            f"order:{order_id}",
            {"key": key},
            at=at,
        )
        return CardCharge.objects.create(
            payment=payment,
            gateway=GATEWAY,
            key=key,
            amount_centavos=payment.amount_centavos,
            currency=payment.currency,
            made_at=at,
            changed_at=at,
        )


def _keep(charge_id: int, answer: ChargeResult, *, at: datetime) -> str:
    with transaction.atomic():
        order_id = CardCharge.objects.values_list("payment__order_id", flat=True).get(pk=charge_id)
        order = orders.lock_order(order_id)
        charge = CardCharge.objects.select_for_update().select_related("payment").get(pk=charge_id)
        if charge.state not in IN_FLIGHT and not _is_heard_of_after_all(charge):
            return charge.state
        charge.ref = answer.ref or charge.ref
        charge.card_label, charge.authorization, charge.changed_at = answer.card_label, answer.authorization, at
        if answer.next_action:
            charge.redirect_url = answer.next_action.url
        if answer.status is PayStatus.PAID and answer.amount.centavos > 0:
            charge.state = "paid"
            charge.save()
            _place_money(charge, answer.amount, order, at=at)
        elif answer.status in _ENDED:
            charge.state = _ENDED[answer.status]
            charge.decline = answer.decline.code if answer.decline else charge.state
            charge.save()
            publish(
                CardDeclined(
                    store_id=charge.payment.store_id,
                    at=at,
                    order_id=order_id,
                    payment_id=charge.payment_id,
                    reason=charge.decline,
                )
            )
        else:
            charge.state = "requires_action" if answer.status is PayStatus.REQUIRES_ACTION else "processing"
            charge.save()
        return charge.state


def _place_money(charge: CardCharge, paid: Money, order: LockedOrder, *, at: datetime) -> None:
    """Confirm the payment with what a card was charged, or keep it apart for a person. The gateway has the money
    already: whatever became of the order meanwhile, it is booked and somebody hears of it.
    """
    why = _why_not(charge, paid, order, at=at)
    if not why:
        settlement = Settlement(charge.payment_id, f"charge:{charge.pk}", paid, at, Account.CARD_GATEWAY)
        confirm_payments([settlement], by=Actor.system("Pasarela de tarjetas"), at=at)
        return
    subject = f"order:{order.id}"
    legs = ((Account.CARD_GATEWAY, paid), (Account.SUSPENSE, -paid))
    post(Journal(f"charge:{charge.pk}:unplaced", order.store_id, subject, at, legs))
    said = {"charge": charge.pk, "paid": paid.plain, "why": why}
    record(order.store_id, Actor.system("Pasarela de tarjetas"), "card.money_unplaced", subject, said, at=at)
    publish(
        CardMoneyUnplaced(
            store_id=order.store_id,
            at=at,
            order_id=order.id,
            payment_id=charge.payment_id,
            charge_id=charge.pk,
            centavos=paid.centavos,
            currency=paid.currency,
            why=why,
        )
    )


def _why_not(charge: CardCharge, paid: Money, order: LockedOrder, *, at: datetime) -> str:
    """Why the payment cannot take the money; empty when it can, an expired order's stock being held again."""
    if order.state in PAID_STATES:
        return "paid"
    if paid != Money(charge.amount_centavos, charge.currency):
        return "amount"
    if State(charge.payment.state) not in {*OPEN, State.EXPIRED} or order.state == "cancelled":
        return "ended"
    if order.state == "expired":
        try:
            with transaction.atomic():
                orders.hold_again(order.id, at=at)
        except (OutOfStock, orders.NeverAccepted):
            return "ended"
    return ""


def _give_up_unknown(charge: CardCharge, *, at: datetime) -> str:
    """The gateway never heard of the charge: whoever opened it is dead, or hears so when he comes back."""
    if at - charge.made_at < timedelta(minutes=2):
        _ask_others_first(charge, at=at)
        return charge.state
    CardCharge.objects.filter(pk=charge.pk, state__in=IN_FLIGHT).update(
        state="expired", decline="expired", changed_at=at
    )
    return "expired"


def _is_heard_of_after_all(charge: CardCharge) -> bool:
    """Whether it was given up because the gateway had not heard of it: a process slept that long before it asked."""
    others = CardCharge.objects.filter(payment=charge.payment, state__in=IN_FLIGHT)
    return charge.state == "expired" and not charge.ref and not others.exists()


def _ask_others_first(charge: CardCharge, *, at: datetime) -> None:
    """Some charges that are never answered must not keep the others from being asked about."""
    CardCharge.objects.filter(pk=charge.pk, state__in=IN_FLIGHT).update(changed_at=at)
