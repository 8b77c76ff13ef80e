"""A whisper reaches one person at the desk and never the buyer, whichever way the buyer reads."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from seguripago.foundations.audit.queries import history
from seguripago.foundations.facts.signals import Signal
from seguripago.foundations.people.commands import hire
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.queries.telling import said_to_buyer, transcript
from seguripago.journey.supervision import commands as supervision
from seguripago.journey.supervision.queries import unseen_whispers
from seguripago.web.live.now import concerns
from seguripago.web.live.reading import _entries as read_entries
from seguripago.web.live.topics import Topic
from tests.assistance.builders import PASSWORD, Shop, open_shop, start

pytestmark = pytest.mark.django_db
SECRET = "Ofrécele el envío gratis"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def shop() -> Shop:
    return open_shop()


def whisper(talk: int, by: int, text: str = SECRET, *, to: int = 0, at: datetime) -> int:
    return supervision.whisper(talk, by, text, client_id=uuid.uuid4(), to=to, at=at)


def attended(shop: Shop, at: datetime) -> int:
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    return talk


def test_the_analyst_hears_it_until_it_was_seen(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    seq = whisper(talk, shop.sofia, at=now)
    heard = unseen_whispers(shop.beto)
    assert [(one.conversation_id, one.from_name, one.text) for one in heard] == [(talk, "Sofía Paz", SECRET)]
    assert unseen_whispers(shop.sofia) == ()
    entry = next(one for one in reading.entries(talk, audience="desk") if one.seq == seq)
    assert (entry.kind, entry.visibility, entry.body["to"]) == ("note", "desk", shop.beto)
    supervision.see_whispers(talk, shop.beto, at=now)
    assert unseen_whispers(shop.beto) == ()
    assert "conversation.whispered" in {row.action for row in history(shop.store_id, f"conversation:{talk}")}


def test_the_analyst_answers_and_the_supervisor_hears(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    whisper(talk, shop.sofia, at=now)
    whisper(talk, shop.beto, "Hecho", to=shop.sofia, at=now)
    assert unseen_whispers(shop.beto) == (), "who answers has seen it"
    assert [one.text for one in unseen_whispers(shop.sofia)] == ["Hecho"]


def test_an_analyst_only_answers(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    with pytest.raises(supervision.NotYoursToWhisper):
        whisper(talk, shop.beto, to=shop.sofia, at=now)
    other = start(shop, at=now, token="t2")
    with pytest.raises(supervision.NobodyToWhisper):
        whisper(other, shop.sofia, at=now)
    with pytest.raises(supervision.NobodyToWhisper):
        whisper(talk, shop.sofia, to=shop.sofia, at=now)
    stranger = open_shop("otra-tienda")
    with pytest.raises(chat.AnalystUnknown):
        whisper(talk, stranger.sofia, at=now)
    with pytest.raises(chat.AnalystUnknown):
        whisper(talk, shop.sofia, to=stranger.beto, at=now)


@pytest.mark.parametrize("same", [uuid.uuid4(), uuid.uuid5(uuid.NAMESPACE_URL, "derived")], ids=["drawn", "derived"])
def test_the_same_client_id_whispers_once(shop: Shop, now: datetime, same: uuid.UUID) -> None:
    talk = attended(shop, now)
    first = supervision.whisper(talk, shop.sofia, SECRET, client_id=same, at=now)
    assert supervision.whisper(talk, shop.sofia, SECRET, client_id=same, at=now) == first
    assert len(unseen_whispers(shop.beto)) == 1


def test_nothing_that_the_buyer_reads_holds_it(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    chat.reply(talk, shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=99, at=now)
    whisper(talk, shop.sofia, at=now)
    assert SECRET in [entry.text for entry in reading.entries(talk, audience="desk")]
    for told in (
        str(reading.entries(talk, audience="buyer")),
        str(reading.entries_after_many({talk: 0}, audience="buyer")),
        str(transcript(talk)),
        str(said_to_buyer(talk, 0)),
        str(reading.conversation(talk)),
    ):
        assert SECRET not in told
        assert "Sofía" not in told


def test_a_buyer_who_left_is_mailed_nothing_of_it(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    chat.reply(talk, shop.beto, "Hola", client_id=uuid.uuid4(), seen_seq=99, at=now)
    whisper(talk, shop.sofia, at=now)
    told = chat.take_unread(talk, said_to_buyer, at=now + timedelta(hours=1))
    assert told is not None
    assert [line.text for line in told.lines if line.author == "Beto Luna"] == ["Hola"]
    assert SECRET not in str(told)


def test_no_stream_of_a_buyer_hears_that_somebody_whispered(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    said = Signal("whisper", shop.store_id, talk, shop.sofia, "Sofía Paz", f"{shop.beto}.3", 1)
    assert concerns(said, Topic("desk", shop.store_id))
    assert not concerns(said, Topic("conversation", talk, "buyer", "es"))
    assert not concerns(said, Topic("order", 1))
    assert not concerns(said, Topic("desk", shop.store_id + 1))


def test_what_the_widget_asks_for_holds_nothing_of_it(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    whisper(talk, shop.sofia, at=now)
    view = reading.conversation_by_token("t1")
    assert view is not None
    assert view.id == talk
    readings = read_entries(
        {Topic("conversation", talk, "buyer", "es"): 0, Topic("conversation", talk, "desk", "es"): 0}
    )
    assert SECRET not in str(readings[Topic("conversation", talk, "buyer", "es")])
    assert SECRET in str(readings[Topic("conversation", talk, "desk", "es")])


def test_neither_first_answer_nor_clocks_take_it_for_an_answer(shop: Shop, now: datetime) -> None:
    talk = attended(shop, now)
    before = reading.conversation(talk)
    whisper(talk, shop.sofia, at=now + timedelta(seconds=5))
    after = reading.conversation(talk)
    assert before is not None
    assert after is not None
    assert (before.last_staff_at, before.last_line, before.led_by) == (
        after.last_staff_at,
        after.last_line,
        after.led_by,
    )


def test_whoever_leads_may_whisper_to_another_one_of_the_desk(shop: Shop, now: datetime) -> None:
    ana = hire(
        shop.store_id, email="ana@sierra-alta.test", name="Ana Ríos", role="owner", analyst_number="A-77",
        password=PASSWORD,
    )  # fmt: skip
    talk = attended(shop, now)
    whisper(talk, ana, to=shop.sofia, at=now)
    assert [one.from_name for one in unseen_whispers(shop.sofia)] == ["Ana Ríos"]


def test_whispered_again_after_the_conversation_went_back_it_is_the_same(shop: Shop, now: datetime) -> None:
    talk, same = attended(shop, now), uuid.uuid4()
    first = supervision.whisper(talk, shop.sofia, SECRET, client_id=same, at=now)
    assert chat.return_unanswered(at=now + timedelta(seconds=60)) == 1
    assert supervision.whisper(talk, shop.sofia, SECRET, client_id=same, at=now) == first


def test_the_words_of_a_forgotten_conversation_are_not_whispered_on(shop: Shop, now: datetime) -> None:
    whisper(attended(shop, now), shop.sofia, at=now)
    assert chat.forget_old(now + timedelta(days=800)) == 1
    assert "se borró al terminar su plazo" in unseen_whispers(shop.beto)[0].text
