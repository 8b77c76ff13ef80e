"""Say long before that a store's CLABEs will be used up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from seguripago.foundations.facts.commands import publish
from seguripago.foundations.stores.account_commands import accounts_to_tell, note_prefix_use
from seguripago.values.calendar import MEXICO

from ..facts import AccountsRunLow


def watch_accounts(*, at: datetime) -> int:
    """Note how far the prefixes are used, and announce each worse level once; returns how many announcements."""
    with transaction.atomic():
        note_prefix_use(at.astimezone(MEXICO).date())
        told = accounts_to_tell(at=at)
        publish(
            *(
                AccountsRunLow(
                    store_id=store_id,
                    at=at,
                    left=room.left,
                    days_left=-1 if room.days_left is None else room.days_left,
                    level=room.level,
                )
                for store_id, room in told
            )
        )
    return len(told)
