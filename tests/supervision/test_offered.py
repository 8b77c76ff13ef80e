"""What the chat offers to be counted: it means what the desk shows, and opens nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone

from seguripago.journey.assistance import queries as chat
from seguripago.journey.assistance.models import Conversation
from seguripago.journey.supervision.queries import late_count, today, wall
from tests.architecture.test_tables import OFFERED
from tests.assistance.builders import Shop, open_shop

pytestmark = pytest.mark.django_db


def stand(shop: Shop, now: datetime) -> None:
    """One conversation of every way in which one can stand; all of them for longer than the red mark."""
    began = now - timedelta(hours=1)
    ways = product(
        ("waiting", "assigned"),
        ("assistant", "analyst"),
        ("", "asked"),
        (False, True),
        (None, began - timedelta(seconds=1), began, began + timedelta(minutes=5)),
        (None, began - timedelta(minutes=2)),
    )
    for turn, (state, led_by, handed_over, is_message, last_staff_at, owed_since) in enumerate(ways):
        Conversation.objects.create(
            store_id=shop.store_id,
            token_hash=f"way-{turn}",
            code=f"W{turn}",
            state=state,
            led_by=led_by,
            handed_over=handed_over,
            is_message=is_message,
            analyst_id=shop.beto if state == "assigned" else None,
            last_staff_at=last_staff_at,
            owed_since=owed_since,
            started_at=began,
            waiting_since=began - timedelta(minutes=1),
            last_buyer_at=began,
        )


def test_who_waits_and_since_when_is_the_same_on_the_desk_and_on_the_wall() -> None:
    now, shop = timezone.now(), open_shop()
    stand(shop, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, waits_since FROM assistance_talk WHERE store_id = %s", [shop.store_id])
        offered = dict(cursor.fetchall())
    seen = chat.queue(shop.store_id, shop.sofia, at=now, sees_team=True)
    lines = (*seen.mine, *seen.unassigned, *seen.waiting, *seen.team)
    assert len(lines) == len(offered) == 128
    assert {line.id: line.waits_since if line.tone == "bad" else None for line in lines} == offered
    late = sum(since is not None for since in offered.values())
    assert 0 < late < 128
    assert late_count(shop.store_id, at=now) == late
    assert wall(shop.store_id, today(shop.store_id, since=now, at=now), at=now).late == late


@pytest.mark.parametrize("view", sorted(OFFERED))
def test_nothing_that_opens_a_conversation_or_reaches_its_buyer_is_offered(view: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s", [view])
        columns = {row[0] for row in cursor.fetchall()}
    assert columns
    assert not columns & {"token_hash", "browser_hash", "buyer_email", "buyer_phone", "caller", "question", "body"}
