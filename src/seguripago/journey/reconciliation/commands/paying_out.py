"""Approved returns sent as payment orders: told once under our own key, asked about until the bank has answered.

Nothing is asked of the outside inside a transaction. A return is marked as told before it is sent, so that a crash in
between leaves it in doubt and never unsaid; what is in doubt is asked about, and sent again under the same key only
when the provider has never heard of it and would still refuse the key a second time: on the same operation day.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction

from seguripago.foundations.approvals.queries import policy
from seguripago.foundations.stores.queries import StoreView, feed_settings, store_by_hook_key, store_by_id
from seguripago.ports import payouts, registry
from seguripago.ports.bank_feeds import Credentials, FeedRefused, FeedTrouble, NotFoundThere
from seguripago.ports.payouts import PayoutAnswer, Payouts, PayoutState
from seguripago.ports.store_secrets import store_secret
from seguripago.values.actor import Actor
from seguripago.values.money import MXN, Money

from ..models import ReturnInstruction
from ..rules.returns import ReturnState, days_to_ask, is_day_over, may_send_again
from .returning import confirm_return, fail_return, instruct, order_of

BATCH: Final = 50
FIRST_ASK: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
SANDBOX: Final = "sandbox"

log = logging.getLogger(__name__)

type Road = tuple[Payouts, Credentials]


def send_approved_returns(*, at: datetime) -> int:
    """Send what two people approved, in the stores that send by order. Returns how many were told."""
    waiting = ReturnInstruction.objects.filter(state=ReturnState.APPROVED.value, currency=MXN)
    told = 0
    for store_id in list(waiting.order_by("store_id").values_list("store_id", flat=True).distinct()):
        some = list(waiting.filter(store_id=store_id).order_by("pk").values_list("pk", flat=True)[:BATCH])
        try:
            told += _send_some(some, road_of(store_id), at=at)
        except Exception:
            # What was marked is asked about; the other stores' money must not wait for it.
            log.exception("the returns of store %s were not all sent", store_id)
    return told


def _send_some(return_ids: Sequence[int], road: Road | None, *, at: datetime) -> int:
    told = 0
    if road is None:
        return told
    for return_id in return_ids:
        if _mark(return_id, road[0], at=at):
            _send(return_id, road, at=at)
            told += 1
    return told


def ask_about_returns(*, at: datetime) -> int:
    """Ask what became of the orders whose time it is; confirm, fail, or ask again later. Returns how many ended."""
    due = ReturnInstruction.objects.filter(state=ReturnState.INSTRUCTED.value, road="order", ask_at__lte=at)
    ended = 0
    for return_id, store_id in list(due.order_by("ask_at").values_list("pk", "store_id")[:BATCH]):
        try:
            road = road_of(store_id)
            if road is not None:
                ended += _ask(return_id, road, at=at)
        except Exception:
            log.exception("return %s was not asked about", return_id)
    return ended + _look_again(at=at)


def _look_again(*, at: datetime) -> int:
    """Ask once more about what left an hour ago, and at once about what a notice speaks of; counts what came back."""
    left = ReturnInstruction.objects.filter(state=ReturnState.CONFIRMED.value, road="order", ask_at__lte=at)
    back = 0
    for row in list(left.order_by("ask_at")[:BATCH]):
        mine = ReturnInstruction.objects.filter(pk=row.pk, state=ReturnState.CONFIRMED.value)
        mine.update(ask_at=at + LONGEST_PAUSE)
        try:
            road = road_of(row.store_id)
            answer = None if road is None else _heard_of(row, road, at=at)
        except Exception:
            log.exception("return %s was not looked at again", row.pk)
            continue
        if road is not None and answer is not None and answer.state is PayoutState.FAILED:
            back += _take(row, answer, road[0], at=at)
        mine.update(ask_at=None)
    return back


def orders_in_doubt(*, at: datetime, fresh_s: int) -> int:
    """How many orders were sent within so many seconds and have no end yet."""
    young = ReturnInstruction.objects.filter(state=ReturnState.INSTRUCTED.value, road="order")
    return young.filter(instructed_at__gte=at - timedelta(seconds=fresh_s)).count()


def hear_payout(slug: str, store_key: str, *, body: bytes, headers: Mapping[str, str], at: datetime) -> bool:
    """Take a provider's notice as a hint: its order is asked about next. False for a stranger's or an unknown one."""
    store, adapter = store_by_hook_key(store_key), registry.adapters(payouts.FAMILY).get(slug)
    if store is None or adapter is None:
        return False
    key = adapter.hint(body, headers)
    orders = ReturnInstruction.objects.filter(store_id=store.id, road="order", tracking_key=key)
    if not key or not orders.exists():
        return False
    orders.filter(state__in=[ReturnState.INSTRUCTED.value, ReturnState.CONFIRMED.value]).update(ask_at=at)
    return True


def road_of(store_id: int) -> Road | None:
    """Who sends this store's orders, with what to show him; None where returns leave by file.

    The demo's bank sends for demo stores; any other provider only under the store's two-person policy.
    """
    store, known = store_by_id(store_id), registry.adapters(payouts.FAMILY)
    if policy(store_id).orders_returns_by_itself:
        for slug, feed in feed_settings(store_id).items():
            if slug in known and feed.credentials:
                return known[slug], feed.credentials
    if settings.SEGURIPAGO.demo and store.is_demo:
        return known[SANDBOX], _sandbox(store)
    return None


def _sandbox(store: StoreView) -> Credentials:
    here = settings.SEGURIPAGO
    return {
        "address": here.sandbox_url,
        "secret": store_secret(here.main_key, "sandbox-bank", ""),
        "notify_url": f"{here.base_url.rstrip('/')}/hooks/payouts/{SANDBOX}/{store.hook_key}/",
    }


def _mark(return_id: int, adapter: Payouts, *, at: datetime) -> bool:
    with transaction.atomic():
        rows = ReturnInstruction.objects.select_for_update(skip_locked=True, of=("self",))
        row = rows.filter(pk=return_id, state=ReturnState.APPROVED.value).first()
        if row is None:
            return False
        instruct(row, road="order", by=Actor.system(adapter.title), at=at)
        ReturnInstruction.objects.filter(pk=return_id).update(ask_at=at + FIRST_ASK)
    return True


def _send(return_id: int, road: Road, *, at: datetime) -> None:
    adapter, credentials = road
    row = ReturnInstruction.objects.get(pk=return_id)
    try:
        answer = adapter.send(order_of(row), credentials)
    except FeedRefused as refusal:
        fail_return(return_id, reason=f"{adapter.title}: {refusal.reason}", by=Actor.system(adapter.title), at=at)
    except FeedTrouble as trouble:
        log.warning("return %s is in doubt: %s", return_id, trouble)
    else:
        _take(row, answer, adapter, at=at)


def _ask(return_id: int, road: Road, *, at: datetime) -> int:
    row = ReturnInstruction.objects.get(pk=return_id)
    assert row.instructed_at is not None
    pause = min(max((at - row.instructed_at) / 2, FIRST_ASK), LONGEST_PAUSE)
    ReturnInstruction.objects.filter(pk=return_id).update(ask_at=at + pause)
    try:
        answer = _heard_of(row, road, at=at)
    except FeedTrouble as trouble:
        log.warning("return %s stays in doubt: %s", return_id, trouble)
        return 0
    if answer is None:
        return _never_heard_of(row, row.instructed_at, road, at=at)
    return _take(row, answer, road[0], at=at)


def _heard_of(row: ReturnInstruction, road: Road, *, at: datetime) -> PayoutAnswer | None:
    """What the provider says on whichever day it may have the order; None when surely on none. Raises FeedTrouble."""
    adapter, credentials = road
    assert row.instructed_at is not None
    trouble: FeedTrouble | None = None
    for day in days_to_ask(row.instructed_at, at):
        try:
            return adapter.fetch(order_of(row), day, credentials)
        except NotFoundThere:
            continue
        except FeedTrouble as met:
            trouble = met
    if trouble is not None:
        raise trouble
    return None


def _never_heard_of(row: ReturnInstruction, sent_at: datetime, road: Road, *, at: datetime) -> int:
    """Send again what the provider does not have while it would refuse a second one; later its case has it again."""
    if may_send_again(sent_at, at):
        _send(row.pk, road, at=at)
        return 0
    if not is_day_over(sent_at, at):
        return 0
    title = road[0].title
    reason = f"{title} no la tiene en su día de operación; compara con el estado de cuenta antes de devolver otra vez."
    fail_return(row.pk, reason=reason, by=Actor.system(title), at=at)
    return 1


def _take(row: ReturnInstruction, answer: PayoutAnswer, adapter: Payouts, *, at: datetime) -> int:
    """Act on what the provider says; 1 when the return has ended by it."""
    by = Actor.system(adapter.title)
    match answer.state:
        case PayoutState.SENT:
            return 0
        case PayoutState.DONE:
            amount = Money(row.amount_centavos, row.currency)
            confirm_return(row.pk, amount=amount, says=answer.ref or row.tracking_key, by=by, day=answer.day, at=at)
        case PayoutState.FAILED:
            fail_return(row.pk, reason=f"{adapter.title}: {answer.reason}".strip(), by=by, at=at)
    return 1
