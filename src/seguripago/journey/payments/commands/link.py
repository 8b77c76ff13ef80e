"""Look at a link, hold it while it is paid, withdraw it, and end those whose time is over.

Looking is logged and consumes nothing: chat apps fetch links before people do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.limits.commands import alias
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from seguripago.values.money import Money
from seguripago.values.safe_text import mask_secrets

from ..facts import PaymentLinkOpened
from ..finding_links import Found, find
from ..models import Link, LinkOpen, Payment
from ..reading_links import standing_of
from ..refusals import BadLink, LinkEnded, LinkNotPayable
from ..rules import LINK_LIVE, LinkStanding, LinkState, Purpose, agent_kind
from .confirm import OutsideTransaction
from .link_making import end_links

BATCH: Final = 500
PERSONS: Final = ("phone", "computer")
_LIVE: Final = [state.value for state in LINK_LIVE]


@dataclass(frozen=True, slots=True)
class Opened:
    """A genuine link and what it is worth. `first`: nobody had looked at it before."""

    link_id: int
    handle: str
    order_id: int
    store_id: int
    purpose: Purpose
    state: LinkStanding
    first: bool

    @property
    def is_valid(self) -> bool:
        return self.state is LinkStanding.VALID


@dataclass(frozen=True, slots=True)
class HeldLink:
    """A valid link under the locks of its order and its payment: `amount` is what it still asks for."""

    link_id: int
    order_id: int
    payment_id: int
    store_id: int
    purpose: Purpose
    amount: Money


def open_link(token: str, *, caller: str, agent: str, own_session: bool, at: datetime) -> Opened:
    """Find the link of a token and log that somebody looked; an ended one is found too. Raises BadLink.

    `caller` (an address) and `agent` (what the browser calls itself) are kept only as a day's hash and one of five
    kinds. Forged, altered and unknown tokens take the same work.
    """
    found = find(token)
    if found is None:
        raise BadLink
    state, kind = found.standing(at=at), agent_kind(agent)
    with transaction.atomic():
        LinkOpen.objects.create(
            link_id=found.link_id, at=at, caller=alias(caller, at=at), agent=kind, own_session=own_session
        )
        if kind in PERSONS and found.facts.state in LINK_LIVE:
            _announce_first(found, at=at)
        first = found.is_new and _note_first(found, at=at)
    claims = found.claims
    return Opened(found.link_id, claims.handle, found.order_id, claims.store_id, found.purpose, state, first)


def hold_link(link_id: int, *, at: datetime) -> HeldLink:
    """Lock the link's order and payment until the caller's transaction ends, if it can be paid now.

    Raises BadLink for an unknown one, LinkNotPayable with what it is worth instead.
    """
    if not connection.in_atomic_block:
        raise OutsideTransaction
    link = _locked(link_id)
    state = standing_of(link, at=at)
    if state is not LinkStanding.VALID:
        raise LinkNotPayable(state)
    payment = link.payment
    missing = Money(link.target_centavos - payment.received_centavos, payment.currency)
    return HeldLink(link.pk, payment.order_id, payment.pk, link.store_id, Purpose(link.purpose), missing)


def revoke_link(link_id: int, *, why: str, by: Actor, at: datetime) -> None:
    """Withdraw a live link. The payment stays: its CLABE still takes money. Raises BadLink, LinkEnded."""
    with transaction.atomic():
        link = _locked(link_id)
        if LinkState(link.state) not in LINK_LIVE:
            raise LinkEnded
        said = mask_secrets(why).strip()[:120] or "revoked"
        end_links([link.payment_id], LinkState.REVOKED, why=said, by=by, at=at)


def expire_links(*, at: datetime) -> int:
    """End live links whose own time is over, at most 500; returns how many. Locked payments wait for the next round."""
    with transaction.atomic():
        due = Link.objects.filter(state__in=_LIVE, expires_at__lte=at).order_by("expires_at")
        ids = list(due.values_list("payment_id", flat=True)[:BATCH])
        free = Payment.objects.select_for_update(skip_locked=True).filter(pk__in=ids).order_by("pk")
        locked = [payment.pk for payment in free]
        # Somebody may have given more time since they were looked for.
        still = Link.objects.filter(payment__in=locked, state__in=_LIVE, expires_at__lte=at)
        overdue = list(still.values_list("payment_id", flat=True))
        return end_links(overdue, LinkState.EXPIRED, why="time", by=Actor.system("Reloj"), at=at)


def supersede_changed(order_ids: list[int], *, at: datetime) -> int:
    """End the live links that were made for another version of their order than there is now; returns how many."""
    with transaction.atomic():
        orders.lock_orders(order_ids)
        rows = Link.objects.filter(payment__order__in=order_ids, state__in=_LIVE).select_related("payment__order")
        stale = [row.payment_id for row in rows if row.order_version != row.payment.order.pre_invoice_version]
        locked = [row.pk for row in Payment.objects.select_for_update().filter(pk__in=stale).order_by("pk")]
        return end_links(locked, LinkState.SUPERSEDED, why="order_changed", by=Actor.system(), at=at)


def _locked(link_id: int) -> Link:
    order_id = Link.objects.filter(pk=link_id).values_list("payment__order_id", flat=True).first()
    if order_id is None:
        raise BadLink
    orders.lock_order(order_id)
    hold_payment(link_id)
    return Link.objects.select_related("payment__order").get(pk=link_id)


def hold_payment(link_id: int) -> None:
    """Lock the payment that a link is of: whoever pays, ends or replaces the link waits for it."""
    Payment.objects.select_for_update().get(links=link_id)


def _announce_first(found: Found, *, at: datetime) -> None:
    """Say that a person looked, once: what chat apps fetch by themselves is nobody."""
    if LinkOpen.objects.filter(link=found.link_id, agent__in=PERSONS)[1:2].exists():
        return
    publish(
        PaymentLinkOpened(
            store_id=found.claims.store_id,
            at=at,
            order_id=found.order_id,
            payment_id=found.payment_id,
            link_id=found.link_id,
        )
    )


def _note_first(found: Found, *, at: datetime) -> bool:
    """Note the first look; of many at once only one is the first."""
    row = Link.objects.filter(pk=found.link_id)
    if not row.filter(first_opened_at__isnull=True).update(first_opened_at=at):
        return False
    if row.filter(state="active").update(state="opened"):
        said = {"payment": found.payment_id, "link": found.link_id}
        subject = f"order:{found.order_id}"
        record(found.claims.store_id, Actor.buyer(""), "payment.link_opened", subject, said, at=at)
    return True
