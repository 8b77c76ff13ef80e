"""Account prefixes: take another one on, note how fast they are used, say once that they run out."""

from __future__ import annotations

import re
from datetime import date, datetime

from django.db import transaction

from seguripago.values import clabe

from .models import AccountPrefix, AccountsWarning, PrefixDay, Store
from .queries import PrefixRoom, prefix_room
from .refusals import PrefixNotPossible
from .rules import LEVELS, overlap


def check_prefix(institution: str, prefix: str) -> None:
    """Raise PrefixNotPossible (`digits`, `institution`, `other_bank`, `taken`) for a prefix that no store can take."""
    if not re.fullmatch(r"\d{10,13}", prefix, re.ASCII):
        raise PrefixNotPossible("digits")
    if not clabe.institution_name(institution):
        raise PrefixNotPossible("institution")
    if clabe.institution_of(prefix) != institution:
        # The first three digits of a CLABE are the bank's; they would send the money to another one.
        raise PrefixNotPossible("other_bank")
    if any(overlap(prefix, known) for known in AccountPrefix.objects.values_list("prefix", flat=True)):
        raise PrefixNotPossible("taken")


def add_prefix(store_id: int, *, institution: str, bank_label: str, prefix: str) -> int:
    """Let the store give out CLABEs under another prefix; used once those before it are used up. Returns its id.

    Only approvals.approve_prefix calls it: where buyers send their money is decided by two people. Raises
    PrefixNotPossible.
    """
    with transaction.atomic():
        Store.objects.select_for_update().get(pk=store_id)
        check_prefix(institution, prefix)
        row = AccountPrefix.objects.create(
            store_id=store_id, institution=institution, bank_label=bank_label.strip()[:40], prefix=prefix
        )
    return row.pk


def note_prefix_use(today: date) -> None:
    """Write down how far every prefix is used today; again the same day writes over it."""
    PrefixDay.objects.bulk_create(
        [
            PrefixDay(prefix=row, day=today, next_number=row.next_number)
            for row in AccountPrefix.objects.filter(is_active=True).order_by("pk")
        ],
        update_conflicts=True,
        unique_fields=["prefix", "day"],
        update_fields=["next_number"],
    )


def accounts_to_tell(*, at: datetime) -> tuple[tuple[int, PrefixRoom], ...]:
    """The stores whose accounts have come nearer to their end than they were told, each once a level.

    Part of the caller's transaction, which tells them.
    """
    found = []
    for store in Store.objects.filter(prefixes__is_active=True).distinct().order_by("pk"):
        room = prefix_room(store.pk)
        known, _ = AccountsWarning.objects.select_for_update().get_or_create(
            store=store, defaults={"level": "ok", "at": at}
        )
        if known.level == room.level:
            continue
        is_worse = LEVELS.index(room.level) > LEVELS.index(known.level)
        known.level, known.at = room.level, at
        known.save(update_fields=["level", "at"])
        if is_worse:
            found.append((store.pk, room))
    return tuple(found)
