"""What SQL itself refuses, and the views that must stay empty."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from seguripago.journey.assistance.models import Conversation, Entry
from tests.assistance.builders import open_shop, place, say, start

pytestmark = pytest.mark.django_db

VIEWS = ("inv_chat_numbers_have_gaps", "inv_chat_order_of_another_store", "inv_chat_details_without_proof")


def rows_of(view: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {view}")
        return int(cursor.fetchone()[0])


def test_a_whole_conversation_leaves_every_view_empty(at: datetime) -> None:
    shop = open_shop()
    bought = place(shop, at=at)
    talk = start(shop, at=at, own=(bought.access_token,))
    say(talk, "sí, todo correcto", at=at)
    assert [rows_of(view) for view in VIEWS] == [0, 0, 0]


def test_a_lost_entry_is_seen(at: datetime) -> None:
    talk = start(open_shop(), at=at)
    Conversation.objects.filter(pk=talk).update(seq=99)
    assert rows_of("inv_chat_numbers_have_gaps") == 1


@pytest.mark.parametrize("change", ["edit", "delete"])
def test_what_was_said_cannot_be_changed(at: datetime, change: str) -> None:
    talk = start(open_shop(), at=at)
    said = Entry.objects.filter(conversation_id=talk)
    with pytest.raises(DatabaseError), transaction.atomic():
        said.update(body={"text": "otra cosa"}) if change == "edit" else said._raw_delete(said.db)


def test_the_database_knows_no_note_that_the_buyer_may_see(at: datetime) -> None:
    talk = start(open_shop(), at=at)
    with pytest.raises(DatabaseError, match="assistance_notes_are_private"), transaction.atomic():
        Entry.objects.create(
            conversation_id=talk,
            seq=50,
            kind="note",
            author_kind="analyst",
            author_name="Beto",
            client_id="6f0d7e0e-6a1c-4d0b-9f0b-5e6a5c1d3b77",
            visibility="all",
            body={"text": "Solo para la mesa"},
            at=at,
        )


@pytest.mark.parametrize(
    ("author", "kind"),
    [("analyst", "card"), ("analyst", "status"), ("buyer", "card"), ("buyer", "status"), ("buyer", "join")],
)
def test_a_person_is_the_author_of_neither_card_nor_line_of_the_house(at: datetime, author: str, kind: str) -> None:
    talk = start(open_shop(), at=at)
    with pytest.raises(DatabaseError, match="assistance_"), transaction.atomic():
        Entry.objects.create(
            conversation_id=talk,
            seq=50,
            kind=kind,
            author_kind=author,
            author_name="Beto",
            client_id="6f0d7e0e-6a1c-4d0b-9f0b-5e6a5c1d3b77",
            body={"card": "bank_details", "status": "resolved", "text": "Pago confirmado"},
            at=at,
        )
