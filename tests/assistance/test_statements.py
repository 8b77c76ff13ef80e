"""What one message costs the database: how many statements, whoever speaks. A hundred a second share two cores."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from tests.assistance.builders import open_shop, someone_is_there, start

pytestmark = pytest.mark.django_db
FRAME = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def statements(act: Callable[[], object]) -> list[str]:
    """What it asks of the database, without the transaction's own words."""
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"] for query in seen.captured_queries if not query["sql"].strip().startswith(FRAME)]


def test_a_buyers_message_is_four_statements(at: datetime) -> None:
    """The row lock, the client id, number and entry together, and whether somebody is at the desk."""
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    told = statements(lambda: chat.say(talk, "¿Tienen en azul?", client_id=uuid.uuid4(), at=at + timedelta(seconds=1)))
    assert len(told) == 4, "\n".join(told)
    assert sum("UPDATE" in one and "INSERT" in one for one in told) == 1
    view = reading.conversation(talk)
    assert view is not None
    assert (view.last_line, view.last_buyer_at) == ("¿Tienen en azul?", at + timedelta(seconds=1))


def test_an_analysts_answer_is_five_statements(at: datetime) -> None:
    """The row lock, who answers, the client id, a teammate's words, and number and entry together."""
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    later = at + timedelta(seconds=2)
    told = statements(lambda: chat.reply(talk, shop.beto, "Sí, en azul", client_id=uuid.uuid4(), seen_seq=9, at=later))
    assert len(told) == 5, "\n".join(told)
    view = reading.conversation(talk)
    assert view is not None
    assert (view.last_line, view.last_staff_at) == ("Sí, en azul", later)


def test_a_message_sent_again_stops_at_its_number(at: datetime) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk, once = start(shop, at=at), uuid.uuid4()
    first = chat.say(talk, "Hola", client_id=once, at=at)
    told = statements(lambda: chat.say(talk, "Hola", client_id=once, at=at))
    assert len(told) == 2
    assert reading.entries(talk)[-1].seq == first
