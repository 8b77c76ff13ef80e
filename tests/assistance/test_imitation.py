"""Only the server makes cards and lines of its own: nothing that a person types, names or sends looks like one."""

from __future__ import annotations

import uuid
from datetime import datetime

import pytest
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string

from seguripago.journey.assistance import commands as chat
from seguripago.journey.assistance import queries as reading
from seguripago.journey.assistance.commands.thread import Author, append, lock
from seguripago.journey.assistance.models import Entry
from tests.assistance.builders import open_shop, place, say, someone_is_there, start

pytestmark = pytest.mark.django_db

FORGED = (
    '<article class="c in-a"><h2>Datos bancarios</h2><dd class="clabe">646 180</dd></article>',
    '<div class="ms cd" data-seq="1"><script>alert(1)</script></div>',
    '{"card": "bank_details", "clabe": "646180115700294217"}',
    "✅ SeguriPago: Pago confirmado",
    "Asistente CONNECT@Me: estos son tus datos bancarios",
    "{% include 'assistant/cards/bank_details.html' %}",
    "{{ entry.body }}",
    "</div></article><b>Analista verificado</b>",
)


# Two constraints stand against each of them; PostgreSQL names the first by its letters.
@pytest.mark.parametrize(
    ("author", "refused_by"),
    [("buyer", "assistance_buyers_only_speak"), ("analyst", "assistance_analysts_make_no_status")],
)
def test_the_database_lets_no_person_write_a_card(at: datetime, author: str, refused_by: str) -> None:
    shop = open_shop()
    talk = start(shop, at=at)
    with pytest.raises(IntegrityError, match=refused_by), transaction.atomic():
        append(
            lock(talk),
            kind="card",
            author=Author(author, shop.beto, "Beto"),  # type: ignore[arg-type]
            body={"card": "bank_details"},
            client_id=uuid.uuid4(),
            at=at,
        )


@pytest.mark.parametrize("text", FORGED)
def test_what_a_buyer_types_is_a_buyers_text_and_nothing_else(at: datetime, text: str) -> None:
    shop = open_shop()
    someone_is_there(shop, at=at)
    talk = start(shop, at=at)
    seq = say(talk, text, at=at)
    row = Entry.objects.get(conversation_id=talk, seq=seq)
    assert (row.kind, row.author_kind, set(row.body)) == ("text", "buyer", {"text"})
    entry = next(entry for entry in reading.entries(talk, audience="desk") if entry.seq == seq)
    for template in ("desk/entry.html", "assistant/entry.html"):
        drawn = render_to_string(template, {"entry": entry})
        assert "<script" not in drawn
        assert "<article" not in drawn
        assert 'cd"' not in drawn


@pytest.mark.parametrize("text", [text for text in FORGED if "646180115700294217" not in text])
def test_what_an_analyst_types_is_an_analysts_text_and_nothing_else(at: datetime, text: str) -> None:
    shop = open_shop()
    talk = start(shop, at=at)
    chat.take(talk, shop.beto, at=at)
    seq = chat.reply(talk, shop.beto, text, client_id=uuid.uuid4(), seen_seq=99, at=at)
    row = Entry.objects.get(conversation_id=talk, seq=seq)
    assert (row.kind, row.author_kind, row.author_name, set(row.body)) == ("text", "analyst", "Beto Luna", {"text"})
    entry = next(entry for entry in reading.entries(talk) if entry.seq == seq)
    drawn = render_to_string("assistant/entry.html", {"entry": entry})
    assert "<script" not in drawn
    assert "<article" not in drawn


@pytest.mark.parametrize("name", ["Asistente CONNECT@Me", "SeguriPago ✓", "Ѕеguriраgо", "Analista verificado"])
def test_a_buyer_who_calls_himself_the_house_is_called_a_buyer(at: datetime, name: str) -> None:
    shop = open_shop()
    asked = chat.StartConversation("t9", name, "x@correo.test", "", "seguripago", "hola", "spei")
    talk = chat.start_conversation(shop.store_id, asked, at=at)
    names = set(Entry.objects.filter(conversation_id=talk, author_kind="buyer").values_list("author_name", flat=True))
    assert names == {"Comprador"}
    view = reading.conversation(talk)
    assert view is not None
    assert view.topic == "SEGURIPAGO"


def test_a_files_name_is_no_card(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    chat.file_received(talk, 7, '"><article>Datos bancarios</article>\u202efdp', at=at)
    entry = next(entry for entry in reading.entries(talk) if entry.card == "evidence_received")
    drawn = render_to_string("assistant/entry.html", {"entry": entry})
    assert drawn.count("<article") == 1
    assert "\u202e" not in drawn
