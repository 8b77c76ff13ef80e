"""The fair queue: teams, capacity, claims that go back, transfers, takeovers, one analyst until delivery."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest

from seguripago.foundations.audit.queries import history
from seguripago.foundations.people.models import User
from seguripago.foundations.staffing import commands as presence
from seguripago.foundations.staffing import queries as staffing
from seguripago.foundations.staffing.refusals import TeamUnknown
from seguripago.foundations.staffing.team_commands import change_team, make_team, set_capacity
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands import AnalystUnknown, ClaimReturned, HandsFull, NotYours
from seguripago.journey.assistance.models import Attendance, Conversation
from seguripago.journey.assistance.queries import ConversationView
from seguripago.journey.orders import commands as orders
from seguripago.values.actor import Actor
from tests.assistance.builders import ALL, Shop, open_shop, pay, place, say, start, texts
from tests.web.staff import hired

pytestmark = pytest.mark.django_db
ANA = Actor.staff(1, "Ana")


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def sits(shop: Shop, user_id: int, at: datetime) -> None:
    presence.be_present(user_id, shop.store_id, "available", at=at)


def dario_of(shop: Shop) -> int:
    """A second analyst."""
    return User.objects.get(email=hired(shop.store_id, "analyst", "dario")).pk


def view_of(talk: int) -> ConversationView:
    view = reading.conversation(talk)
    assert view is not None
    return view


def ask(shop: Shop, token: str, at: datetime, topic: str = "order") -> int:
    asked = chat.StartConversation(token, "Lucía Hernández", "l@correo.test", "", topic, "Hola", "spei")
    return chat.start_conversation(shop.store_id, asked, at=at)


def answer(talk: int, user_id: int, at: datetime, *, seen_seq: int = 99) -> int:
    return chat.reply(talk, user_id, "Hola", client_id=uuid.uuid4(), seen_seq=seen_seq, at=at)


def team_of(shop: Shop, name: str, topic: str, *people: int, at: datetime) -> int:
    return make_team(shop.store_id, name, topics=[topic], people_ids=people, by=ANA, at=at)


def test_a_conversation_goes_to_the_team_of_its_topic_and_to_everybody_when_there_is_none(
    shop: Shop, at: datetime
) -> None:
    team = team_of(shop, "Facturas", "invoice", shop.beto, at=at)
    assert view_of(ask(shop, "a", at, "Facturación")).team_id == team
    assert view_of(ask(shop, "b", at, "invoice")).team_id == team
    assert view_of(ask(shop, "c", at, "order")).team_id is None


def test_an_analyst_takes_the_oldest_of_his_teams_and_of_nobodys(shop: Shop, at: datetime) -> None:
    dario = dario_of(shop)
    for person in (shop.beto, dario):
        sits(shop, person, at)
    team_of(shop, "Facturas", "invoice", dario, at=at)
    oldest = ask(shop, "a", at, "invoice")
    nobodys = ask(shop, "b", at + seconds(1))
    assert chat.take_next(shop.store_id, shop.beto, at=at + seconds(2)) == nobodys
    assert chat.take_next(shop.store_id, shop.beto, at=at + seconds(2)) is None
    assert chat.take_next(shop.store_id, dario, at=at + seconds(2)) == oldest


def test_a_supervisor_takes_of_any_team(shop: Shop, at: datetime) -> None:
    sits(shop, shop.sofia, at)
    team_of(shop, "Facturas", "invoice", shop.beto, at=at)
    asked = ask(shop, "a", at, "invoice")
    assert chat.take_next(shop.store_id, shop.sofia, at=at) == asked


def test_a_team_whose_people_are_away_starves_nobody_after_one_minute_in_red(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    team_of(shop, "Facturas", "invoice", dario_of(shop), at=at)
    asked = ask(shop, "a", at, "invoice")
    assert chat.take_next(shop.store_id, shop.beto, at=at + seconds(239)) is None
    assert not reading.queue(shop.store_id, shop.beto, at=at + seconds(239)).unassigned
    assert [row.id for row in reading.queue(shop.store_id, shop.beto, at=at + seconds(240)).unassigned] == [asked]
    assert chat.take_next(shop.store_id, shop.beto, at=at + seconds(240)) == asked


def test_what_waits_for_a_team_that_no_longer_attends_is_open_to_everybody(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    team = team_of(shop, "Facturas", "invoice", dario_of(shop), at=at)
    asked = ask(shop, "a", at, "invoice")
    said = {"name": "Facturas", "topics": ["invoice"], "people_ids": []}
    change_team(shop.store_id, team, **said, is_active=False, by=ANA, at=at)  # type: ignore[arg-type]
    assert chat.take_next(shop.store_id, shop.beto, at=at) == asked


def test_full_hands_take_nothing_more_and_the_refusal_names_what_fills_them(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    set_capacity(shop.store_id, shop.beto, 2, by=ANA, at=at)
    held = [ask(shop, f"held-{turn}", at) for turn in range(2)]
    third = ask(shop, "third", at + seconds(1))
    for _turn in range(2):
        chat.take_next(shop.store_id, shop.beto, at=at + seconds(2))
    for press in (
        lambda: chat.take_next(shop.store_id, shop.beto, at=at + seconds(3)),
        lambda: chat.take(third, shop.beto, at=at + seconds(3)),
        lambda: answer(third, shop.beto, at + seconds(3)),
    ):
        with pytest.raises(HandsFull) as refused:
            press()
        assert refused.value.names == ("Lucía Hernández", "Lucía Hernández")
        assert refused.value.capacity == 2
    chat.resolve(held[0], by=shop.by_beto, at=at + seconds(4))
    assert chat.take_next(shop.store_id, shop.beto, at=at + seconds(5)) == third


def test_what_waits_for_the_buyer_does_not_fill_hands_until_the_buyer_speaks(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    set_capacity(shop.store_id, shop.beto, 1, by=ANA, at=at)
    quiet = ask(shop, "quiet", at)
    chat.take(quiet, shop.beto, at=at)
    answer(quiet, shop.beto, at + seconds(10))
    ask(shop, "next", at + seconds(11))
    later = at + seconds(11) + timedelta(minutes=10)
    with pytest.raises(HandsFull):
        chat.take_next(shop.store_id, shop.beto, at=later - timedelta(minutes=1))
    say(quiet, "Ya volví", at=later)
    sits(shop, shop.beto, later)
    with pytest.raises(HandsFull):
        chat.take_next(shop.store_id, shop.beto, at=later)
    answer(quiet, shop.beto, later)
    assert chat.take_next(shop.store_id, shop.beto, at=later + timedelta(minutes=10)) is not None


def test_a_claim_without_an_answer_goes_back_at_second_45_to_the_head_and_its_analyst_is_away(
    shop: Shop, at: datetime
) -> None:
    sits(shop, shop.beto, at)
    first, second = ask(shop, "a", at), ask(shop, "b", at + seconds(1))
    claimed = at + seconds(20)
    sits(shop, shop.beto, claimed)
    assert chat.take_next(shop.store_id, shop.beto, at=claimed) == first
    assert chat.return_unanswered(claimed + seconds(44)) == 0
    assert chat.return_unanswered(claimed + seconds(45)) == 1
    view = view_of(first)
    assert (view.state, view.analyst_id, view.waiting_since) == ("waiting", None, at)
    assert [row.id for row in reading.queue(shop.store_id, shop.sofia, at=at, sees_team=True).unassigned] == [
        first,
        second,
    ]
    assert not staffing.is_desk_open(shop.store_id, claimed + seconds(45))
    said = "Beto Luna no respondió en 45 segundos"
    assert said in texts(first, audience="desk")[-1]
    assert not any(said in text for text in texts(first))
    assert "conversation.given_back" in [each.action for each in history(shop.store_id, f"conversation:{first}")]


def test_an_answered_claim_stays_and_a_card_is_an_answer(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    spoken, shown = ask(shop, "a", at), ask(shop, "b", at)
    for talk in (spoken, shown):
        chat.take(talk, shop.beto, at=at)
    answer(spoken, shop.beto, at + seconds(44))
    chat.identify_order(shown, "CM-0000-0000", by=shop.by_beto, at=at + seconds(44))
    assert chat.return_unanswered(at + seconds(300)) == 0


def test_a_claim_of_a_buyer_who_waits_for_nothing_counts_from_his_next_word(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at + seconds(5))
    chat.transfer(talk, shop.sofia, "", by=shop.by_beto, at=at + seconds(10))
    assert chat.return_unanswered(at + seconds(600)) == 0
    say(talk, "¿Y mi pedido?", at=at + seconds(700))
    say(talk, "¿Hola?", at=at + seconds(740))
    assert chat.return_unanswered(at + seconds(744)) == 0
    assert chat.return_unanswered(at + seconds(745)) == 1


def test_a_transfer_that_nobody_answers_goes_back_too(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    chat.transfer(talk, shop.sofia, "Urge", by=shop.by_beto, at=at + seconds(5))
    assert chat.return_unanswered(at + seconds(49)) == 0
    assert chat.return_unanswered(at + seconds(50)) == 1
    assert view_of(talk).state == "waiting"


def test_an_answer_after_the_return_is_refused_until_its_writer_has_seen_it(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    seen = view_of(talk).seq
    chat.return_unanswered(at + seconds(45))
    with pytest.raises(ClaimReturned):
        answer(talk, shop.beto, at + seconds(46), seen_seq=seen)
    assert "Hola" not in texts(talk)[1:]
    answer(talk, shop.beto, at + seconds(50), seen_seq=view_of(talk).seq)
    assert view_of(talk).analyst_id == shop.beto


def test_the_assistant_lets_whoever_has_just_taken_it_speak_first(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at + seconds(80))
    sits(shop, shop.beto, at + seconds(90))
    assert chat.lead_waiting(at + seconds(100)) == 0
    assert chat.return_unanswered(at + seconds(125)) == 1
    assert chat.lead_waiting(at + seconds(125)) == 1


def test_a_transfer_to_a_team_keeps_the_place_in_the_queue_and_the_note_private(shop: Shop, at: datetime) -> None:
    dario = dario_of(shop)
    for person in (shop.beto, dario):
        sits(shop, person, at)
    team = team_of(shop, "Facturas", "invoice", dario, at=at)
    talk = ask(shop, "a", at)
    newer = ask(shop, "b", at + seconds(1))
    chat.take(talk, shop.beto, at=at + seconds(2))
    chat.transfer_to_team(talk, team, "Pide factura", by=shop.by_beto, at=at + seconds(3))
    assert "Pide factura" in texts(talk, audience="desk")
    assert "Pide factura" not in texts(talk)
    assert chat.take_next(shop.store_id, shop.beto, at=at + seconds(4)) == newer
    assert chat.take_next(shop.store_id, dario, at=at + seconds(4)) == talk
    chat.transfer_to_team(talk, None, "", by=Actor.staff(dario, "Darío"), at=at + seconds(5))
    view = view_of(talk)
    assert (view.state, view.team_id, view.waiting_since) == ("waiting", None, at)


def test_a_transfer_to_nobodys_team_or_another_stores_people_is_refused(shop: Shop, at: datetime) -> None:
    other = open_shop("otra-tienda")
    theirs = team_of(other, "Ventas", "order", other.beto, at=at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    with pytest.raises(TeamUnknown):
        chat.transfer_to_team(talk, theirs, "", by=shop.by_beto, at=at)
    with pytest.raises(AnalystUnknown):
        chat.transfer(talk, other.beto, "", by=shop.by_beto, at=at)


def test_an_analyst_takes_over_only_while_the_responsible_one_is_away(shop: Shop, at: datetime) -> None:
    dario = dario_of(shop)
    sits(shop, shop.beto, at)
    sits(shop, dario, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    for press in (
        lambda: chat.take(talk, dario, at=at),
        lambda: answer(talk, dario, at),
        lambda: chat.transfer(talk, dario, "", by=Actor.staff(dario, "Darío"), at=at),
        lambda: chat.resolve(talk, by=Actor.staff(dario, "Darío"), at=at),
    ):
        with pytest.raises(NotYours) as refused:
            press()
        assert refused.value.name == "Beto Luna"
    chat.take(talk, dario, at=at + seconds(60))
    assert view_of(talk).analyst_id == dario
    chat.take(talk, shop.sofia, at=at + seconds(60))
    assert view_of(talk).analyst_id == shop.sofia


def test_one_analyst_stays_responsible_until_the_delivery(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.take(talk, shop.beto, at=at)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.resolve(talk, by=shop.by_beto, at=at)
    say(talk, "Tengo una duda", at=at + seconds(30))
    view = view_of(talk)
    assert (view.state, view.analyst_id) == ("assigned", shop.beto)
    assert chat.return_unanswered(at + seconds(75)) == 1, "responsible, and bound to answer like everybody"
    sits(shop, shop.beto, at + seconds(80))
    chat.take(talk, shop.beto, at=at + seconds(80))
    chat.resolve(talk, by=shop.by_beto, at=at + seconds(81))
    say(talk, "¿Sigues ahí?", at=at + seconds(400))
    assert view_of(talk).state == "waiting", "Beto is away: the queue hears it"


def test_after_the_delivery_a_buyer_who_writes_again_goes_to_the_queue(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.take(talk, shop.beto, at=at)
    chat.identify_order(talk, bought.number, by=shop.by_beto, at=at)
    chat.confirm_all(talk, ALL, by=shop.by_beto, at=at)
    chat.buyer_accepts(talk, at=at)
    chat.send_bank_details(talk, by=shop.by_beto, at=at)
    pay(bought.id, at=at)
    orders.mark_preparing([bought.id], by=shop.by_beto, at=at)
    orders.mark_shipped(bought.id, by=shop.by_beto, at=at)
    orders.mark_delivered(bought.id, by=shop.by_beto, at=at)
    chat.resolve(talk, by=shop.by_beto, at=at)
    say(talk, "¿Y la garantía?", at=at + seconds(10))
    assert view_of(talk).state == "waiting"


def test_whoever_attended_is_remembered_and_each_deed_is_in_the_audit(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    chat.transfer(talk, shop.sofia, "", by=shop.by_beto, at=at)
    chat.resolve(talk, by=shop.by_sofia, at=at)
    chat.reopen(talk, by=shop.by_sofia, at=at)
    attended = set(Attendance.objects.filter(conversation_id=talk).values_list("user_id", flat=True))
    assert attended == {shop.beto, shop.sofia}
    done = {each.action.removeprefix("conversation.") for each in history(shop.store_id, f"conversation:{talk}")}
    assert {"taken", "transferred", "resolved", "reopened"} <= done


def test_whoever_closes_what_nobody_had_is_responsible_for_it(shop: Shop, at: datetime) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.resolve(talk, by=shop.by_beto, at=at)
    assert Conversation.objects.get(pk=talk).analyst_id == shop.beto


def test_the_clock_of_a_waiting_buyer_starts_with_his_first_word_and_turns_amber_and_red(
    shop: Shop, at: datetime
) -> None:
    sits(shop, shop.beto, at)
    talk = ask(shop, "a", at)
    chat.take(talk, shop.beto, at=at)
    answer(talk, shop.beto, at + seconds(1))
    sits(shop, shop.beto, at + seconds(99))
    say(talk, "¿Cuándo llega?", at=at + seconds(100))
    say(talk, "¿Hola?", at=at + seconds(150))

    def row(later: float) -> tuple[str, int]:
        [mine] = reading.queue(shop.store_id, shop.beto, at=at + seconds(later)).mine
        return mine.tone, mine.waiting_s

    assert row(159) == ("ok", 59)
    assert row(160) == ("warn", 60)
    assert row(280) == ("bad", 180)
    answer(talk, shop.beto, at + seconds(281))
    assert row(290) == ("ok", 0)
