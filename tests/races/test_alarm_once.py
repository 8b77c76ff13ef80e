"""Two processes meet the same alarm at once: one case, announced once, and neither of them fails."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from seguripago.journey.bank.facts import NoticeUnreadable
from seguripago.journey.reconciliation.commands import open_alarms, opening
from seguripago.journey.reconciliation.facts import CaseOpened
from seguripago.journey.reconciliation.queries import open_cases
from tests.money import bank
from tests.races.together import until_somebody_waits

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def announced(store_id: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM fact WHERE store_id = %s AND kind = %s", [store_id, CaseOpened.__name__])
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("is_guarded", [True, False])
def test_an_alarm_that_two_hear_is_one_case(at: datetime, monkeypatch: pytest.MonkeyPatch, is_guarded: bool) -> None:
    """The control only inserts: the second one fails, and its whole batch with it."""
    if not is_guarded:
        known_then_insert = opening.OPEN.replace("ON CONFLICT (cause) DO NOTHING", "")
        monkeypatch.setattr(opening, "OPEN", known_then_insert)
    store_id = bank.bank_store()
    alarm = NoticeUnreadable(store_id=store_id, at=at, notice_id=7, reason="not_json")
    failed: list[str] = []

    def hear() -> None:
        try:
            open_alarms([alarm], at=at + timedelta(seconds=1))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            failed.append(type(error).__name__)
        finally:
            connection.close()

    other = threading.Thread(target=hear)
    with transaction.atomic():
        open_alarms([alarm], at=at)
        other.start()
        until_somebody_waits()
    other.join(20)
    assert failed == ([] if is_guarded else ["IntegrityError"])
    assert len(open_cases(store_id)) == 1
    assert announced(store_id) == 1
