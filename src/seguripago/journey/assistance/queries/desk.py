"""What the Mesa de analistas draws: the queue, its figures, the side panel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import Case, Count, F, Func, Q, Value, When
from django.db.models.functions import Extract
from django.utils.translation import gettext as _

from seguripago.foundations.people.queries import Member
from seguripago.foundations.staffing import queries as staffing
from seguripago.journey.backing import queries as backing
from seguripago.journey.backing.queries import BackingView
from seguripago.journey.cards.queries import paid_by_card
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
from seguripago.journey.reconciliation.queries.comprobantes import VerdictView, verdicts_of
from seguripago.values import order_number
from seguripago.values.steps import Step

from .. import rules
from ..models import Attendance, Conversation
from .conversations import ConversationView, conversation, view_of
from .personal import masked_order
from .reveals import revealed_to
from .rights import listed

LONGEST_QUEUE: Final = 200
PHONE_DIGITS: Final = 10
CODE_LETTERS: Final = 6


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue. `waits_since` is None while the buyer has the word; `tone` colours its clock.

    Two lines that differ only in the seconds that they wait are equal: the page counts them.
    """

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
    waiting_s: int = field(compare=False)
    tone: str


class Listed(NamedTuple):
    """What the queue reads of a conversation: two hundred of them a few times a second, so no more than it shows."""

    pk: int
    buyer_name: str
    last_line: str
    topic: str
    medium: str
    state: str
    order_id: int | None
    order_number: str
    correcting: bool
    analyst_id: int | None
    analyst_name: str
    led_by: str
    handed_over: str
    is_message: bool
    waiting_since: datetime
    owed_since: datetime | None
    last_buyer_at: datetime
    last_staff_at: datetime | None


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
class DeskPanel:
    """Everything beside the timeline. `missing` names what bank details still wait for.

    Personal data of `conversation` and `order` are masked, but the kinds in `revealed`.
    """

    conversation: ConversationView
    step: Step
    order: OrderView | None
    payment: PaymentView | None
    evidence: tuple[EvidenceView, ...]
    parcels: tuple[ShipmentView, ...]
    guarantee: GuaranteeView | None
    receipt: ReceiptView | None
    missing: tuple[str, ...]
    failing: tuple[str, ...]
    checked: int
    revealed: frozenset[str] = frozenset()
    backing: BackingView | None = None
    verdicts: Mapping[int, VerdictView] = field(default_factory=dict)

    @property
    def is_open_business(self) -> bool:
        """Whether payment or delivery is still open: «Resolver» warns then."""
        return self.order is not None and self.order.state in ("placed", "verified", "paid", "preparing", "shipped")


def queue(store_id: int, user_id: int, *, at: datetime, sees_team: bool = False) -> QueueView:
    """The queue as one person sees it, in a few queries whatever its length.

    `sees_team` lists the whole store; an analyst finds only what he may read and may have to answer.
    """
    wanted = Q() if sees_team else listed(user_id, staffing.reach_of(user_id, store_id, at), at)
    waiting_first = Conversation.objects.filter(wanted, store_id=store_id).exclude(state="resolved")
    found = waiting_first.order_by(*_most_needed(user_id, at)).values_list(*Listed._fields)[:LONGEST_QUEUE]
    rows = sorted((Listed(*columns) for columns in found), key=lambda row: (row.waiting_since, row.pk))
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
        elif view.unread or at - max(row.last_buyer_at, row.last_staff_at or row.last_buyer_at) < rules.QUIET:
            mine.append(view)
        else:
            waiting.append(view)
    messages = {row.pk for row in rows if row.is_message}
    unassigned.sort(key=lambda view: view.id in messages or (view.led_by == "assistant" and not view.wants_person))
    mine.sort(key=lambda view: (not view.unread, -view.waiting_s))
    return QueueView(tuple(mine), tuple(unassigned), tuple(waiting), tuple(team))


def _most_needed(user_id: int, at: datetime) -> tuple[Case, Case, str]:
    """What this person is in the middle of; who waits for anybody, the oldest first; whom the assistant serves, and
    messages; the newest of who is silent.

    A list has an end. What nobody ever closed stands at it, and never in the way of who has just come.
    """
    is_silent = Q(state=rules.ASSIGNED, owed_since__isnull=True)
    calm = Q(led_by="assistant", handed_over="") | Q(is_message=True)
    spoke = Q(last_buyer_at__gt=at - rules.QUIET) | Q(last_staff_at__gt=at - rules.QUIET)
    own = Q(analyst_id=user_id) & (Q(owed_since__isnull=False) | spoke)
    group = Case(When(own, then=0), When(is_silent, then=3), When(calm, then=2), default=1)
    newest = -Extract("last_buyer_at", "epoch")
    return group, Case(When(is_silent, then=newest), default=Extract("waiting_since", "epoch")), "pk"


def figures(store_id: int, *, at: datetime, today: datetime) -> QueueFigures:
    """The desk's figures since `today`, the first moment of the day in Mexico; two queries over indexes of time.

    The first answer is the median of the conversations that began today, as in the reports.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT
              (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY first_answer_s)::int
                 FROM assistance_talk WHERE store_id = %(store)s AND started_at >= %(today)s),
              (SELECT count(*) FROM assistance_conversation
                WHERE store_id = %(store)s AND identified_at >= %(today)s)
            """,
            {"store": store_id, "today": today},
        )
        first_answer_s, verified = cursor.fetchone()
    month = Conversation.objects.filter(
        store_id=store_id, started_at__gte=at - timedelta(days=30), order__isnull=False
    ).aggregate(
        orders=Count("order_id", distinct=True),
        paid=Count("order_id", distinct=True, filter=Q(order__paid_at__isnull=False)),
    )
    percent = round(100 * month["paid"] / month["orders"]) if month["orders"] else None
    return QueueFigures(first_answer_s, verified, percent)


def desk_panel(conversation_id: int, *, reader_id: int = 0, at: datetime | None = None) -> DeskPanel | None:
    """The conversation and everything about its order, or None for an unknown id.

    Personal data are masked, but what this reader gave a reason for; without a reader all of them.
    """
    view = conversation(conversation_id)
    if view is None:
        return None
    revealed = revealed_to(reader_id, view.id, at=at) if reader_id and at is not None else frozenset()
    if "contact" not in revealed:
        email, phone = rules.mask_email(view.buyer_email), rules.mask_phone(view.buyer_phone)
        view = replace(view, buyer_email=email, buyer_phone=phone)
    if view.order_id is None:
        return DeskPanel(view, Step.PEDIDO, None, None, (), (), None, None, (), (), 0, revealed=revealed)
    order = masked_order(orders.order(view.order_id), revealed)
    payment = payments.payment_of(order.id)
    papers = evidence.evidence_of(order.id)
    verdicts = verdicts_of(order.id) if papers else {}
    missing = [check.label for check in order.checks if check.confirmed_at is None]
    return DeskPanel(
        conversation=view,
        step=rules.step_of(
            has_order=True,
            accepted=order.accepted_at is not None,
            details_sent=payment is not None and payment.monitored_at is not None,
            paid=order.paid_at is not None,
            has_evidence=any(each.id not in verdicts or verdicts[each.id].backs for each in papers)
            or (order.paid_at is not None and payment is not None and paid_by_card(payment.id)),
        ),
        order=order,
        payment=payment,
        evidence=papers,
        verdicts=verdicts,
        parcels=delivery.shipments_of(order.id),
        guarantee=guarantee.guarantee_of(order.id),
        receipt=receipts.receipt_of(order.id),
        missing=tuple(missing),
        failing=tuple(check.label for check in order.checks if not check.ok),
        checked=sum(check.confirmed_at is not None for check in order.checks),
        revealed=revealed,
        backing=backing.backing_of(order.id) if order.paid_at else None,
    )


def conversation_of_store(store_id: int, conversation_id: int) -> ConversationView | None:
    """The conversation if it is this store's, else None."""
    view = conversation(conversation_id)
    return view if view is not None and view.store_id == store_id else None


def search(member: Member, text: str, *, at: datetime, limit: int = 8) -> tuple[ConversationView, ...]:
    """Conversations that this person may read, newest first, by order number, code, buyer's name, or by the whole of
    an e-mail or telephone: a part of one must not find out the rest.
    """
    said = text.strip()
    if len(said) < 2:
        return ()
    wanted = Q(buyer_name__icontains=said) | Q(order_number__icontains=said) | Q(code__iexact=said)
    bare = re.sub(r"[\s-]", "", said).upper()
    if number := order_number.parse(said):
        wanted |= Q(order_number=number)
    elif len(bare) == CODE_LETTERS:
        wanted |= Q(code=f"{bare[:3]}-{bare[3:]}")
    digits = "".join(filter(str.isdecimal, said))
    if "@" in said:
        wanted |= Q(buyer_email__iexact=said)
    elif len(digits) >= PHONE_DIGITS:
        wanted |= Q(digits__endswith=digits[-PHONE_DIGITS:])
    digits_only = Func(F("buyer_phone"), Value(r"\D"), Value(""), Value("g"), function="regexp_replace")
    found = Conversation.objects.filter(store_id=member.store_id).alias(digits=digits_only).filter(wanted)
    if not rules.leads(member.role):
        reach = staffing.reach_of(member.user_id, member.store_id, at)
        attended = Attendance.objects.filter(user_id=member.user_id).values("conversation_id")
        found = found.filter(listed(member.user_id, reach, at) | Q(pk__in=attended))
    return tuple(view_of(row) for row in found.order_by("-pk")[:limit])


def _row(row: Listed, stage: str, at: datetime) -> QueueRow:
    unread = rules.awaits_answer(row.last_buyer_at, row.last_staff_at)
    # His first words count, not the last: whoever asks again does not begin to wait anew.
    since = (row.waiting_since if row.state == "waiting" else row.owed_since or row.last_buyer_at) if unread else None
    waiting_s = int((at - since).total_seconds()) if since is not None else 0
    # Whom the assistant serves well is in no hurry, nor is a message that was left; whoever asked for a person is.
    is_urgent = (row.led_by == "analyst" and not row.is_message) or bool(row.handed_over)
    return QueueRow(
        id=row.pk,
        name=row.buyer_name,
        initials=rules.initials(row.buyer_name),
        tint=row.pk % 4 + 1,
        last_line=row.last_line,
        topic=_("Mensaje") if row.is_message else staffing.TOPICS.get(row.topic, row.topic),
        medium=row.medium,
        stage=stage,
        order_number=row.order_number,
        analyst_name=row.analyst_name,
        led_by=row.led_by,
        wants_person=bool(row.handed_over),
        unread=unread,
        waits_since=since,
        waiting_s=max(waiting_s, 0),
        tone=rules.answer_tone(waiting_s) if unread and is_urgent else "ok",
    )


def _stages(rows: list[Listed]) -> dict[int, str]:
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
