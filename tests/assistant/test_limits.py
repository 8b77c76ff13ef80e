"""How often one caller may begin, write and guess; what is said then, and that nothing typed is lost."""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seguripago.foundations.audit.queries import history
from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance.commands import tries
from seguripago.journey.assistance.models import Consent, Conversation, Entry
from seguripago.values import order_number
from seguripago.values.actor import Actor
from tests.assistance import builders
from tests.assistant.conftest import HOME, WORDS, Browser, now


class Stranger(Browser):
    """Calls from somewhere else than this machine."""

    def __init__(self, address: str = "203.0.113.9") -> None:
        super().__init__(REMOTE_ADDR=address)
        self.accepts_cookies()


def test_five_conversations_an_hour_begin_from_one_address(shop: builders.Shop) -> None:
    for _ in range(5):
        Stranger().starts()
    sixth = Stranger()
    key = sixth.get(f"{HOME}nueva/").context["form"].key
    refused = sixth.send(f"{HOME}nueva/", WORDS | {"key": key, "question": "¿Hay café de Oaxaca?"})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 3600
    assert "Desde tu conexión ya se abrieron varias conversaciones" in refused.text
    assert "¿Hay café de Oaxaca?" in refused.text
    assert Conversation.objects.count() == 5
    Stranger("203.0.113.10").starts()


def test_the_same_form_sent_again_is_no_other_conversation(shop: builders.Shop) -> None:
    lucia = Stranger()
    key = lucia.get(f"{HOME}nueva/").context["form"].key
    for _ in range(8):
        assert lucia.send(f"{HOME}nueva/", WORDS | {"key": key}).status_code == 302


def test_behind_a_proxy_that_nobody_named_nobody_locks_the_others_out(shop: builders.Shop) -> None:
    for _ in range(7):
        browser = Browser()
        browser.accepts_cookies()
        browser.starts()


def test_twenty_messages_a_minute_and_the_next_comes_back_later(lucia: Browser) -> None:
    page = lucia.starts()
    for number in range(20):
        assert lucia.fetch(f"{page}decir/", {"text": f"mensaje {number}"}).status_code == 200
    refused = lucia.fetch(f"{page}decir/", {"text": "uno más"})
    assert (refused.status_code, refused.json()["code"]) == (429, "SP-321")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    plain = lucia.send(f"{page}decir/", {"text": "uno más"})
    assert plain.status_code == 429
    assert ">uno más</textarea>" in plain.text
    assert 'action="../decir/"' in plain.text, "a form drawn again at another address still works"
    other = Browser()
    other.accepts_cookies()
    assert other.fetch(f"{other.starts()}decir/", {"text": "hola"}).status_code == 200


def test_presses_count_as_messages_do(lucia: Browser) -> None:
    page = lucia.starts()
    for _ in range(20):
        assert lucia.fetch(f"{page}aceptar/").status_code == 422, "there is nothing to accept"
    before = Entry.objects.count()
    for verb in ("transferi", "corregir", "decir", "archivo", "calificar"):
        refused = lucia.fetch(f"{page}{verb}/", {"text": "otra vez"})
        assert (verb, refused.status_code) == (verb, 429)
    assert Entry.objects.count() == before


def test_who_answers_the_policy_again_and_again_fills_no_table(shop: builders.Shop) -> None:
    browser = Browser(REMOTE_ADDR="203.0.113.9")
    answers = [browser.send(f"{HOME}cookies/", {"choice": "all"}) for _ in range(62)]
    assert [answer.status_code for answer in answers] == [302] * 60 + [429] * 2
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 3600
    assert "Desde tu conexión ya se respondió muchas veces" in answers[-1].text
    assert Consent.objects.count() == 60


def number_after(place: int) -> str:
    """The valid number at this place or the next one that has a check character."""
    while True:
        body = "".join(order_number.ALPHABET[place >> shift & 31] for shift in range(30, -1, -5))
        found = [check for check in order_number.ALPHABET if order_number.parse(f"CM{body}{check}")]
        if found:
            return str(order_number.parse(f"CM{body}{found[0]}"))
        place += 1


def talk_of(shop: builders.Shop, caller: str) -> int:
    conversation_id = builders.start(shop, at=now(), token=secrets.token_urlsafe(32), question="¿Tienen café?")
    Conversation.objects.filter(pk=conversation_id).update(caller=caller)
    return conversation_id


def guess(conversation_id: int, number: str) -> int | None:
    return chat.identify_order(conversation_id, number, by=Actor.buyer("Lucía"), at=now())


def test_twenty_wrong_numbers_an_hour_from_one_caller_and_then_only_a_person_looks(shop: builders.Shop) -> None:
    placed = builders.place(shop, at=now())
    wrong = [order_number.draw(secrets.choice) for _ in range(20)]
    for turn in range(4):
        talk = talk_of(shop, "caller-of-today")
        for number in wrong[5 * turn : 5 * turn + 5]:
            assert guess(talk, number) is None
    fresh = talk_of(shop, "caller-of-today")
    assert guess(fresh, placed.number) is None, "the right number too"
    assert "Un analista revisará tu pedido contigo" in builders.texts(fresh)[-1]
    assert guess(talk_of(shop, "another"), placed.number) == placed.id


def test_numbers_tried_one_after_the_other_raise_one_alert(
    shop: builders.Shop, caplog: pytest.LogCaptureFixture
) -> None:
    builders.someone_is_there(shop, at=now())
    start = order_number.place(order_number.draw(secrets.choice)) % 2**30
    with caplog.at_level(logging.WARNING):
        for turn in range(2):
            talk = talk_of(shop, "searcher")
            for step in range(3):
                guess(talk, number_after(start + 4 * (3 * turn + step)))
    assert caplog.text.count("order numbers are tried in series") == 1
    alerts = Entry.objects.filter(conversation__store_id=shop.store_id, body__text__startswith="Alerta: desde aquí")
    assert [entry.visibility for entry in alerts] == ["desk"]
    subject = f"conversation:{alerts[0].conversation_id}"
    raised = [entry for entry in history(shop.store_id, subject) if entry.action == "conversation.numbers_in_series"]
    assert len(raised) == 1


def test_numbers_at_random_raise_no_alert(shop: builders.Shop, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        talk = talk_of(shop, "unlucky")
        for _ in range(5):
            guess(talk, order_number.draw(secrets.choice))
    assert "in series" not in caplog.text


def questions(shop: builders.Shop) -> dict[str, Callable[[], str]]:
    """Three ways to be wrong: no such order, an order of another buyer, an order of another store."""
    theirs = [builders.place(shop, at=now(), email="otra@correo.test", phone="5511112222").number for _ in range(3)]
    elsewhere = builders.place(builders.open_shop("otra-tienda"), at=now()).number
    return {
        "none": lambda: order_number.draw(secrets.choice),
        "another buyer's": lambda: random.choice(theirs),
        "another store's": lambda: elsewhere,
    }


def test_whatever_is_wrong_the_answer_is_the_same_in_words_and_in_questions_to_the_database(
    shop: builders.Shop,
) -> None:
    said, asked = set(), set()
    for draw in questions(shop).values():
        talk, number = talk_of(shop, ""), draw()
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert guess(talk, number) is None
        said.add(builders.texts(talk)[-1])
        asked.add(len(seen))
    assert len(said) == len(asked) == 1


def test_whatever_is_wrong_the_answer_takes_as_long(shop: builders.Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two answers that were wrong for different reasons the slower is either with equal chance: within the noise."""
    monkeypatch.setattr(tries, "PROOF_TRIES", 10_000)
    ways = questions(shop)
    talk = talk_of(shop, "")
    taken: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(40):
        for way in random.sample(list(ways), len(ways)):
            number, begun = ways[way](), time.perf_counter()
            guess(talk, number)
            taken[way].append(time.perf_counter() - begun)
    first, *others = (times[5:] for times in taken.values())
    for other in others:
        slower = sum(mine > its for mine in first for its in other) / (len(first) * len(other))
        assert 0.25 < slower < 0.75, (slower, median(first), median(other))


def test_an_alias_of_yesterday_is_replaced_by_todays(shop: builders.Shop) -> None:
    browser = Stranger()
    page = browser.starts()
    talk = Conversation.objects.get()
    assert len(talk.caller) == 32
    Conversation.objects.update(caller="yesterdays")
    browser.fetch(f"{page}decir/", {"text": "hola"})
    assert Conversation.objects.get().caller == talk.caller
    assert talk.started_at > now() - timedelta(minutes=1)


def test_the_notice_that_was_shown_is_kept_and_an_old_one_is_shown_again(lucia: Browser) -> None:
    lucia.starts()
    assert Conversation.objects.get().privacy_version == WORDS["privacy"]
    form = lucia.get(f"{HOME}nueva/")
    assert form.text.index("Aviso de privacidad") < form.text.index('name="name"')
    old = lucia.send(f"{HOME}nueva/", WORDS | {"key": form.context["form"].key, "privacy": "2020-01"})
    assert old.status_code == 422
    assert "El aviso de privacidad cambió" in old.text
