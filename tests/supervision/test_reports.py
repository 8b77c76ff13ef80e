"""The reports: every figure is what was played, files say what the page says, and who may not see them does not."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from seguripago.foundations.people.commands import hire
from seguripago.foundations.staffing.commands import be_present
from seguripago.foundations.staffing.models import Team
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.models import Conversation
from seguripago.journey.supervision.queries import Asked, Paid, Report, conversations_of, report
from seguripago.values.actor import Actor
from seguripago.values.calendar import MEXICO
from seguripago.web.desk import reporting as words
from seguripago.web.desk.views import reports as pages
from tests.assistance.builders import ALL, PASSWORD, Shop, open_shop, pay, place, start

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 12, 0, tzinfo=MEXICO).astimezone(UTC)
"""A Wednesday."""


@pytest.fixture
def shop() -> Shop:
    return open_shop()


@pytest.fixture(autouse=True)
def _forget() -> None:
    pages.kept.forget()


def enter(email: str) -> Client:
    client = Client()
    assert client.login(username=email, password=PASSWORD)
    return client


def asked(shop: Shop, since: datetime = NOON - timedelta(days=1), until: datetime = NOON + timedelta(days=1)) -> Asked:
    return Asked(store_id=shop.store_id, since=since, until=until)


def talk(
    shop: Shop, turn: int, at: datetime, *, answered_after: int | None = None, by: int = 0, medium: str = "spei"
) -> int:
    """A conversation that a person answered so many seconds later."""
    be_present(shop.beto, shop.store_id, "available", at=at)
    made = start(shop, at=at, token=f"t{turn}", medium=medium)
    if answered_after is not None:
        answer_at = at + timedelta(seconds=answered_after)
        chat.reply(made, by or shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=999, at=answer_at)
        chat.resolve(made, by=shop.by_beto, at=at + timedelta(minutes=10))
    return made


def test_the_first_answer_is_what_was_played(shop: Shop) -> None:
    for turn, after in enumerate((10, 20, 60, 61, 90, 91, 700)):
        talk(shop, turn, NOON + timedelta(hours=1, minutes=15 * turn), answered_after=after)
    found = report(asked(shop))
    assert found.answers.span.n == 7
    assert found.answers.span.median_s == 61
    assert (found.answers.within_60, found.answers.within_90) == (3, 5)
    assert found.answers.buckets == (2, 1, 2, 1, 0, 1)
    assert sum(found.answers.buckets) == found.answers.span.n
    assert found.answers_of[shop.beto] == found.answers
    assert found.resolution.n == 7
    assert found.resolution.median_s == 600


def test_the_stretch_is_half_open_in_mexicos_clock(shop: Shop) -> None:
    midnight = datetime(2026, 11, 18, 0, 0, tzinfo=MEXICO)
    for turn, at in enumerate((midnight - timedelta(seconds=1), midnight, midnight + timedelta(days=1))):
        talk(shop, turn, at.astimezone(UTC))
    period = words.period_of("fechas", "2026-11-18", "2026-11-18", at=NOON)
    found = report(asked(shop, period.since, period.until))
    assert dict(found.volume) == {(date(2026, 11, 18), 0): 1}
    assert words.heat(found)[2][1][0].count == 1, "Wednesday, at midnight"


def test_only_the_first_answer_of_a_person_counts_and_who_gave_it(shop: Shop) -> None:
    ana = hire(
        shop.store_id, email="ana@sierra-alta.test", name="Ana Ríos", role="analyst", analyst_number="A-77",
        password=PASSWORD,
    )  # fmt: skip
    made = talk(shop, 1, NOON)
    chat.reply(made, shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=999, at=NOON + timedelta(seconds=30))
    chat.transfer(made, ana, "", by=shop.by_sofia, at=NOON + timedelta(seconds=40))
    chat.reply(made, ana, "Sigo yo", client_id=uuid.uuid4(), seen_seq=999, at=NOON + timedelta(seconds=50))
    found = report(asked(shop))
    assert {user: one.span.n for user, one in found.answers_of.items()} == {shop.beto: 1}
    assert dict(found.attended) == {ana: 1}
    of_ana = report(Asked(store_id=shop.store_id, since=NOON, until=NOON + timedelta(days=1), analyst_id=ana))
    assert (of_ana.conversations, of_ana.answers.span.n) == (1, 0)


def test_whom_nobody_attended_is_the_assistants(shop: Shop) -> None:
    start(shop, at=NOON, token="a")
    talk(shop, 2, NOON + timedelta(minutes=1), answered_after=5)
    found = report(asked(shop))
    assert (found.conversations, found.assistant_alone) == (2, 1)
    assert found.attended == {None: 1, shop.beto: 1}
    assert found.answers.span.n == 1


def test_an_order_counts_once_in_its_newest_conversation(shop: Shop) -> None:
    by = Actor.system()
    for turn, medium in ((1, "spei"), (2, "link"), (3, "spei")):
        bought = place(shop, at=NOON, turn=turn, email=f"c{turn}@correo.test")
        made = start(shop, at=NOON, token=f"o{turn}", email=f"c{turn}@correo.test", medium=medium)
        chat.identify_order(made, bought.number, by=by, at=NOON)
        if turn == 1:
            again = start(shop, at=NOON + timedelta(minutes=1), token="again", email="c1@correo.test", medium="link")
            chat.identify_order(again, bought.number, by=by, at=NOON + timedelta(minutes=1))
            chat.confirm_all(again, ALL, by=by, at=NOON)
            chat.buyer_accepts(again, at=NOON)
            chat.send_bank_details(again, by=by, at=NOON)
            pay(bought.id, at=NOON + timedelta(minutes=2))
    orders = Conversation.objects.filter(order__isnull=False).values_list("order_id", flat=True)
    assert len(set(orders)) == 3
    found = report(asked(shop))
    assert found.paid == Paid(3, 1)
    assert sum(part.orders for part in found.paid_by_medium.values()) == 3
    assert sum(part.paid for part in found.paid_by_topic.values()) == 1
    assert len(orders) == 4
    assert found.paid_by_medium == {"link": Paid(2, 1), "spei": Paid(1, 0)}


def test_ratings_and_what_the_assistant_handed_over(shop: Shop) -> None:
    for turn, stars in enumerate((5, 5, 4, 1)):
        made = talk(shop, turn, NOON + timedelta(minutes=turn), answered_after=5)
        chat.rate(made, stars, "=1+1" if stars == 1 else "", at=NOON + timedelta(hours=1))
    asks = start(shop, at=NOON + timedelta(hours=2), token="p")
    Conversation.objects.filter(pk=asks).update(led_by="assistant")
    chat.say(asks, "Quiero hablar con una persona", client_id=uuid.uuid4(), at=NOON + timedelta(hours=2))
    found = report(asked(shop))
    assert found.stars.counts == (1, 0, 0, 1, 2)
    assert found.stars.average == 3.75
    assert found.stars_of[shop.beto].n == 4
    assert [(one.rating, one.text) for one in found.comments] == [(1, "=1+1")]
    assert found.handed_over == 1
    assert dict(found.handed_over_why) == {"asked": 1}


def test_another_store_and_another_team_are_not_in_it(shop: Shop) -> None:
    team = Team.objects.create(store_id=shop.store_id, name="Garantías", topics=["warranty"])
    one, _other = talk(shop, 1, NOON), talk(shop, 2, NOON)
    Conversation.objects.filter(pk=one).update(team_id=team.pk)
    found = report(Asked(store_id=shop.store_id, since=NOON, until=NOON + timedelta(days=1), team_id=team.pk))
    assert found.conversations == 1
    assert report(asked(open_shop("otra-tienda"))).conversations == 0


def test_too_few_cases_make_no_median(shop: Shop) -> None:
    for turn in range(4):
        talk(shop, turn, NOON + timedelta(minutes=turn), answered_after=5)
    assert words.shown(report(asked(shop)))["median"] == "sin datos"
    talk(shop, 9, NOON + timedelta(minutes=9), answered_after=5)
    shown = words.shown(report(asked(shop)))
    assert (shown["median"], shown["p90"], shown["within_60"]) == ("5 s", "sin datos", "100 %")


def test_periods_are_read_from_the_address() -> None:
    at = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert words.period_of("hoy", "", "", at=at).first == date(2026, 11, 22), "it is still yesterday in Mexico"
    assert words.period_of("7", "", "", at=at).days == 7
    assert words.period_of("fechas", "2026-11-09", "2026-11-02", at=at).first == date(2026, 11, 2)
    assert words.period_of("fechas", "2020-01-01", "2026-11-02", at=at).days == 366
    assert words.period_of("fechas", "x", "", at=at).name == "7"


def played(shop: Shop, at: datetime) -> Report:
    for turn in range(6):
        made = talk(shop, turn, at - timedelta(minutes=20 * (turn + 1)), answered_after=10 * (turn + 1))
        chat.rate(made, 5 - turn % 3, "=SUM(A1)", at=at)
    return report(asked(shop, at - timedelta(days=1), at + timedelta(days=1)))


def test_the_page_says_what_the_figures_are(shop: Shop) -> None:
    at = timezone.now() - timedelta(minutes=5)
    found = played(shop, at)
    page = enter("sofia@sierra-alta.test").get("/mesa/informes/?periodo=7").content.decode()
    assert f"n = {found.answers.span.n}" in page
    assert "35 s" in page
    assert "style=" not in page
    assert "=SUM(A1)" in page
    assert Client().get("/mesa/informes/").status_code == 302
    assert enter("beto@sierra-alta.test").get("/mesa/informes/").status_code == 404
    assert enter("beto@sierra-alta.test").get("/mesa/informes/descargar/csv/").status_code == 404


def test_files_reconcile_with_the_page(shop: Shop) -> None:
    at = timezone.now() - timedelta(minutes=5)
    found = played(shop, at)
    sofia = enter("sofia@sierra-alta.test")
    answer = sofia.get("/mesa/informes/descargar/xlsx/?periodo=7")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    summary = {row[0]: row[1] for row in book.get_sheet_by_name("Resumen").to_python()[1:]}
    assert summary["Conversaciones"] == found.conversations == 6
    assert summary["Primera respuesta, mediana (s)"] == 35
    assert summary["Suma de estrellas"] == 24
    talks = book.get_sheet_by_name("Conversaciones").to_python()
    assert len(talks) - 1 == found.conversations
    assert sorted(row[6] for row in talks[1:]) == [10, 20, 30, 40, 50, 60]
    assert sum(row[1] for row in book.get_sheet_by_name("Personas").to_python()[1:]) == found.conversations
    assert sum(row[1] for row in book.get_sheet_by_name("Días").to_python()[1:]) == found.conversations
    assert sum(row[-1] for row in book.get_sheet_by_name("Horas").to_python()[1:]) == found.conversations
    assert sum(row[1] for row in book.get_sheet_by_name("Primera respuesta").to_python()[1:]) == found.answers.span.n
    assert "Lucía" not in str(talks), "no personal data of a buyer"

    text = b"".join(sofia.get("/mesa/informes/descargar/csv/?periodo=7").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
    assert "'=SUM(A1)" in cells
    assert "=SUM(A1)" not in cells
    assert sofia.get("/mesa/informes/descargar/ods/").status_code == 404


def test_the_rows_that_go_out_are_those_of_the_stretch(shop: Shop) -> None:
    inside = talk(shop, 1, NOON)
    talk(shop, 2, NOON + timedelta(days=2))
    found = list(conversations_of(asked(shop)))
    assert [one.code for one in found] == [Conversation.objects.get(pk=inside).code]


def test_the_statements_of_the_page_are_few(shop: Shop, django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    sofia = enter("sofia@sierra-alta.test")
    played(shop, timezone.now())
    with django_assert_num_queries(15):
        sofia.get("/mesa/informes/?periodo=30")
