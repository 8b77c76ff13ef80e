"""What is passed on, taken back from the assistant or never closed: nobody falls out of the queue."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from seguripago.foundations.audit.queries import history
from seguripago.foundations.staffing.commands import choose_presence
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import ConversationClosed
from seguripago.journey.assistance.models import Conversation
from tests.assistance.builders import Shop, open_shop, said_by, say
from tests.desk.test_queue import answer, ask, dario_of, seconds, sits, team_of, view_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def test_what_was_attended_for_long_and_is_passed_to_a_team_is_the_teams_and_behind_who_waits_longer(
    shop: Shop, at: datetime
) -> None:
    """Counted from its beginning it would be open to everybody at once, and come back to who passed it on."""
    dario = dario_of(shop)
    team = team_of(shop, "Facturas", "invoice", dario, at=at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at + seconds(10))
    later = at + timedelta(minutes=20)
    for person in (shop.beto, dario):
        sits(shop, person, later)
    waits = ask(shop, "b", later - seconds(30))
    chat.transfer_to_team(talk, team, "Pide factura", by=shop.by_beto, at=later)
    assert view_of(talk).waiting_since == later
    assert view_of(waits).position == 1
    assert chat.take_next(shop.store_id, shop.beto, at=later + seconds(1)) == waits
    assert chat.take_next(shop.store_id, shop.beto, at=later + seconds(239)) is None
    assert chat.take_next(shop.store_id, dario, at=later + seconds(239)) == talk


def test_who_waits_for_an_answer_when_he_is_passed_to_a_team_waits_since_his_words(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at + seconds(10))
    say(talk, "¿Me facturan?", at=at + seconds(40))
    chat.transfer_to_team(talk, None, "", by=shop.by_beto, at=at + seconds(60))
    assert view_of(talk).waiting_since == at + seconds(40)


def test_what_a_teammate_has_just_closed_is_not_passed_on(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    chat.resolve(talk, by=shop.by_sofia, at=at)
    with pytest.raises(ConversationClosed):
        chat.transfer(talk, shop.sofia, "", by=shop.by_beto, at=at)
    with pytest.raises(ConversationClosed):
        chat.transfer_to_team(talk, None, "", by=shop.by_beto, at=at)
    assert view_of(talk).state == "resolved"


def test_ones_own_taken_back_from_the_assistant_is_no_answer_and_goes_back_without_one(
    shop: Shop, at: datetime
) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at + seconds(5))
    say(talk, "¿Hacen envíos a Mérida?", at=at + seconds(10))
    sits(shop, shop.beto, at + seconds(100))
    assert chat.lead_waiting(at + seconds(100)) == 1
    chat.take(talk, shop.beto, at=at + seconds(110))
    assert view_of(talk).led_by == "analyst"
    assert view_of(talk).owed_since == at + seconds(10), "he has said nothing yet"
    assert chat.lead_waiting(at + seconds(154)) == 0
    assert chat.return_unanswered(at + seconds(154)) == 0
    assert chat.return_unanswered(at + seconds(155)) == 1
    assert view_of(talk).state == "waiting"


def test_a_buyer_who_comes_back_to_an_absent_analyst_is_not_told_that_he_attends(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at)
    chat.resolve(talk, by=shop.by_beto, at=at)
    assert view_of(talk).analyst_name == "Beto Luna"
    say(talk, "Tengo otra duda", at=at + seconds(400))
    view = view_of(talk)
    assert (view.state, view.analyst_id, view.analyst_name, view.analyst_number) == ("waiting", None, "", "")
    assert "Beto" not in said_by(talk, "assistant")[-1]
    by = [(each.action, each.actor_name) for each in history(shop.store_id, f"conversation:{talk}")]
    assert ("conversation.reopened", "Lucía Hernández") in by


def test_a_busy_analyst_is_not_talked_over_by_the_assistant(shop: Shop, at: datetime) -> None:
    talk, other = ask(shop, "a", at), ask(shop, "b", at)
    before = len(said_by(talk, "assistant"))
    choose_presence(shop.beto, shop.store_id, "busy", at=at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at + seconds(5))
    say(talk, "¿Y cuánto tarda?", at=at + seconds(30))
    assert chat.lead_waiting(at + seconds(31)) == 0
    assert len(said_by(talk, "assistant")) == before
    assert said_by(other, "assistant"), "nobody is free for the others"
    choose_presence(shop.beto, shop.store_id, "busy", at=at + seconds(115))
    assert chat.lead_waiting(at + seconds(119)) == 0
    assert chat.lead_waiting(at + seconds(120)) == 1
    assert len(said_by(talk, "assistant")) > before


def test_a_busy_analyst_who_leaves_is_replaced_at_once(shop: Shop, at: datetime) -> None:
    talk = ask(shop, "a", at)
    choose_presence(shop.beto, shop.store_id, "busy", at=at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at + seconds(5))
    say(talk, "¿Y cuánto tarda?", at=at + seconds(30))
    assert chat.lead_waiting(at + seconds(59)) == 0
    assert chat.lead_waiting(at + seconds(61)) == 1


def test_who_asked_for_a_person_and_heard_one_asks_no_more(shop: Shop, at: datetime) -> None:
    talk = ask(shop, "a", at)
    say(talk, "Quiero hablar con una persona", at=at + seconds(1))
    sits(shop, shop.beto, at + seconds(2))
    [row] = reading.queue(shop.store_id, shop.beto, at=at + seconds(2)).unassigned
    assert row.wants_person
    answer(talk, shop.beto, at + seconds(3))
    [row] = reading.queue(shop.store_id, shop.beto, at=at + seconds(4)).mine
    assert not row.wants_person


def test_what_nobody_ever_closed_does_not_hide_who_has_just_come(shop: Shop, at: datetime) -> None:
    """Two hundred silent conversations of last week are a full list."""
    last_week = at - timedelta(days=7)
    Conversation.objects.bulk_create(
        Conversation(
            store_id=shop.store_id,
            token_hash=uuid.uuid4().hex,
            code=f"{turn:03}-AAA",
            state="assigned",
            buyer_name="Lucía",
            analyst_id=shop.beto,
            started_at=last_week,
            waiting_since=last_week,
            claimed_at=last_week,
            last_buyer_at=last_week + seconds(turn),
            last_staff_at=last_week + seconds(turn),
        )
        for turn in range(205)
    )
    sits(shop, shop.beto, at)
    fresh, held = ask(shop, "fresh", at), ask(shop, "held", at)
    chat.take(held, shop.beto, at=at)
    for sees_team in (False, True):
        seen = reading.queue(shop.store_id, shop.beto, at=at + seconds(1), sees_team=sees_team)
        assert [row.id for row in seen.unassigned] == [fresh]
        assert [row.id for row in seen.mine] == [held]
        assert len(seen.waiting) == 198
    newest = Conversation.objects.get(code="204-AAA").pk
    assert newest in [row.id for row in seen.waiting], "of the silent ones the newest stay"


def test_a_queue_longer_than_the_list_does_not_hide_what_one_is_in_the_middle_of(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    held, answered = ask(shop, "held", at), ask(shop, "answered", at)
    for talk in (held, answered):
        chat.take(talk, shop.beto, at=at)
    answer(answered, shop.beto, at + seconds(1))
    before = at - timedelta(hours=1)
    Conversation.objects.bulk_create(
        Conversation(
            store_id=shop.store_id,
            token_hash=uuid.uuid4().hex,
            code=f"{turn:03}-AAA",
            buyer_name="Lucía",
            started_at=before,
            waiting_since=before + seconds(turn),
            last_buyer_at=before + seconds(turn),
            owed_since=before + seconds(turn),
        )
        for turn in range(205)
    )
    seen = reading.queue(shop.store_id, shop.beto, at=at + seconds(2))
    assert [row.id for row in seen.mine] == [held, answered]
    oldest = Conversation.objects.get(code="000-AAA").pk
    assert (seen.unassigned[0].id, len(seen.unassigned)) == (oldest, 198)
