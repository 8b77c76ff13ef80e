"""What screens read of payments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q, Sum

from seguripago.values import clabe
from seguripago.values.money import Money

from . import link_token
from .models import CardCharge, Instructions, Link, Payment
from .rules import MTU, OPEN, SETTLED, State


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
class CardView:
    state: str
    decline: str
    card_label: str
    authorization: str
    redirect_url: str


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with its three moments: monitored, received, confirmed (None: not yet)."""

    id: int
    order_id: int
    channel: str
    state: State
    exception: str
    amount: Money
    received: Money
    missing: Money
    instructions: InstructionsView | None
    link_token: str | None
    link_expires_at: datetime | None
    card: CardView | None
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
    order_id: int
    number: str


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
    links = (
        {
            link.payment_id: link
            for link in Link.objects.filter(payment__in=chosen.values(), state__in=["active", "opened"])
        }
        if any(row.channel == "link" for row in chosen.values())
        else {}
    )
    cards = (
        {charge.payment_id: charge for charge in CardCharge.objects.filter(payment__in=chosen.values()).order_by("pk")}
        if any(row.rail == "card" for row in chosen.values())
        else {}
    )
    return {order_id: _view(row, links.get(row.pk), cards.get(row.pk)) for order_id, row in chosen.items()}


def link(token: str) -> LinkView | None:
    """The link of a token, whatever became of it; None for a forged, altered or unknown one."""
    try:
        claims = link_token.read(token)
    except link_token.BadToken:
        return None
    row = Link.objects.select_related("payment").filter(handle=claims.handle, store_id=claims.store_id).first()
    return None if row is None else LinkView(row.payment.order_id, row.store_id, row.state, row.expires_at)


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
        .order_by("expires_at", "pk")[:limit]
    )
    return tuple(
        ExpectedTransfer(
            order_id=row.order_id,
            number=row.order.number,
            buyer_name=row.order.buyer_name,
            amount=Money(row.amount_centavos, row.currency),
            missing=Money(row.amount_centavos - row.received_centavos, row.currency),
            clabe=row.instructions.clabe,
            monitored_at=row.monitored_at or row.changed_at,
            expires_at=row.expires_at,
            claimed=row.claimed_at is not None,
        )
        for row in rows
    )


def clabe_owner(number: str) -> tuple[int, int] | None:
    """The (store id, order id) that a CLABE was given to, or None."""
    return Instructions.objects.filter(clabe=number).values_list("payment__store_id", "payment__order_id").first()


def clabe_known(number: str) -> int | None:
    """The id of the store that gave the CLABE out, for anyone who asks whether it is genuine."""
    owner = clabe_owner(number)
    return owner[0] if owner else None


def _view(row: Payment, live_link: Link | None, charge: CardCharge | None) -> PaymentView:
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
        instructions=None if told is None else _instructions(told, amount - received or amount, row.expires_at),
        link_token=None
        if live_link is None
        else link_token.make(live_link.handle, store_id=live_link.store_id, expires_at=live_link.expires_at),
        link_expires_at=None if live_link is None else live_link.expires_at,
        card=None
        if charge is None
        else CardView(charge.state, charge.decline, charge.card_label, charge.authorization, charge.redirect_url),
        monitored_at=row.monitored_at,
        claimed_at=row.claimed_at,
        received_at=row.received_at,
        confirmed_at=row.confirmed_at,
        confirmed_by=row.confirmed_by,
        expires_at=row.expires_at,
    )


def _instructions(told: Instructions, due: Money, expires_at: datetime) -> InstructionsView:
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
    rows = Payment.objects.filter(pk__in=list(payment_ids)).values_list("pk", "order_id", "order__number")
    return {pk: PaidOrder(order_id, number) for pk, order_id, number in rows}


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
