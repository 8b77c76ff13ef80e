"""The fair queue: take the next, take this one, and what was taken and not answered goes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Case, F, Q, QuerySet, When
from django.utils.translation import gettext as _

from seguripago.foundations.audit.commands import record
from seguripago.foundations.facts.commands import publish
from seguripago.foundations.facts.wakeups import wake
from seguripago.foundations.people.queries import Member
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.commands import hold_seat, put_away
from seguripago.foundations.staffing.rules import Reach
from seguripago.values.actor import Actor

from .. import rules
from ..facts import ConversationReturned
from ..models import Conversation
from . import cards
from .alone import one_by_one
from .assigning import assign, close_other_screens, member_of, require_hands, require_may_take, subject_of
from .thread import keep, lock

BATCH: Final = 50


def take_next(store_id: int, user_id: int, *, at: datetime) -> int | None:
    """Take the conversation that waits longest of those this person may take, or None. Raises HandsFull.

    Two analysts at once never get the same one; one analyst who presses twice never holds more than his capacity.
    Whom the assistant serves already, and who left a message, wait behind those whom nobody serves.
    """
    member = member_of(store_id, user_id)
    with transaction.atomic():
        require_hands(member, hold_seat(user_id, store_id, at=at), at=at)
        conversation = locked(oldest_for(member, at=at)).first()
        if conversation is None:
            return None
        assign(conversation, member, at=at)
        return conversation.pk


def locked(waiting: QuerySet[Conversation]) -> QuerySet[Conversation]:
    """Rows that nobody else takes at this moment, locked until the transaction ends."""
    return waiting.select_for_update(skip_locked=True)


def oldest_for(member: Member, *, at: datetime) -> QuerySet[Conversation]:
    """What this person may take, in the order of the queue."""
    rows = Conversation.objects.filter(store_id=member.store_id, state=rules.WAITING)
    if not rules.leads(member.role):
        rows = rows.filter(_open_to(staffing.reach_of(member.user_id, member.store_id, at), at))
    calm = When(Q(led_by="assistant", handed_over="") | Q(is_message=True), then=1)
    return rows.order_by(Case(calm, default=0), "waiting_since", "pk")


def _open_to(reach: Reach, at: datetime) -> Q:
    """`rules.is_open_to`, as SQL says it."""
    teams = reach.teams | reach.closed_teams
    return Q(team__isnull=True) | Q(team_id__in=teams) | Q(waiting_since__lte=at - rules.OPEN_TO_ALL)


def take(conversation_id: int, user_id: int, *, at: datetime) -> None:
    """Become responsible for a conversation, also when the assistant or an absent teammate leads it now.

    Raises NotYours and, for an analyst who holds as many as he may, HandsFull.
    """
    store_id = Conversation.objects.values_list("store_id", flat=True).get(pk=conversation_id)
    member = member_of(store_id, user_id)
    with transaction.atomic():
        capacity = hold_seat(user_id, store_id, at=at)
        conversation = lock(conversation_id)
        if conversation.analyst_id == user_id and conversation.state == rules.ASSIGNED:
            if conversation.led_by != "analyst":
                # A claim like any other: nothing was answered yet, and unanswered it goes back.
                keep(conversation, led_by="analyst", claimed_at=at)
            return
        require_may_take(conversation, member, at=at)
        if not rules.leads(member.role):
            require_hands(member, capacity, at=at)
        assign(conversation, member, at=at)


def return_unanswered(at: datetime) -> int:
    """Give back to the head of the queue what was claimed or passed on and not answered; the clock calls this.

    Each under its row lock, looked at again there: an answer that came first wins, one that comes later is refused.
    """
    since = at - timedelta(seconds=rules.CLAIM_S)
    due = (
        Conversation.objects.filter(state=rules.ASSIGNED, owed_since__lte=since, claimed_at__lte=since)
        .filter(Q(last_staff_at__isnull=True) | Q(last_staff_at__lt=F("claimed_at")), is_message=False)
        .order_by("claimed_at")
        .values_list("pk", "analyst_id", "store_id")[:BATCH]
    )
    return one_by_one(due, lambda claim: _return_one(claim[0], claim[1] or 0, claim[2], at=at))


def _return_one(conversation_id: int, user_id: int, store_id: int, *, at: datetime) -> bool:
    with transaction.atomic():
        conversation = held_claim(conversation_id)
        if conversation is None or conversation.analyst_id != user_id or not _is_unanswered(conversation, at):
            return False
        text = _("%(name)s no respondió en %(s)d segundos; la conversación regresó al inicio de la cola.")
        hand_back(conversation, text % {"name": conversation.analyst_name, "s": rules.CLAIM_S}, at=at)
    # The seat is locked before conversations everywhere: here after, and alone.
    with transaction.atomic():
        put_away(user_id, store_id, at=at)
    return True


def held_claim(conversation_id: int) -> Conversation | None:
    """The claim under its row lock; None while its analyst is just answering."""
    return Conversation.objects.select_for_update(skip_locked=True).filter(pk=conversation_id).first()


def _is_unanswered(conversation: Conversation, at: datetime) -> bool:
    return rules.is_claim_unanswered(
        state=conversation.state,
        claimed_at=conversation.claimed_at,
        owed_since=conversation.owed_since,
        last_staff_at=conversation.last_staff_at,
        at=at,
    )


def give_back_of(store_id: int, user_id: int, *, at: datetime) -> None:
    """Put what a person held back into the queue, who works here no more."""
    with transaction.atomic():
        put_away(user_id, store_id, at=at)
        held = Conversation.objects.select_for_update().filter(
            analyst_id=user_id, state=rules.ASSIGNED, store_id=store_id
        )
        for conversation in held.order_by("pk"):
            text = _("%(name)s ya no atiende aquí; la conversación regresó a la cola.")
            hand_back(conversation, text % {"name": conversation.analyst_name}, at=at)


def hand_back(conversation: Conversation, text: str, *, at: datetime) -> None:
    """Put a locked conversation back at the head of the queue: it keeps the `waiting_since` that it had."""
    user_id, name = conversation.analyst_id, conversation.analyst_name
    keep(
        conversation,
        state=rules.next_state(conversation.state, rules.Event.GIVE_BACK),
        analyst_id=None,
        analyst_name="",
        analyst_number="",
        claimed_at=None,
    )
    cards.post_status(
        conversation,
        "given_back",
        text,
        (conversation.pk, user_id, conversation.seq),
        at=at,
        is_private=True,
        user_id=user_id,
    )
    publish(
        ConversationReturned(
            store_id=conversation.store_id, at=at, conversation_id=conversation.pk, user_id=user_id or 0
        )
    )
    by = Actor.system()
    record(conversation.store_id, by, "conversation.given_back", subject_of(conversation), {"from": name}, at=at)
    wake(f"desk:{conversation.store_id}")
    close_other_screens(conversation, 0)
