"""What is read of links: what one is worth, and everything that its page shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import models

from seguripago.values import clabe
from seguripago.values.money import Money

from .models import Instructions, Link
from .rules import LINK_LIVE, LinkFacts, LinkStanding, LinkState, Purpose, State, link_standing


@dataclass(frozen=True, slots=True)
class InstructionsView:
    """Where to transfer, as the buyer copies it."""

    bank: str
    clabe: str
    clabe_pretty: str
    beneficiary: str
    concept: str
    reference: str
    amount: Money
    sent_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A payment link as its page and every screen that names it show it.

    `amount` is what it asks for; `missing` what of that has not come; `rest` what the order misses when it is paid.
    `instructions` say where to transfer just what is missing; None for a link that takes no payment.
    """

    id: int
    handle: str
    order_id: int
    store_id: int
    payment_id: int
    purpose: Purpose
    state: LinkStanding
    amount: Money
    missing: Money
    rest: Money
    whole: Money
    received: Money
    order_version: int
    phrase: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    first_opened_at: datetime | None
    ended_at: datetime | None
    ended_why: str
    instructions: InstructionsView | None

    @property
    def is_valid(self) -> bool:
        return self.state is LinkStanding.VALID

    @property
    def is_deposit(self) -> bool:
        return self.purpose is Purpose.DEPOSIT


@dataclass(frozen=True, slots=True)
class LinkOpening:
    """Somebody looked at a link: when, with what kind of browser, and whether it was the order's own buyer."""

    at: datetime
    agent: str
    own_session: bool


def link_page(handle: str, *, at: datetime) -> LinkPage | None:
    """The link of a handle, whatever became of it; one query."""
    row = _rows().filter(handle=handle).first()
    return None if row is None else page_of(row, at=at)


def live_link(order_id: int, *, at: datetime) -> LinkPage | None:
    """The link of an order that can be paid now, if there is one."""
    live = [state.value for state in LINK_LIVE]
    row = _rows().filter(payment__order=order_id, state__in=live).first()
    page = None if row is None else page_of(row, at=at)
    return page if page is not None and page.is_valid else None


def links_of(order_id: int, *, at: datetime) -> tuple[LinkPage, ...]:
    """Every link of an order, the newest first."""
    return tuple(page_of(row, at=at) for row in _rows().filter(payment__order=order_id).order_by("-pk"))


def openings_of(link_id: int, *, limit: int = 20) -> tuple[LinkOpening, ...]:
    """Who looked at a link, the newest first, at most `limit`."""
    rows = Link.objects.get(pk=link_id).opens.order_by("-at", "-pk").values_list("at", "agent", "own_session")
    return tuple(LinkOpening(*row) for row in rows[:limit])


def newest_links(order_ids: Collection[int], *, at: datetime) -> dict[int, LinkPage]:
    """The newest link of each of these orders, in one query; orders without one are left out."""
    rows = _rows().filter(payment__order__in=list(order_ids)).order_by("pk")
    return {row.payment.order_id: page_of(row, at=at) for row in rows}


def opens_of(link_id: int) -> int:
    """How often somebody looked at a link."""
    return Link.objects.get(pk=link_id).opens.count()


def standing_of(link: Link, *, at: datetime) -> LinkStanding:
    """Decide what it is worth from a row whose payment and order were read with it."""
    payment = link.payment
    facts = LinkFacts(
        state=LinkState(link.state),
        expires_at=link.expires_at,
        made_for_version=link.order_version,
        amount_centavos=link.amount_centavos,
        target_centavos=link.target_centavos,
        payment_state=State(payment.state),
        received_centavos=payment.received_centavos,
        order_state=payment.order.state,
        order_version=payment.order.pre_invoice_version,
    )
    return link_standing(facts, at=at)


def page_of(link: Link, *, at: datetime) -> LinkPage:
    """Draw a row whose payment, order and instructions were read with it."""
    payment, state = link.payment, standing_of(link, at=at)
    whole = Money(payment.amount_centavos, payment.currency)
    received = Money(payment.received_centavos, payment.currency)
    target = Money(link.target_centavos, payment.currency)
    missing = max(target - received, Money(0, payment.currency))
    told = getattr(payment, "instructions", None)
    return LinkPage(
        id=link.pk,
        handle=link.handle,
        order_id=payment.order_id,
        store_id=link.store_id,
        payment_id=payment.pk,
        purpose=Purpose(link.purpose),
        state=state,
        amount=Money(link.amount_centavos, payment.currency),
        missing=missing,
        rest=whole - target,
        whole=whole,
        received=received,
        order_version=link.order_version,
        phrase=link.phrase,
        made_at=link.made_at,
        made_by=link.made_by,
        expires_at=link.expires_at,
        first_opened_at=link.first_opened_at,
        ended_at=link.ended_at,
        ended_why=link.ended_why,
        instructions=instructions_view(told, missing, link.expires_at)
        if told is not None and state is LinkStanding.VALID
        else None,
    )


def instructions_view(told: Instructions, due: Money, expires_at: datetime) -> InstructionsView:
    """Draw where to transfer an amount."""
    return InstructionsView(
        bank=told.bank,
        clabe=told.clabe,
        clabe_pretty=clabe.pretty(told.clabe),
        beneficiary=told.beneficiary,
        concept=told.concept,
        reference=told.reference,
        amount=due,
        sent_at=told.sent_at,
        expires_at=expires_at,
    )


def _rows() -> models.QuerySet[Link]:
    return Link.objects.select_related("payment__order", "payment__instructions")
