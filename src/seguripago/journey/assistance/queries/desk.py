"""What the Mesa de analistas draws: the queue, its figures, the side panel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Q

from seguripago.foundations.people import queries as people
from seguripago.journey.delivery import queries as delivery
from seguripago.journey.delivery.queries import ShipmentView
from seguripago.journey.evidence import queries as evidence
from seguripago.journey.evidence.queries import EvidenceView
from seguripago.journey.guarantee import queries as guarantee
from seguripago.journey.guarantee.queries import GuaranteeView
from seguripago.journey.orders import queries as orders
from seguripago.journey.orders.shapes import OrderView
from seguripago.journey.payments import queries as payments
from seguripago.journey.payments.queries import PaymentView
from seguripago.journey.receipts import queries as receipts
from seguripago.journey.receipts.queries import ReceiptView
from seguripago.values.steps import Step

from .. import rules
from ..models import Conversation, Presence
from .conversations import ConversationView, conversation

QUIET: Final = timedelta(minutes=10)
LONGEST_QUEUE: Final = 200
DESK_ROLES: Final = ("analyst", "supervisor", "owner")


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `waits_since` is None while the buyer has the word; `tone` colours its clock."""

    id: int
    name: str
    initials: str
    tint: int
    last_line: str
    topic: str
    medium: str
    stage: str
    order_number: str
    analyst_name: str
    led_by: str
    wants_person: bool
    unread: bool
    waits_since: datetime | None
    waiting_s: int
    tone: str


@dataclass(frozen=True, slots=True)
class QueueView:
    """The three groups: mine, nobody's (oldest first), and mine that wait for the buyer; `team` for supervisors."""

    mine: tuple[QueueRow, ...]
    unassigned: tuple[QueueRow, ...]
    waiting: tuple[QueueRow, ...]
    team: tuple[QueueRow, ...]


@dataclass(frozen=True, slots=True)
class QueueFigures:
    """Median seconds to a first answer (None before any), orders verified today, percent paid in a month."""

    first_answer_s: int | None
    verified_today: int
    paid_percent: int | None


@dataclass(frozen=True, slots=True)
class PresenceView:
    user_id: int
    name: str
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class DeskPanel:
    """Everything beside the timeline. `missing` names what bank details still wait for."""

    conversation: ConversationView
    step: Step
    order: OrderView | None
    payment: PaymentView | None
    evidence: tuple[EvidenceView, ...]
    shipment: ShipmentView | None
    guarantee: GuaranteeView | None
    receipt: ReceiptView | None
    missing: tuple[str, ...]
    failing: tuple[str, ...]
    checked: int

    @property
    def is_open_business(self) -> bool:
        """Whether payment or delivery is still open: «Resolver» warns then."""
        return self.order is not None and self.order.state in ("placed", "verified", "paid", "preparing", "shipped")


def queue(store_id: int, user_id: int, *, at: datetime, sees_team: bool = False) -> QueueView:
    """The queue as one person sees it, in three queries whatever its length."""
    nobodys = Q(state="waiting") | (Q(led_by="assistant") & ~Q(analyst_id=user_id))
    wanted = nobodys | Q(analyst_id=user_id)
    if sees_team:
        wanted |= Q(state="assigned")
    rows = list(
        Conversation.objects.filter(wanted, store_id=store_id)
        .exclude(state="resolved")
        .order_by("waiting_since", "pk")[:LONGEST_QUEUE]
    )
    stages = _stages(rows)
    mine: list[QueueRow] = []
    unassigned: list[QueueRow] = []
    waiting: list[QueueRow] = []
    team: list[QueueRow] = []
    for row in rows:
        view = _row(row, stages.get(row.pk, ""), at)
        if row.state == "waiting" or (row.led_by == "assistant" and row.analyst_id != user_id):
            unassigned.append(view)
        elif row.analyst_id != user_id:
            team.append(view)
        elif view.unread or at - max(row.last_buyer_at, row.last_staff_at or row.last_buyer_at) < QUIET:
            mine.append(view)
        else:
            waiting.append(view)
    unassigned.sort(key=lambda view: view.led_by == "assistant" and not view.wants_person)
    mine.sort(key=lambda view: (not view.unread, -view.waiting_s))
    return QueueView(tuple(mine), tuple(unassigned), tuple(waiting), tuple(team))


def figures(store_id: int, *, at: datetime, today: datetime) -> QueueFigures:
    """The desk's figures since `today`, the first moment of the day in Mexico; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
              (SELECT extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (ORDER BY first_answer_at - started_at))::int
                 FROM assistance_conversation WHERE store_id = %(store)s AND first_answer_at >= %(today)s),
              (SELECT count(*) FROM assistance_entry e JOIN assistance_conversation c ON c.id = e.conversation_id
                WHERE c.store_id = %(store)s AND e.at >= %(today)s
                  AND e.kind = 'card' AND e.body->>'card' = 'order_verified'),
              (SELECT count(DISTINCT c.order_id) FROM assistance_conversation c
                WHERE c.store_id = %(store)s AND c.order_id IS NOT NULL AND c.started_at >= %(month)s),
              (SELECT count(DISTINCT c.order_id) FROM assistance_entry e
                 JOIN assistance_conversation c ON c.id = e.conversation_id
                WHERE c.store_id = %(store)s AND c.started_at >= %(month)s
                  AND e.kind = 'card' AND e.body->>'card' = 'payment_confirmed')
            """,
            {"store": store_id, "today": today, "month": at - timedelta(days=30)},
        )
        first_answer_s, verified, with_order, paid = cursor.fetchone()
    return QueueFigures(first_answer_s, verified, round(100 * paid / with_order) if with_order else None)


def desk_panel(conversation_id: int) -> DeskPanel | None:
    """The conversation and everything about its order, or None for an unknown id."""
    view = conversation(conversation_id)
    if view is None:
        return None
    if view.order_id is None:
        return DeskPanel(view, Step.PEDIDO, None, None, (), None, None, None, (), (), 0)
    order = orders.order(view.order_id)
    payment = payments.payment_of(order.id)
    papers = evidence.evidence_of(order.id)
    missing = [check.label for check in order.checks if check.confirmed_at is None]
    return DeskPanel(
        conversation=view,
        step=rules.step_of(
            has_order=True,
            accepted=order.accepted_at is not None,
            details_sent=payment is not None and payment.monitored_at is not None,
            paid=order.paid_at is not None,
            has_evidence=bool(papers),
        ),
        order=order,
        payment=payment,
        evidence=papers,
        shipment=delivery.shipment_of(order.id),
        guarantee=guarantee.guarantee_of(order.id),
        receipt=receipts.receipt_of(order.id),
        missing=tuple(missing),
        failing=tuple(check.label for check in order.checks if not check.ok),
        checked=sum(check.confirmed_at is not None for check in order.checks),
    )


def conversation_of_store(store_id: int, conversation_id: int) -> ConversationView | None:
    """The conversation if it is this store's, else None."""
    view = conversation(conversation_id)
    return view if view is not None and view.store_id == store_id else None


def conversation_of_order(order_id: int) -> ConversationView | None:
    """The newest conversation about an order, or None."""
    pk = Conversation.objects.filter(order_id=order_id).order_by("-pk").values_list("pk", flat=True).first()
    return None if pk is None else conversation(pk)


def search(store_id: int, text: str, *, limit: int = 8) -> tuple[ConversationView, ...]:
    """Conversations by order number, code, buyer's name, e-mail or telephone, newest first."""
    said = text.strip()
    if len(said) < 2:
        return ()
    found = Conversation.objects.filter(store_id=store_id).filter(
        Q(buyer_name__icontains=said)
        | Q(order_number__icontains=said)
        | Q(code__iexact=said)
        | Q(buyer_email__icontains=said)
        | Q(buyer_phone__icontains=said)
    )
    views = [conversation(pk) for pk in found.order_by("-pk").values_list("pk", flat=True)[:limit]]
    return tuple(view for view in views if view is not None)


def teammates(store_id: int, *, at: datetime) -> tuple[PresenceView, ...]:
    """Who may attend in this store, with their presence now; whoever was not seen for a minute is away."""
    seen = dict(
        Presence.objects.filter(store_id=store_id, seen_at__gt=at - timedelta(seconds=rules.PRESENCE_S)).values_list(
            "user_id", "state"
        )
    )
    return tuple(
        PresenceView(member.user_id, member.name, member.role, seen.get(member.user_id, "away"))
        for member in people.members(store_id)
        if member.role in DESK_ROLES
    )


def _row(row: Conversation, stage: str, at: datetime) -> QueueRow:
    unread = rules.awaits_answer(row.last_buyer_at, row.last_staff_at)
    since = (row.waiting_since if row.state == "waiting" else row.last_buyer_at) if unread else None
    waiting_s = int((at - since).total_seconds()) if since is not None else 0
    return QueueRow(
        id=row.pk,
        name=row.buyer_name,
        initials=rules.initials(row.buyer_name),
        tint=row.pk % 4 + 1,
        last_line=row.last_line,
        topic=row.topic,
        medium=row.medium,
        stage=stage,
        order_number=row.order_number,
        analyst_name=row.analyst_name,
        led_by=row.led_by,
        wants_person=bool(row.handed_over),
        unread=unread,
        waits_since=since,
        waiting_s=max(waiting_s, 0),
        # Whom the assistant serves well is in no hurry; whoever asked for a person is.
        tone=rules.answer_tone(waiting_s) if unread and (row.led_by == "analyst" or row.handed_over) else "ok",
    )


def _stages(rows: list[Conversation]) -> dict[int, str]:
    """What each conversation with an order is about now: verification, payment, difference, paid…"""
    order_ids = [row.order_id for row in rows if row.order_id is not None]
    if not order_ids:
        return {}
    found = orders.orders_by_id(order_ids)
    paying = payments.payments_of(order_ids)
    return {
        row.pk: rules.stage(
            correcting=row.correcting,
            order_state=found[row.order_id].state,
            details_sent=row.order_id in paying,
            is_partial=row.order_id in paying and bool(paying[row.order_id].received),
        )
        for row in rows
        if row.order_id in found
    }
