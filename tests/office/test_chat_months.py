"""How long conversations are kept: the owner sets it, within what buyers were promised, with a line in the audit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from seguripago.foundations.audit.queries import history
from seguripago.foundations.stores.commands import keep_chats_for
from seguripago.foundations.stores.queries import chat_months
from seguripago.foundations.stores.refusals import MonthsNotPossible
from seguripago.journey.assistance import commands as chat
from seguripago.values.actor import Actor
from tests.assistance.builders import open_shop, start
from tests.web.staff import entered

pytestmark = pytest.mark.django_db
PAGE, KEEP = "/oficina/tienda/", "/oficina/tienda/conversaciones/"


def test_the_owner_sets_the_months_and_older_conversations_are_forgotten_by_them() -> None:
    shop, at = open_shop(), timezone.now()
    ana = entered(shop.store_id, "owner", "ana")
    assert 'name="chat_months"' in ana.get(PAGE).content.decode()
    kept = ana.post(KEEP, {"chat_months": "6"}, follow=True).content.decode()
    assert "Vale también para las conversaciones que ya hay" in kept
    assert "conserva el plazo" not in kept
    assert chat_months()[shop.store_id] == 6
    told = history(shop.store_id, f"store:{shop.store_id}")
    assert [(entry.action, entry.said) for entry in told] == [("store.chat_months_changed", {"from": 24, "to": 6})]
    ana.post(KEEP, {"chat_months": "6"})
    assert len(history(shop.store_id, f"store:{shop.store_id}")) == 1, "what is so already is no change"
    start(shop, at=at)
    assert chat.forget_old(at + timedelta(days=170)) == 0
    assert chat.forget_old(at + timedelta(days=190)) == 1


@pytest.mark.parametrize("typed", ["0", "25", "", "seis", "-1", "9" * 30])
def test_what_was_not_promised_is_refused_beside_the_field(typed: str) -> None:
    shop = open_shop()
    answer = entered(shop.store_id, "owner", "ana").post(KEEP, {"chat_months": typed})
    assert answer.status_code == 422
    assert "Guardar meses" in answer.content.decode()
    assert chat_months()[shop.store_id] == 24


def test_a_supervisor_reads_the_months_and_changes_nothing() -> None:
    shop = open_shop()
    sofia = entered(shop.store_id, "supervisor", "sofia")
    shown = sofia.get(PAGE).content.decode()
    assert "Meses que se conservan las conversaciones" in shown
    assert KEEP not in shown
    assert sofia.post(KEEP, {"chat_months": "6"}).status_code == 404
    assert chat_months()[shop.store_id] == 24


def test_the_room_itself_keeps_the_promise() -> None:
    shop = open_shop()
    with pytest.raises(MonthsNotPossible):
        keep_chats_for(shop.store_id, 25, by=Actor.system(), at=timezone.now())
