"""The whispers changed rooms: an older database keeps each of them, and a process of the older version goes on."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from seguripago.journey.supervision.commands import see_whispers, whisper
from seguripago.journey.supervision.queries import unseen_whispers
from tests.assistance.builders import open_shop, start

pytestmark = pytest.mark.django_db
BEFORE = ("assistance", "0010_forgetting")
AFTER = [("assistance", "0011_supervision_leaves"), ("supervision", "0001_initial")]


def go(*targets: tuple[str, str]) -> MigrationExecutor:
    """Migrate to these; everything of the test happens in its transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    MigrationExecutor(connection).migrate(list(targets))
    return MigrationExecutor(connection)


def test_no_whisper_is_lost_on_the_way_forward_nor_back() -> None:
    now, shop = timezone.now(), open_shop()
    talk = start(shop, at=now)
    new = whisper(talk, shop.sofia, "Después", client_id=uuid.uuid4(), to=shop.beto, at=now)

    older = go(BEFORE).loader.project_state([BEFORE]).apps.get_model("assistance", "Whisper")
    assert list(older.objects.values_list("seq", "to_user_id", "seen_at")) == [(new, shop.beto, None)]
    first = start(shop, at=now, token="t2")
    older.objects.create(conversation_id=first, seq=1, from_user_id=shop.sofia, to_user_id=shop.beto, at=now)

    go(*AFTER)
    assert [one.conversation_id for one in unseen_whispers(shop.beto)] == [talk, first]
    # The version before still runs beside the new one for a while.
    older.objects.create(conversation_id=talk, seq=1, from_user_id=shop.sofia, to_user_id=shop.beto, at=now)
    assert len(unseen_whispers(shop.beto)) == 3
    see_whispers(talk, shop.beto, at=now)
    assert set(older.objects.filter(seen_at__isnull=True).values_list("conversation_id", flat=True)) == {first}
