"""What screens read of payments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Subquery, Sum

from seguripago.values.money import Money

from . import link_token
from .finding_links import find
from .models import Instructions, Link, Payment
from .reading_links import InstructionsView as InstructionsView
from .reading_links import LinkOpening as LinkOpening
from .reading_links import LinkPage as LinkPage
from .reading_links import instructions_view
from .reading_links import link_page as link_page
from .reading_links import links_of as links_of
from .reading_links import live_link as live_link
from .reading_links import newest_links as newest_links
from .reading_links import openings_of as openings_of
from .reading_links import opens_of as opens_of
from .rules import MTU, OPEN, SETTLED, Purpose, State


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with its three moments: monitored, received, confirmed (None: not yet).

    `link_token` is written anew at each reading; which link it opens is told by `link_id`, and what it asks for by
    `link_amount`. `by_deposit`: a deposit was asked for or paid, so that a part of the amount is no exception.
    """

    id: int
    order_id: int
    channel: str
    state: State
    exception: str
    amount: Money
    received: Money
    missing: Money
    refunded: Money
    contested: Money
    instructions: InstructionsView | None
    link_id: int | None
    link_token: str | None
    link_expires_at: datetime | None
    link_purpose: str
    link_amount: Money | None
    link_phrase: str
    by_deposit: bool
    monitored_at: datetime | None
    claimed_at: datetime | None
    received_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str
    expires_at: datetime

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_confirmed(self) -> bool:
        return self.state in SETTLED

    @property
    def above_mtu(self) -> bool:
        """Whether many banks ask for more before so large a transfer."""
        return self.missing > MTU


@dataclass(frozen=True, slots=True)
class LinkView:
    """A payment link; `state` is active, opened, paid, expired, revoked or superseded."""

    order_id: int
    store_id: int
    state: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """`by_deposit`: a part of its amount was asked for first, so that a part is no exception."""

    order_id: int
    number: str
    by_deposit: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """How and since when the buyer of an order is asked to pay; `monitored_at` is None before that."""

    channel: str
    monitored_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExpectedTransfer:
    order_id: int
    number: str
    buyer_name: str
    amount: Money
    missing: Money
    clabe: str
    monitored_at: datetime
    expires_at: datetime
    claimed: bool
    asks: str = ""
    """deposit or rest, where a link asks for a part now; `missing` is then that part."""


@dataclass(frozen=True, slots=True)
class OverduePart:
    """A payment whose clock ended with less than its amount."""

    store_id: int
    order_id: int
    payment_id: int
    received: Money
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class TransferStanding:
    """The transfer of an order and the order itself, as a decision needs them."""

    order_id: int
    order_number: str
    order_state: str
    buyer_name: str
    is_accepted: bool
    payment_id: int
    state: State
    amount: Money
    received: Money
    expires_at: datetime
    clabe: str = ""


def payment_of(order_id: int) -> PaymentView | None:
    """The order's payment that matters: the confirmed one, else the one that changed last."""
    return payments_of([order_id]).get(order_id)


def payments_of(order_ids: list[int]) -> dict[int, PaymentView]:
    rows = Payment.objects.filter(order_id__in=order_ids).select_related("instructions").order_by("changed_at", "pk")
    chosen: dict[int, Payment] = {}
    for row in rows:
        known = chosen.get(row.order_id)
        if known is None or known.state not in SETTLED:
            chosen[row.order_id] = row
    by_link = [row.pk for row in chosen.values() if row.channel == "link" or row.state == State.PARTLY_PAID.value]
    links: dict[int, Link] = {}
    deposits: set[int] = set()
    if by_link:
        counting = Q(state__in=["active", "opened"]) | Q(state="paid", purpose=Purpose.DEPOSIT.value)
        for link in Link.objects.filter(counting, payment__in=by_link):
            if link.state != "paid":
                links[link.payment_id] = link
            if link.purpose == Purpose.DEPOSIT.value:
                deposits.add(link.payment_id)
    return {order_id: _view(row, links.get(row.pk), row.pk in deposits) for order_id, row in chosen.items()}


def link(token: str) -> LinkView | None:
    """The link of a token, whatever became of it; None for a forged, altered or unknown one, after the same work."""
    found = find(token)
    if found is None:
        return None
    return LinkView(found.order_id, found.claims.store_id, found.facts.state, found.facts.expires_at)


def links_open_until() -> datetime | None:
    """When the last link that somebody may still open expires: until then the key that made it is needed."""
    ends: datetime | None = Link.objects.filter(state__in=["active", "opened"]).aggregate(ends=Max("expires_at"))[
        "ends"
    ]
    return ends


def expected_transfers(store_id: int, *, at: datetime, limit: int = 50) -> tuple[ExpectedTransfer, ...]:
    """The transfers that are waited for, the first to expire first."""
    rows = list(
        Payment.objects.filter(
            store_id=store_id, rail="transfer", state__in=[state.value for state in OPEN], expires_at__gt=at
        )
        .select_related("instructions", "order")
        .annotate(
            asks=Subquery(_live_part().values("purpose")), target=Subquery(_live_part().values("target_centavos"))
        )
        .order_by("expires_at", "pk")[:limit]
    )
    return tuple(
        ExpectedTransfer(
            order_id=row.order_id,
            number=row.order.number,
            buyer_name=row.order.buyer_name,
            amount=Money(row.amount_centavos, row.currency),
            missing=Money((row.target or row.amount_centavos) - row.received_centavos, row.currency),
            clabe=row.instructions.clabe,
            monitored_at=row.monitored_at or row.changed_at,
            expires_at=row.expires_at,
            claimed=row.claimed_at is not None,
            asks=row.asks or "",
        )
        for row in rows
    )


def _live_part() -> QuerySet[Link]:
    """The live link of a payment, where it asks for a deposit or for the rest."""
    parts = [Purpose.DEPOSIT.value, Purpose.REST.value]
    return Link.objects.filter(payment=OuterRef("pk"), state__in=["active", "opened"], purpose__in=parts)


def clabe_owner(number: str) -> tuple[int, int] | None:
    """The (store id, order id) that a CLABE was given to, or None."""
    return Instructions.objects.filter(clabe=number).values_list("payment__store_id", "payment__order_id").first()


def clabe_known(number: str) -> int | None:
    """The id of the store that gave the CLABE out, for anyone who asks whether it is genuine."""
    owner = clabe_owner(number)
    return owner[0] if owner else None


def _view(row: Payment, live_link: Link | None, by_deposit: bool) -> PaymentView:
    amount = Money(row.amount_centavos, row.currency)
    received = Money(row.received_centavos, row.currency)
    told = getattr(row, "instructions", None) if row.rail == "transfer" else None
    return PaymentView(
        id=row.pk,
        order_id=row.order_id,
        channel=row.channel,
        state=State(row.state),
        exception=row.exception,
        amount=amount,
        received=received,
        missing=amount - received,
        refunded=Money(row.refunded_centavos, row.currency),
        contested=Money(row.contested_centavos, row.currency),
        instructions=None if told is None else instructions_view(told, amount - received or amount, row.expires_at),
        link_id=None if live_link is None else live_link.pk,
        link_token=None
        if live_link is None
        else link_token.make(live_link.handle, store_id=live_link.store_id, expires_at=live_link.expires_at),
        link_expires_at=None if live_link is None else live_link.expires_at,
        link_purpose="" if live_link is None else live_link.purpose,
        link_amount=None if live_link is None else Money(live_link.amount_centavos, row.currency),
        link_phrase="" if live_link is None else live_link.phrase,
        by_deposit=by_deposit,
        monitored_at=row.monitored_at,
        claimed_at=row.claimed_at,
        received_at=row.received_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        expires_at=row.expires_at,
    )


def expected_sum(store_id: int, *, at: datetime, until: datetime) -> tuple[Money, int]:
    """What open transfers that end before `until` still miss, and how many they are."""
    rows = Payment.objects.filter(
        store_id=store_id,
        rail="transfer",
        state__in=[state.value for state in OPEN],
        expires_at__gt=at,
        expires_at__lte=until,
    ).aggregate(missing=Sum(F("amount_centavos") - F("received_centavos")), count=Count("pk"))
    return Money(rows["missing"] or 0), rows["count"]


def orders_of_payments(payment_ids: Collection[int]) -> dict[int, PaidOrder]:
    """The order of each payment, by its name alone: a list of many draws no lines and no checks."""
    deposits = Link.objects.filter(payment=OuterRef("pk"), purpose=Purpose.DEPOSIT.value)
    asked = Exists(deposits.filter(state__in=["active", "opened", "paid"]))
    rows = Payment.objects.filter(pk__in=list(payment_ids)).annotate(by_deposit=asked)
    told = rows.values_list("pk", "order_id", "order__number", "by_deposit")
    return {pk: PaidOrder(order_id, number, by_deposit) for pk, order_id, number, by_deposit in told}


def transfers_of(store_id: int, *, numbers: Collection[str]) -> tuple[TransferStanding, ...]:
    """The transfers of these orders of the store; an order without bank details has none."""
    rows = Payment.objects.filter(store_id=store_id, rail="transfer", order__number__in=list(numbers))
    return tuple(
        TransferStanding(
            order_id=row.order_id,
            order_number=row.order.number,
            order_state=row.order.state,
            buyer_name=row.order.buyer_name,
            is_accepted=row.order.accepted_at is not None,
            payment_id=row.pk,
            state=State(row.state),
            amount=Money(row.amount_centavos, row.currency),
            received=Money(row.received_centavos, row.currency),
            expires_at=row.expires_at,
            clabe=row.instructions.clabe if hasattr(row, "instructions") else "",
        )
        for row in rows.select_related("order", "instructions").order_by("order_id")
    )


def refunded_of(payment_id: int) -> tuple[Money, Money]:
    """What a payment asks in all, and what of it was refunded."""
    row = Payment.objects.values_list("amount_centavos", "refunded_centavos", "currency").get(pk=payment_id)
    return Money(row[0], row[2]), Money(row[1], row[2])


def received_of(payment_id: int) -> Money:
    """What a payment received, whatever of it was given back since."""
    row = Payment.objects.values_list("received_centavos", "currency").get(pk=payment_id)
    return Money(*row)


def paid_by(order_id: int) -> tuple[int, Money] | None:
    """The payment that became whole for an order, and what of it has not gone back; None while none has."""
    row = Payment.objects.filter(order_id=order_id, state__in=[state.value for state in SETTLED]).first()
    if row is None:
        return None
    left = row.amount_centavos - row.refunded_centavos - row.contested_centavos
    return row.pk, Money(max(0, left), row.currency)


def given_back(order_id: int) -> Money:
    """What the buyer of an order has back of what he paid, by refunds or by his bank; at most all of it."""
    row = Payment.objects.filter(order_id=order_id, state__in=[state.value for state in SETTLED]).first()
    if row is None:
        return Money.zero()
    return Money(min(row.amount_centavos, row.refunded_centavos + row.contested_centavos), row.currency)


def kept_of(order_ids: Collection[int]) -> Money:
    """What a store has of payments that became whole for these orders: not what went back, nor what a bank took."""
    rows = Payment.objects.filter(order_id__in=list(order_ids), state__in=[state.value for state in SETTLED])
    left = F("amount_centavos") - F("refunded_centavos") - F("contested_centavos")
    return Money(rows.aggregate(left=Sum(left))["left"] or 0)


def refunded(order_id: int) -> Money:
    """What the store itself gave the buyer of an order back; not what his bank took, which may come back."""
    row = Payment.objects.filter(order_id=order_id, state__in=[state.value for state in SETTLED]).first()
    return Money(row.refunded_centavos, row.currency) if row else Money.zero()


def is_refunded(order_id: int) -> bool:
    """Whether all that was paid for an order was refunded."""
    return Payment.objects.filter(order_id=order_id, state=State.REFUNDED.value).exists()


def is_settled(payment_id: int) -> bool:
    """Whether the payment became whole."""
    return Payment.objects.filter(pk=payment_id, state__in=[state.value for state in SETTLED]).exists()


def overdue_parts(
    *, at: datetime, after: tuple[datetime, int] | None = None, limit: int = 200
) -> tuple[OverduePart, ...]:
    """Payments whose clock ended with only a part, the longest overdue first; `after` is a page's last place."""
    rows = Payment.objects.filter(state=State.PARTLY_PAID.value, expires_at__lte=at)
    if after is not None:
        rows = rows.filter(expires_at__gte=after[0]).filter(Q(expires_at__gt=after[0]) | Q(pk__gt=after[1]))
    return tuple(
        OverduePart(r.store_id, r.order_id, r.pk, Money(r.received_centavos, r.currency), r.expires_at)
        for r in rows.order_by("expires_at", "pk")[:limit]
    )


def asked_of(order_ids: Collection[int]) -> dict[int, Asked]:
    """How the buyers of these orders are asked to pay: the settled payment, else the newest; one query."""
    rows = (
        Payment.objects.filter(order_id__in=list(order_ids))
        .order_by("changed_at", "pk")
        .values_list("order_id", "channel", "monitored_at", "state")
    )
    chosen: dict[int, tuple[Asked, bool]] = {}
    for order_id, channel, monitored_at, state in rows:
        if order_id not in chosen or not chosen[order_id][1]:
            chosen[order_id] = (Asked(channel, monitored_at), State(state) in SETTLED)
    return {order_id: asked for order_id, (asked, _) in chosen.items()}


def with_money(order_ids: Collection[int], *, at: datetime) -> frozenset[int]:
    """The orders whose payment took money, was said to be made, was asked for by card, or may still get late money."""
    rows = Payment.objects.filter(order_id__in=list(order_ids)).filter(
        Q(received_centavos__gt=0)
        | Q(confirmed_at__isnull=False)
        | Q(claimed_at__isnull=False)
        | Q(watch_until__gt=at)
        | Q(rail="card")
    )
    return frozenset(rows.values_list("order_id", flat=True))
