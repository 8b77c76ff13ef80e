"""Charge a card. The row of the charge is committed before the gateway is called, outside any transaction."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.queries import store_by_id
from seguripago.journey.orders import commands as orders
from seguripago.journey.orders.queries import order as order_page
from seguripago.journey.payments.commands import ask_card, hold_link
from seguripago.ports import card_gateways
from seguripago.ports.card_gateways import ChargeRequest, Payer
from seguripago.values.actor import Actor
from seguripago.values.card_numbers import holds_card_number
from seguripago.values.money import Money
from seguripago.values.steps import CheckItem

from ..accounts import account, active_gateway, gateway
from ..charge_view import ChargeView, view
from ..facts import CardChargeOpened
from ..models import CardCharge, StoreGateway
from ..refusals import (
    CardNumberRefused,
    ChargeInFlight,
    ChecksFail,
    GatewayTrouble,
    MonthsNotOffered,
    NoCardToken,
    NoGateway,
    NotThisKey,
    TooManyTries,
)
from ..rules.charges import IN_FLIGHT, MOST_TRIES, TRIES_COUNT_FOR, key_belongs, months_for, pause
from .settling import after_refusal, keep_answer, nothing_heard

LONGEST_TOKEN: Final = 4000

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CardWish:
    """What the card form sent. `key` is the form's own: the same form sent twice is one charge.

    `token` comes from the gateway's fields and is kept nowhere; it is empty where the gateway's own page asks.
    """

    key: str
    return_url: str
    token: str = ""
    installments: int = 1
    device_session_id: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be charged, locked."""

    payment_id: int
    store_id: int
    amount: Money


def start_card_charge(order_id: int, wish: CardWish, *, at: datetime) -> ChargeView:
    """Run the six checks by themselves and charge the whole order to a card.

    The same key gives the same charge. Raises ChecksFail, ChargeInFlight, NoGateway, NoCardToken, MonthsNotOffered,
    NotThisKey, TooManyTries, AlreadyPaid, OrderEnded, GatewayTrouble. A gateway that gives no answer leaves the charge
    in `processing`: a job asks again.
    """
    _may_use(wish, order_id)
    _check_by_itself(order_id, at=at)
    charge, is_new = open_charge(order_id, wish, link_id=None, at=at)
    return _call_out(charge, order_id, wish, at=at) if is_new else view(charge)


def start_link_charge(order_id: int, link_id: int, wish: CardWish, *, at: datetime) -> ChargeView:
    """Charge what a payment link still asks for, exactly; the money enters the link's own payment.

    Raises as start_card_charge, and payments' BadLink and LinkNotPayable.
    """
    _may_use(wish, order_id)
    charge, is_new = open_charge(order_id, wish, link_id=link_id, at=at)
    return _call_out(charge, order_id, wish, at=at) if is_new else view(charge)


def open_charge(order_id: int, wish: CardWish, *, link_id: int | None, at: datetime) -> tuple[CardCharge, bool]:
    """Make the charge's row, under the order's lock; tells whether it is new.

    Of any number of submissions of one form only one makes it. While one charge of the order is in flight there is no
    other. Raises ChargeInFlight, NoGateway, NoCardToken, MonthsNotOffered, and what `ask_card` and `hold_link` raise.
    """
    with transaction.atomic():
        lock_order(order_id)
        known = CardCharge.objects.filter(key=wish.key, payment__order_id=order_id).first()
        if known is not None:
            return known, False
        asked = _ask(order_id, link_id, at=at)
        # Also those of the order's other payment: a card and a link may be tried side by side.
        waiting = CardCharge.objects.filter(payment__order_id=order_id, state__in=IN_FLIGHT).first()
        if waiting is not None:
            raise ChargeInFlight(waiting.key)
        tries = CardCharge.objects.filter(payment__order_id=order_id, made_at__gt=at - TRIES_COUNT_FOR).count()
        if tries >= MOST_TRIES:
            raise TooManyTries
        slug = _gateway_for(asked, wish)
        buyer = Actor.buyer(order_page(order_id).buyer.name)
        charge = CardCharge.objects.create(
            store_id=asked.store_id,
            payment_id=asked.payment_id,
            link_id=link_id,
            gateway=slug,
            key=wish.key,
            amount_centavos=asked.amount.centavos,
            currency=asked.amount.currency,
            installments=wish.installments,
            ask_at=at + pause(0),
            made_at=at,
            changed_at=at,
        )
        said = {"charge": charge.pk, "gateway": slug, "amount": asked.amount.plain, "months": wish.installments}
        record(asked.store_id, buyer, "card.charge_opened", f"order:{order_id}", {**said, "link": link_id}, at=at)
        publish(
            CardChargeOpened(
                store_id=asked.store_id,
                at=at,
                order_id=order_id,
                payment_id=asked.payment_id,
                charge_id=charge.pk,
                centavos=asked.amount.centavos,
                currency=asked.amount.currency,
                installments=wish.installments,
            )
        )
        return charge, True


def lock_order(order_id: int) -> None:
    """Whoever charges this order waits here for whoever does so already."""
    orders.lock_order(order_id)


def _ask(order_id: int, link_id: int | None, *, at: datetime) -> _Asked:
    if link_id is None:
        asked = ask_card(order_id, at=at)
        return _Asked(asked.payment_id, asked.store_id, asked.amount)
    held = hold_link(link_id, at=at)
    if held.order_id != order_id:
        raise NotThisKey
    return _Asked(held.payment_id, held.store_id, held.amount)


def _gateway_for(asked: _Asked, wish: CardWish) -> str:
    """The gateway that takes this charge, if what the form sent suits it."""
    slug = active_gateway(asked.store_id)
    if not slug:
        raise NoGateway
    config = gateway(slug).client_config(account(asked.store_id, slug))
    if not wish.token and not (config.has_page or config.tokeniser == "redirect"):
        raise NoCardToken
    if wish.installments != 1:
        row = StoreGateway.objects.filter(store_id=asked.store_id, gateway=slug).first()
        plan = {int(count): Money(centavos) for count, centavos in (row.months if row else {}).items()}
        if "msi" not in gateway(slug).capabilities or wish.installments not in months_for(asked.amount, plan):
            raise MonthsNotOffered
    return slug


def _call_out(charge: CardCharge, order_id: int, wish: CardWish, *, at: datetime) -> ChargeView:
    """Call the gateway, once, and keep what it says. No answer is no end: the job asks what became of it."""
    order, store = order_page(order_id), store_by_id(charge.store_id)
    request = ChargeRequest(
        order_ref=order.number,
        amount=Money(charge.amount_centavos, charge.currency),
        payer=Payer(order.buyer.name, order.buyer.email, order.buyer.phone),
        idempotency_key=charge.key,
        return_url=wish.return_url,
        notify_url=f"{settings.SEGURIPAGO.base_url}/hooks/card/{charge.gateway}/{store.hook_key}/",
        token=wish.token,
        description=f"Pedido {order.number}",
        installments=charge.installments,
        device_session_id=wish.device_session_id,
    )
    try:
        answer = gateway(charge.gateway).charge(request, account(charge.store_id, charge.gateway))
    except card_gateways.KeyUsedOtherwise as used:
        # The gateway holds something under our key: that is a doubt, and no refusal.
        log.error("card charge %s: its gateway knows the key otherwise: %s", charge.pk, used)
        nothing_heard(charge.pk, at=at)
    except card_gateways.GatewayRefused as refused:
        log.warning("card charge %s refused: %s", charge.pk, type(refused).__name__)
        if after_refusal(charge.pk, at=at) not in IN_FLIGHT:
            raise GatewayTrouble from None
    except card_gateways.GatewayTrouble as trouble:
        log.warning("card charge %s: %s", charge.pk, type(trouble).__name__)
        nothing_heard(charge.pk, at=at)
    else:
        keep_answer(charge.pk, answer, at=at)
    return view(CardCharge.objects.get(pk=charge.pk))


def _may_use(wish: CardWish, order_id: int) -> None:
    if any(holds_card_number(each) for each in (wish.token, wish.key, wish.device_session_id)):
        raise CardNumberRefused
    if not key_belongs(wish.key, order_id):
        raise NotThisKey
    if len(wish.token) > LONGEST_TOKEN or len(wish.device_session_id) > LONGEST_TOKEN:
        raise NoCardToken


def _check_by_itself(order_id: int, *, at: datetime) -> None:
    """Run the six checks and accept for the buyer, who has seen his order; what fails is kept for whoever looks."""
    with transaction.atomic():
        lock_order(order_id)
        order = order_page(order_id)
        if order.accepted_at is not None or not order.is_open:
            return
        orders.prefill_checks(order_id, at=at)
        failing = tuple(check.label for check in order_page(order_id).checks if not check.ok)
        if not failing:
            orders.confirm_checks(order_id, tuple(CheckItem), by=Actor.system("Verificación automática"), at=at)
            orders.accept_confirmation(order_id, by=Actor.buyer(order.buyer.name), at=at)
    if failing:
        raise ChecksFail(failing)
