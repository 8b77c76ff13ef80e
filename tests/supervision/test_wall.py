"""The live wall: every figure counted by hand, who may look, and a cost that does not grow."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from seguripago.foundations.staffing.commands import be_present
from seguripago.foundations.staffing.models import Team
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.models import Reveal
from seguripago.journey.supervision.queries import Wall, late_count, today, wall
from seguripago.journey.supervision.rules import Milestones, standing
from seguripago.values.actor import Actor
from seguripago.values.steps import Step
from seguripago.web.desk.views import supervision
from tests.assistance.builders import ALL, PASSWORD, Shop, open_shop, pay, place, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def shop(now: datetime) -> Shop:
    made = open_shop()
    be_present(made.beto, made.store_id, "available", at=now)
    return made


def enter(email: str) -> Client:
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


def look(shop: Shop, at: datetime) -> Wall:
    return wall(shop.store_id, today(shop.store_id, since=at - timedelta(hours=12), at=at), at=at)


def answer(talk: int, by: int, at: datetime) -> None:
    chat.reply(talk, by, "Hola", client_id=uuid.uuid4(), seen_seq=999, at=at)


def test_an_empty_desk_waits_for_nobody(shop: Shop, now: datetime) -> None:
    seen = look(shop, now)
    assert (seen.waiting, seen.oldest_s, seen.late, seen.nobodys, seen.open) == (0, 0, 0, 0, 0)
    assert [one.name for one in seen.analysts] == ["Beto Luna"]
    assert [step.open for step in seen.steps] == [0] * 6


def test_it_says_who_waits_and_who_has_nobody(shop: Shop, now: datetime) -> None:
    begun = now - timedelta(seconds=200)
    be_present(shop.beto, shop.store_id, "available", at=begun)
    late = start(shop, at=begun, token="a")
    mine = start(shop, at=now - timedelta(seconds=30), token="b")
    chat.take(mine, shop.beto, at=now - timedelta(seconds=20))
    done = start(shop, at=now - timedelta(seconds=50), token="c")
    chat.take(done, shop.beto, at=now - timedelta(seconds=45))
    answer(done, shop.beto, now - timedelta(seconds=40))
    be_present(shop.beto, shop.store_id, "available", at=now)
    seen = look(shop, now)
    assert (seen.waiting, seen.oldest_s, seen.late, seen.nobodys, seen.open) == (2, 200, 1, 1, 3)
    assert [talk.id for talk in seen.talks] == [late, mine]
    assert [talk.tone for talk in seen.talks] == ["bad", "ok"]
    beto = seen.analysts[0]
    assert (beto.state, beto.open, beto.capacity, beto.unanswered, beto.oldest_s) == ("available", 2, 5, 1, 30)
    assert (beto.first_answer_s, beto.first_answers) == (10, 1)
    assert late_count(shop.store_id, at=now) == 1


def test_whom_the_assistant_serves_does_not_wait_until_he_asks_for_a_person(now: datetime) -> None:
    shop = open_shop()
    talk = start(shop, at=now)
    assert look(shop, now).assistants == 1
    assert look(shop, now).waiting == 0
    chat.say(talk, "Quiero hablar con una persona", client_id=uuid.uuid4(), at=now)
    seen = look(shop, now + timedelta(seconds=190))
    assert (seen.waiting, seen.wanting, seen.late) == (1, 1, 1)
    assert late_count(shop.store_id, at=now + timedelta(seconds=190)) == 1


def test_a_conversation_walks_through_the_six_steps(shop: Shop, now: datetime) -> None:
    by = Actor.staff(shop.beto, "Beto Luna")
    bought = place(shop, at=now)
    talk = start(shop, at=now, own=(f"token-{shop.store_id}-1-" + "x" * 24,))

    def where(at: datetime) -> tuple[Step, int]:
        seen = look(shop, at)
        step = next(each for each in seen.steps if each.open)
        return step.step, step.oldest_s

    chat.take(talk, shop.beto, at=now)
    assert where(now + timedelta(seconds=7)) == (Step.PEDIDO, 7)
    chat.identify_order(talk, bought.number, by=by, at=now + timedelta(seconds=10))
    assert where(now + timedelta(seconds=15)) == (Step.CONFIRMACION, 5)
    chat.confirm_all(talk, ALL, by=by, at=now + timedelta(seconds=20))
    chat.buyer_accepts(talk, at=now + timedelta(seconds=30))
    assert where(now + timedelta(seconds=34)) == (Step.DATOS_BANCARIOS, 4)
    chat.send_bank_details(talk, by=by, at=now + timedelta(seconds=40))
    assert where(now + timedelta(seconds=43)) == (Step.TRANSFERENCIA, 3)
    pay(bought.id, at=now + timedelta(seconds=50))
    assert where(now + timedelta(seconds=52)) == (Step.COMPROBANTE, 2)


def test_marks_of_a_step_are_amber_then_red(now: datetime) -> None:
    def tone(after_s: int, **more: object) -> str:
        return standing(Milestones(opened_since=now, **more), at=now + timedelta(seconds=after_s)).tone  # type: ignore[arg-type]

    assert [tone(299), tone(300), tone(900)] == ["ok", "warn", "bad"]
    assert tone(10_000, has_order=True, identified_at=now, order_state="expired") == "ok"
    card = Milestones(
        opened_since=now, has_order=True, identified_at=now, accepted_at=now, paid_at=now, needs_evidence=False
    )
    assert standing(card, at=now).step is Step.LISTO


def test_a_message_that_was_left_is_no_slow_first_answer(shop: Shop, now: datetime) -> None:
    left = chat.StartConversation("left", "Lucía", "l@correo.test", "", "other", "Hola", "spei", is_message=True)
    talk = chat.start_conversation(shop.store_id, left, at=now - timedelta(hours=3))
    answer(talk, shop.beto, now)
    assert [(one.first_answer_s, one.first_answers) for one in look(shop, now).analysts] == [(None, 0)]


def test_claims_that_went_back_and_reveals_are_counted(shop: Shop, now: datetime) -> None:
    talk = start(shop, at=now - timedelta(seconds=100))
    chat.take(talk, shop.beto, at=now - timedelta(seconds=90))
    assert chat.return_unanswered(at=now) == 1
    Reveal.objects.create(user_id=shop.beto, conversation_id=talk, what="email", reason="Confirmar el correo", at=now)
    other = open_shop("otra-tienda")
    seen = look(shop, now)
    assert (seen.given_back, seen.reveals) == (1, 1)
    assert (look(other, now).given_back, look(other, now).reveals) == (0, 0)


def test_only_who_leads_may_look_and_nobody_of_another_store(shop: Shop, now: datetime) -> None:
    open_shop("otra-tienda")
    start(shop, at=now)
    assert enter("beto@sierra-alta.test").get("/mesa/supervision/").status_code == 404
    assert Client().get("/mesa/supervision/").status_code == 302
    page = enter("sofia@sierra-alta.test").get("/mesa/supervision/").content.decode()
    assert "Lucía Hernández" in page
    assert "style=" not in page
    other = enter("sofia@otra-tienda.test")
    assert "Lucía" not in other.get("/mesa/supervision/").content.decode()
    talk = start(shop, at=now, token="z")
    for address in (f"/mesa/supervision/{talk}/pasar/", f"/mesa/{talk}/susurrar/", f"/mesa/{talk}/enterado/"):
        assert other.post(address, {"to": f"p{shop.beto}", "text": "x"}).status_code == 404


def test_one_press_gives_it_to_a_person_or_a_team(shop: Shop, now: datetime) -> None:
    sofia = enter("sofia@sierra-alta.test")
    team = Team.objects.create(store_id=shop.store_id, name="Garantías", topics=["warranty"])
    talk = start(shop, at=now)
    assert sofia.post(f"/mesa/supervision/{talk}/pasar/", {"to": f"p{shop.beto}"})["Location"] == "/mesa/supervision/"
    view = reading.conversation(talk)
    assert view is not None
    assert view.analyst_id == shop.beto
    sofia.post(f"/mesa/supervision/{talk}/pasar/", {"to": f"t{team.pk}", "note": "Es de garantía"})
    seen = look(shop, now)
    assert [(one.team_name, one.analyst_id) for one in seen.talks] == [("Garantías", None)]
    sofia.post(f"/mesa/supervision/{talk}/pasar/", {"to": "nadie"})
    assert "Elige a quién." in sofia.get("/mesa/supervision/").content.decode()


def test_the_whisper_comes_to_the_desk_and_is_answered_from_it(shop: Shop, now: datetime) -> None:
    sofia, beto = enter("sofia@sierra-alta.test"), enter("beto@sierra-alta.test")
    talk = start(shop, at=now)
    chat.take(talk, shop.beto, at=now)
    empty = beto.get("/mesa/novedades/?v=0.")
    assert empty.status_code == 204
    sofia.post(f"/mesa/{talk}/susurrar/", {"text": "Ofrécele envío gratis", "back": "wall"})
    shown = beto.get("/mesa/novedades/?v=0.").content.decode()
    assert "Ofrécele envío gratis" in shown
    assert "Ofrécele envío gratis" in beto.get("/mesa/").content.decode()
    answered = beto.post(
        f"/mesa/{talk}/susurrar/", {"text": "Hecho", "to": shop.sofia}, headers={"HX-Request": "true"}
    ).content.decode()
    assert "Ofrécele" not in answered
    assert "Hecho" in sofia.get("/mesa/supervision/").content.decode()
    sofia.post(f"/mesa/{talk}/enterado/")
    assert sofia.get("/mesa/novedades/?v=0.").status_code == 204
    refused = beto.post(f"/mesa/{talk}/susurrar/", {"text": "x", "to": "0"}, headers={"HX-Request": "true"})
    assert "no hay a quién susurrarle" in refused.content.decode()


def test_the_desk_says_that_somebody_waits_too_long(shop: Shop, now: datetime) -> None:
    start(shop, at=now - timedelta(seconds=200))
    sofia = enter("sofia@sierra-alta.test")
    assert "persona espera más de 3 min" in sofia.get("/mesa/novedades/").content.decode()
    assert "persona espera más de 3 min" in sofia.get("/mesa/").content.decode()
    assert "persona espera más de 3 min" in sofia.get("/mesa/supervision/").content.decode()
    assert "persona espera más de 3 min" not in enter("beto@sierra-alta.test").get("/mesa/").content.decode()


def test_the_wall_asks_the_same_however_many_talk(shop: Shop, now: datetime, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    sofia = enter("sofia@sierra-alta.test")
    for turn in range(3):
        bought = place(shop, at=now, turn=turn + 1, email=f"c{turn}@correo.test")
        talk = start(shop, at=now, token=f"q{turn}", email=f"c{turn}@correo.test")
        chat.identify_order(talk, bought.number, by=Actor.system(), at=now)
    supervision.kept.forget()
    with django_assert_num_queries(WALL):
        sofia.get("/mesa/supervision/ahora/")
    for turn in range(3, 12):
        bought = place(shop, at=now, turn=turn + 1, email=f"c{turn}@correo.test")
        talk = start(shop, at=now, token=f"q{turn}", email=f"c{turn}@correo.test")
        chat.identify_order(talk, bought.number, by=Actor.system(), at=now)
    supervision.kept.forget()
    with django_assert_num_queries(WALL):
        sofia.get("/mesa/supervision/ahora/")


WALL = 16
"""Session, person, membership · answers, ratings, members, claims and reveals of the day, kept for three seconds · open
conversations, teams and their people, payments, comprobantes, seats, members · whispers, the alarm."""
